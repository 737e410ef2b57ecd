"""Figures of the last minute, from live records: throughput, answer and completion times."""

from collections import OrderedDict, deque
from collections.abc import Iterable
from dataclasses import dataclass

from .records import FAILED, Kind, Record

WINDOW_S = 60.0
RATE_S = 5.0  # rates per second are averages over this time
_KEPT_RUNS = 2000
# The kinds of records whose status says how a hop ended; a note may say that a process died.
_ENDINGS = frozenset({Kind.RESPONSE, Kind.PROCESS, Kind.PUBLISH, Kind.ENQUEUE, Kind.NOTE})


@dataclass(slots=True)
class _Run:
    started_at: float
    last_ack_at: float | None = None
    open_messages: int = 0


class Meter:
    """Feed it records in order, and read the figures at any moment. Times are unix seconds."""

    def __init__(self) -> None:
        self._handled_at: deque[float] = deque()  # messages finished by a subscriber
        self._answers: deque[tuple[float, float]] = deque()  # at, duration in ms
        self._failed_at: deque[float] = deque()  # hops that ended badly
        self._runs: OrderedDict[str, _Run] = OrderedDict()
        self._open_calls: set[str] = set()

    def feed(self, record: Record) -> None:
        if is_failure(record):
            self._failed_at.append(record.at)
        match record.kind:
            case Kind.REQUEST:
                self._open_calls.add(record.message)
                if record.source == "customer":
                    self._runs[record.run] = _Run(record.at)
                    while len(self._runs) > _KEPT_RUNS:
                        self._runs.popitem(last=False)
            case Kind.RESPONSE:
                self._open_calls.discard(record.message)
                if record.target == "customer" and record.duration_ms is not None:
                    self._answers.append((record.at, record.duration_ms))
            case Kind.ENQUEUE:
                if run := self._runs.get(record.run):
                    run.open_messages += 1
            case Kind.ACK:
                self._handled_at.append(record.at)
                if run := self._runs.get(record.run):
                    run.open_messages -= 1
                    run.last_ack_at = record.at

    def figures(self, now: float) -> dict[str, object]:
        """`*_ms` are {"p50", "p95", "p99"} of the last minute, or None without a measurement.

        `now` must not decrease from one call to the next.
        """
        while self._handled_at and self._handled_at[0] < now - WINDOW_S:
            self._handled_at.popleft()
        while self._answers and self._answers[0][0] < now - WINDOW_S:
            self._answers.popleft()
        while self._failed_at and self._failed_at[0] < now - RATE_S:
            self._failed_at.popleft()
        recent = sum(1 for at in self._handled_at if at >= now - RATE_S)
        completions = [
            (run.last_ack_at - run.started_at) * 1000
            for run in self._runs.values()
            if run.last_ack_at and run.open_messages == 0 and run.last_ack_at >= now - WINDOW_S
        ]
        return {
            "throughput_per_s": round(recent / RATE_S, 2),
            "errors_per_s": round(len(self._failed_at) / RATE_S, 2),
            "answer_ms": percentiles(duration for _, duration in self._answers),
            "completion_ms": percentiles(completions),
            "open_calls": len(self._open_calls),
        }


def is_failure(record: Record) -> bool:
    """A hop that ended badly: an error answer, a failed attempt, a dead letter, a loss."""
    ended_badly = record.kind in _ENDINGS and record.status in FAILED
    return record.kind is Kind.DEAD_LETTER or ended_badly


def percentiles(values: Iterable[float]) -> dict[str, float] | None:
    """{"p50", "p95", "p99"} (nearest rank), rounded to a tenth; None without values."""
    ranked = sorted(values)
    if not ranked:
        return None
    return {
        f"p{p}": round(ranked[min(len(ranked) - 1, len(ranked) * p // 100)], 1)
        for p in (50, 95, 99)
    }
