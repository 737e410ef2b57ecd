"""One side of a twin in figures, measured by its customers, its records and its ledger."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from ..flow.ledger import Row
from ..flow.meter import percentiles
from .story import CustomerRequest, Span, Story

NO_ANSWER = "no answer"
GATEWAY_TIMEOUT = 504
# A customer who got an error although one of these exists got a wrong answer.
_STORED = ("OrderStored", "UserStored")


def outcome(
    story: Story, rows: Sequence[Row], hits: Mapping[str, int], *, on_the_way: int, began_at: float
) -> dict[str, Any]:
    """The figures of a side, for TwinOutcomeOut.

    Times are milliseconds after `began_at` (unix seconds); None where nothing was measured.
    `hits` is by fault id.
    """
    requests = list(story.requests.values())
    answered = [v for v in requests if v.answered_at is not None]
    relevant_rows = [row for row in rows if row.expected or row.actual or row.unasked]
    return {
        "offered": len(requests),
        "accepted": sum(_is_success(v) for v in answered),
        "refused": sum(v.code >= 400 and v.code != GATEWAY_TIMEOUT for v in answered),
        "timed_out": sum(v.code in (0, GATEWAY_TIMEOUT) for v in answered),
        "errors": _errors(answered),
        "answer_ms": _figures(
            (v.answered_at - v.sent_at) * 1000 for v in answered if v.answered_at and v.code
        ),
        "finished": sum(v.is_finished for v in requests),
        "finished_ms": _figures(
            (v.worked_at - v.sent_at) * 1000 for v in requests if v.is_finished
        ),
        "lost": sum(row.lost for row in rows),
        "doubled": sum(row.doubled for row in rows),
        "pending": sum(row.pending for row in rows),
        "dead": sum(row.dead for row in rows),
        "unasked": sum(row.unasked for row in rows if row.effect in _STORED),
        "on_the_way": on_the_way,
        "hits": _by_kind(hits, story.faults),
        "ledger": [asdict(row) for row in relevant_rows],
        "actions": [_action(v, began_at) for v in requests],
        "spans": [_span(s, began_at) for s in story.spans],
        "spans_cut": story.cut,
    }


def _is_success(request: CustomerRequest) -> bool:
    return 200 <= request.code < 300


def _errors(answered: Iterable[CustomerRequest]) -> dict[str, int]:
    """How many customers got which error, by HTTP status."""
    failed = Counter(str(v.code or NO_ANSWER) for v in answered if not _is_success(v))
    return dict(sorted(failed.items()))


def _by_kind(hits: Mapping[str, int], kinds: Mapping[str, str]) -> dict[str, int]:
    counted: Counter[str] = Counter()
    for fault, count in hits.items():
        counted[kinds.get(fault, "")] += count
    del counted[""]  # a class fault that was on before the twin began
    return dict(counted)


def _figures(values: Iterable[float]) -> dict[str, float] | None:
    measured = list(values)
    ranked = percentiles(measured)
    if ranked is None:
        return None
    return {"p50": ranked["p50"], "p95": ranked["p95"], "max": round(max(measured), 1)}


def _action(request: CustomerRequest, began_at: float) -> dict[str, Any]:
    return {
        "number": request.number,
        "action": request.action,
        "sent": _ms(request.sent_at, began_at),
        "answered": _ms(request.answered_at, began_at),
        "code": request.code,
        "finished": _ms(request.worked_at, began_at) if request.is_finished else None,
    }


def _span(span: Span, began_at: float) -> dict[str, Any]:
    return {
        "number": span.number,
        "service": span.service,
        "style": span.style,
        "from": _ms(span.began_at, began_at),
        "to": _ms(span.ended_at, began_at),
        "status": span.status,
    }


def _ms(at: float | None, began_at: float) -> float | None:
    return None if at is None else round((at - began_at) * 1000, 1)
