"""Measures: numbers that a run really had, computed from its records and its ledger. Pure.

A lesson names a measure (`answer_ms`, `waiting_max.notification`, `lost.EmailSent`), or
counts records (`{count: {kind: effect, name: EmailSent}}`). The table MEASURES is all there is;
a new one is a function with a docstring and a row.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Annotated, Any

from pydantic import PlainValidator

from playground.company.topology import possible_subscribers, working_services
from playground.faults.catalogue import FaultKind
from playground.flow.ledger import Row
from playground.flow.meter import percentiles
from playground.flow.records import TRAVELLING, Kind, Record

from .matching import Match, parse_match
from .mistakes import Wrong, unknown
from .vocabulary import ledger_effects

Value = float | int | str
SIDES = ("a", "b")  # of a twin


@dataclass
class Evidence:
    """What a run left behind: its records in order, its ledger, and the design now.

    `rows` and `design` are asked for when a measure needs them.
    """

    records: Sequence[Record]
    rows: Callable[[], Iterable[Row]] = tuple
    choices: Callable[[], Mapping[str, Any]] = dict
    is_partial: bool = False  # the log had let its oldest records go
    sides: Mapping[str, "Evidence"] = field(default_factory=dict)  # of a twin, by letter

    @cached_property
    def ledger(self) -> Mapping[str, Row]:
        return {row.effect: row for row in self.rows()}

    @cached_property
    def design(self) -> Mapping[str, Any]:
        return self.choices()

    @cached_property
    def answers(self) -> list[Record]:
        """What came back to the customer."""
        return [r for r in self.records if r.kind is Kind.RESPONSE and r.target == "customer"]


Of = Callable[[Evidence, str], Value | None]


@dataclass(frozen=True, slots=True)
class Measure:
    """A row of the table. `about` lists what may stand behind the dot; empty: nothing may."""

    of: Of
    unit: str = ""
    about: Callable[[], Iterable[str]] = field(default=tuple)

    @property
    def says(self) -> str:
        return (self.of.__doc__ or "").strip().splitlines()[0]


@dataclass(frozen=True, slots=True)
class Measurement:
    """A measure as a lesson names it."""

    name: str  # as it was written
    measure: Measure
    about: str = ""
    side: str = ""  # of a twin: a or b

    @property
    def unit(self) -> str:
        return self.measure.unit

    @property
    def says(self) -> str:
        """What it is, and of whom."""
        says = self.measure.says
        return f"{self.about}: {says[:1].lower()}{says[1:]}" if self.about else says

    def of(self, evidence: Evidence) -> Value | None:
        """None if there was nothing to measure."""
        seen = evidence.sides.get(self.side) if self.side else evidence
        return None if seen is None else self.measure.of(seen, self.about)


def parse_measurement(value: Any) -> Measurement:
    """Raises Wrong."""
    if isinstance(value, dict):
        if list(value) != ["count"]:
            raise Wrong("a measure is a name or a count", "Write `{count: {kind: effect}}`.")
        return _counting(parse_match(value["count"]))
    side, dot, rest = str(value).partition(".")
    if dot and side in SIDES:
        return replace(parse_measurement(rest), name=str(value), side=side)
    name, _, about = str(value).partition(".")
    measure = MEASURES.get(name)
    if measure is None:
        raise unknown("measure", name, MEASURES)
    allowed = tuple(measure.about())
    if bool(allowed) != bool(about):
        example = f"{name}.{allowed[0]}" if allowed else name
        raise Wrong(f"`{value}` is no whole measure", f"Write `{example}`.")
    if about and about not in allowed:
        raise unknown(f"{name} of", about, allowed)
    return Measurement(str(value), measure, about)


def _counting(match: Match) -> Measurement:
    """The number of records that fit."""
    what = " ".join(str(value) for value in match.as_json().values())

    def of(evidence: Evidence, _: str) -> int:
        return sum(map(match.fits, evidence.records))

    of.__doc__ = f"How often in the log: {what}."
    return Measurement(f"count {what}", Measure(of))


def _answer_ms(evidence: Evidence, _: str) -> float | None:
    """How long a customer waited for an answer (the middle one of all)."""
    told = percentiles(r.duration_ms for r in evidence.answers if r.duration_ms is not None)
    return told["p50"] if told else None


def _answer_max_ms(evidence: Evidence, _: str) -> float | None:
    """The longest that a customer waited for an answer."""
    return max((r.duration_ms for r in evidence.answers if r.duration_ms is not None), default=None)


def _answer_code(evidence: Evidence, _: str) -> int | None:
    """The HTTP status of the last answer."""
    return evidence.answers[-1].code if evidence.answers else None


def _menu_ms(evidence: Evidence, _: str) -> float | None:
    """The longest that a guest who only looked at a menu waited for an answer."""
    looked = (r for r in evidence.answers if r.name.endswith("/menu"))
    return max((r.duration_ms for r in looked if r.duration_ms is not None), default=None)


def _accepted(evidence: Evidence, _: str) -> int:
    """Answers of 2xx."""
    return sum(200 <= (r.code or 0) < 300 for r in evidence.answers)


def _refused(evidence: Evidence, _: str) -> int:
    """Answers of no (4xx or 5xx), but not 504."""
    return sum((r.code or 0) >= 400 and r.code != 504 for r in evidence.answers)


def _timed_out(evidence: Evidence, _: str) -> int:
    """Answers of 504: somebody on the way gave up waiting."""
    return sum(r.code == 504 for r in evidence.answers)


def _messages(evidence: Evidence, _: str) -> int:
    """Messages that went along an arrow of the picture."""
    return sum(r.kind in TRAVELLING for r in evidence.records)


def _completion_ms(evidence: Evidence, _: str) -> float | None:
    """Until the last piece of work was done."""
    began = next((r.at for r in evidence.records if r.kind is Kind.REQUEST), None)
    ended = [r.at for r in evidence.records if r.kind in (Kind.EFFECT, Kind.ACK, Kind.RESPONSE)]
    return round((ended[-1] - began) * 1000, 1) if began is not None and ended else None


def _waiting_max(evidence: Evidence, service: str) -> int:
    """The most messages that waited in this service's queue at once."""
    waiting = most = 0
    for record in evidence.records:
        if record.target != service:
            continue
        if (record.kind is Kind.ENQUEUE and record.status != "lost") or record.kind is Kind.RETRY:
            waiting += 1
        elif record.kind is Kind.DELIVER:
            waiting -= 1
        most = max(most, waiting)
    return most


def _waited_max_ms(evidence: Evidence, service: str) -> float | None:
    """The longest that a message waited in this service's queue."""
    delivered = (r for r in evidence.records if r.kind is Kind.DELIVER and r.target == service)
    return max((r.wait_ms for r in delivered if r.wait_ms is not None), default=None)


def _delivered(evidence: Evidence, service: str) -> int:
    """Deliveries to this service, repeated ones included."""
    kinds = (Kind.DELIVER, Kind.REDELIVER)
    return sum(r.kind in kinds and r.target == service for r in evidence.records)


def _called_ms(evidence: Evidence, service: str) -> float | None:
    """How long the callers of this service waited for it (the middle one of all)."""
    told = percentiles(
        r.duration_ms
        for r in evidence.records
        if r.kind is Kind.RESPONSE and r.source == service and r.duration_ms is not None
    )
    return told["p50"] if told else None


def _attempts_max(evidence: Evidence, _: str) -> int:
    """The most attempts that one message or call took."""
    return max((r.attempt or 1 for r in evidence.records if r.kind in TRAVELLING), default=0)


def _dead(evidence: Evidence, _: str) -> int:
    """Messages that were given up."""
    return sum(r.kind is Kind.DEAD_LETTER for r in evidence.records)


def _retries(evidence: Evidence, _: str) -> int:
    """Times that a message was put back to be tried again."""
    return sum(r.kind is Kind.RETRY for r in evidence.records)


def _redelivered(evidence: Evidence, _: str) -> int:
    """Times that a message was given to somebody again because its first reader had gone."""
    return sum(r.kind is Kind.REDELIVER for r in evidence.records)


def _hits(evidence: Evidence, kind: str) -> int:
    """Hops that a fault of this kind has touched."""
    touched = (r for r in evidence.records if (r.fault or {}).get("kind") == kind)
    return len({(r.message, r.attempt, r.target if r.style == "text" else "") for r in touched})


def _in_ledger(column: str, says: str) -> Of:
    def of(evidence: Evidence, effect: str) -> int | None:
        row = evidence.ledger.get(effect)
        return None if row is None else int(getattr(row, column))

    of.__doc__ = says
    return of


LEDGER_COLUMNS = {
    "expected": "How many were promised to customers.",
    "actual": "How many were done.",
    "lost": "How many are lost for good.",
    "doubled": "How many were done once too often.",
    "pending": "How many are still on the way.",
}


def _customers(evidence: Evidence, _: str) -> int:
    """Requests that customers sent and that were answered."""
    return len(evidence.answers)


MEASURES: Mapping[str, Measure] = {
    "answer_ms": Measure(_answer_ms, "ms"),
    "answer_max_ms": Measure(_answer_max_ms, "ms"),
    "answer_code": Measure(_answer_code),
    "menu_ms": Measure(_menu_ms, "ms"),
    "answers": Measure(_customers),
    "accepted": Measure(_accepted),
    "refused": Measure(_refused),
    "timed_out": Measure(_timed_out),
    "messages": Measure(_messages),
    "completion_ms": Measure(_completion_ms, "ms"),
    "waiting_max": Measure(_waiting_max, about=possible_subscribers),
    "waited_max_ms": Measure(_waited_max_ms, "ms", about=possible_subscribers),
    "delivered": Measure(_delivered, about=possible_subscribers),
    "called_ms": Measure(_called_ms, "ms", about=working_services),
    "attempts_max": Measure(_attempts_max),
    "dead": Measure(_dead),
    "retries": Measure(_retries),
    "redelivered": Measure(_redelivered),
    "hits": Measure(_hits, about=lambda: [kind.value for kind in FaultKind]),
    **{
        column: Measure(_in_ledger(column, says), about=ledger_effects)
        for column, says in LEDGER_COLUMNS.items()
    },
}

MeasureField = Annotated[Measurement, PlainValidator(parse_measurement)]
