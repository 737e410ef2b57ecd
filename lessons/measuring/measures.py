"""Measures: numbers computed from the records and the ledger of a run. Pure.

A lesson names a measure (`answer_ms`, `waiting_max.notification`, `lost.EmailSent`) or counts
records (`{count: {kind: effect, name: EmailSent}}`). MEASURES lists them all. To add one, write a
function whose docstring describes it to learners, and give it a row in that table.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Annotated, Any

from pydantic import PlainValidator

from playground.company.topology import possible_subscribers, working_services
from playground.faults.catalogue import FaultKind
from playground.flow.meter import percentiles
from playground.flow.records import TRAVELLING, Kind

from ..language.mistakes import InvalidValue, unknown
from ..language.vocabulary import ledger_effects
from .evidence import Evidence
from .matching import Match, parse_match

Value = float | int | str
SIDES = ("a", "b")  # of a twin


# Takes the evidence and a qualifier ("" where there is none); None if nothing was measured.
Compute = Callable[[Evidence, str], Value | None]


@dataclass(frozen=True, slots=True)
class Measure:
    """How a measure is computed, its unit, and the qualifiers of which it needs one.

    In `lost.EmailSent` the qualifier is `EmailSent`. Without `qualifiers` it takes none.
    """

    compute: Compute
    unit: str = ""
    qualifiers: Callable[[], Iterable[str]] = field(default=tuple)

    @property
    def says(self) -> str:
        return (self.compute.__doc__ or "").strip().splitlines()[0]


@dataclass(frozen=True, slots=True)
class Measurement:
    """A measure as a lesson names it: with its qualifier, and the side of a twin."""

    name: str  # as the lesson writes it
    measure: Measure
    qualifier: str = ""
    side: str = ""  # "a" or "b"; "" without a twin

    @property
    def unit(self) -> str:
        return self.measure.unit

    @property
    def says(self) -> str:
        """Its description for learners, with the qualifier in front."""
        says = self.measure.says
        return f"{self.qualifier}: {says[:1].lower()}{says[1:]}" if self.qualifier else says

    def of(self, evidence: Evidence) -> Value | None:
        """Its value in this evidence; None if there was nothing to measure."""
        measured = evidence.sides.get(self.side) if self.side else evidence
        return None if measured is None else self.measure.compute(measured, self.qualifier)


def parse_measurement(value: Any) -> Measurement:
    """A measurement from its YAML.  Raises InvalidValue."""
    if isinstance(value, dict):
        if list(value) != ["count"]:
            raise InvalidValue("a measure is a name or a count", "Write `{count: {kind: effect}}`.")
        return _counting(parse_match(value["count"]))
    side, dot, rest = str(value).partition(".")
    if dot and side in SIDES:
        return replace(parse_measurement(rest), name=str(value), side=side)
    name, _, qualifier = str(value).partition(".")
    measure = MEASURES.get(name)
    if measure is None:
        raise unknown("measure", name, MEASURES)
    allowed = tuple(measure.qualifiers())
    if allowed and not qualifier:
        problem = f"`{name}` needs a name after it"
        raise InvalidValue(problem, f"Write `{name}.{allowed[0]}`.")
    if qualifier and not allowed:
        raise InvalidValue(f"`{name}` takes no name after it", f"Write `{name}`.")
    if qualifier and qualifier not in allowed:
        raise unknown(f"{name} of", qualifier, allowed)
    return Measurement(str(value), measure, qualifier)


def _counting(match: Match) -> Measurement:
    """The measurement that counts the matching records."""
    described = " ".join(str(value) for value in match.as_json().values())

    def count(evidence: Evidence, _: str) -> int:
        return sum(map(match.fits, evidence.records))

    count.__doc__ = f"How often in the log: {described}."
    return Measurement(f"count {described}", Measure(count))


def _answer_ms(evidence: Evidence, _: str) -> float | None:
    """How long a customer waited for an answer (the median)."""
    waits = percentiles(r.duration_ms for r in evidence.answers if r.duration_ms is not None)
    return waits["p50"] if waits else None


def _answer_max_ms(evidence: Evidence, _: str) -> float | None:
    """The longest that a customer waited for an answer."""
    return max((r.duration_ms for r in evidence.answers if r.duration_ms is not None), default=None)


def _answer_code(evidence: Evidence, _: str) -> int | None:
    """The HTTP status of the last answer."""
    return evidence.answers[-1].code if evidence.answers else None


def _menu_ms(evidence: Evidence, _: str) -> float | None:
    """The longest that a guest who only opened a menu waited for an answer."""
    menus = (r for r in evidence.answers if r.name.endswith("/menu"))
    return max((r.duration_ms for r in menus if r.duration_ms is not None), default=None)


def _accepted(evidence: Evidence, _: str) -> int:
    """Answers with a 2xx status."""
    return sum(200 <= (r.code or 0) < 300 for r in evidence.answers)


def _refused(evidence: Evidence, _: str) -> int:
    """Answers with a 4xx or 5xx status, other than 504."""
    return sum((r.code or 0) >= 400 and r.code != 504 for r in evidence.answers)


def _timed_out(evidence: Evidence, _: str) -> int:
    """Answers of 504: a caller along the way gave up waiting."""
    return sum(r.code == 504 for r in evidence.answers)


def _messages(evidence: Evidence, _: str) -> int:
    """Messages that travelled along an arrow of the picture."""
    return sum(r.kind in TRAVELLING for r in evidence.records)


def _completion_ms(evidence: Evidence, _: str) -> float | None:
    """From the first request until the last piece of work was done."""
    began = next((r.at for r in evidence.records if r.kind is Kind.REQUEST), None)
    ended = [r.at for r in evidence.records if r.kind in (Kind.EFFECT, Kind.ACK, Kind.RESPONSE)]
    return round((ended[-1] - began) * 1000, 1) if began is not None and ended else None


def _waiting_max(evidence: Evidence, service: str) -> int:
    """The most messages that waited in this service's queue at the same time."""
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
    """Deliveries to this service, including repeated ones."""
    kinds = (Kind.DELIVER, Kind.REDELIVER)
    return sum(r.kind in kinds and r.target == service for r in evidence.records)


def _called_ms(evidence: Evidence, service: str) -> float | None:
    """How long the callers of this service waited for it (the median)."""
    waits = percentiles(
        r.duration_ms
        for r in evidence.records
        if r.kind is Kind.RESPONSE and r.source == service and r.duration_ms is not None
    )
    return waits["p50"] if waits else None


def _attempts_max(evidence: Evidence, _: str) -> int:
    """The most attempts that one message or call took."""
    return max((r.attempt or 1 for r in evidence.records if r.kind in TRAVELLING), default=0)


def _dead(evidence: Evidence, _: str) -> int:
    """Messages that were given up on: dead letters."""
    return sum(r.kind is Kind.DEAD_LETTER for r in evidence.records)


def _retries(evidence: Evidence, _: str) -> int:
    """How often a message was put back to be tried again."""
    return sum(r.kind is Kind.RETRY for r in evidence.records)


def _redelivered(evidence: Evidence, _: str) -> int:
    """How often a message was delivered again because its first reader never acknowledged it."""
    return sum(r.kind is Kind.REDELIVER for r in evidence.records)


def _hits(evidence: Evidence, kind: str) -> int:
    """Hops that a fault of this kind has hit."""
    hit = (r for r in evidence.records if (r.fault or {}).get("kind") == kind)
    return len({(r.message, r.attempt, r.target if r.style == "text" else "") for r in hit})


def _in_ledger(column: str, says: str) -> Compute:
    def count(evidence: Evidence, effect: str) -> int | None:
        row = evidence.ledger.get(effect)
        return None if row is None else int(getattr(row, column))

    count.__doc__ = says
    return count


LEDGER_COLUMNS = {
    "expected": "How many were promised to customers.",
    "actual": "How many were done.",
    "lost": "How many are lost for good.",
    "doubled": "How often it was done again after the first time.",
    "pending": "How many are still on the way.",
}


def _answered(evidence: Evidence, _: str) -> int:
    """Requests of customers that were answered."""
    return len(evidence.answers)


MEASURES: Mapping[str, Measure] = {
    "answer_ms": Measure(_answer_ms, "ms"),
    "answer_max_ms": Measure(_answer_max_ms, "ms"),
    "answer_code": Measure(_answer_code),
    "menu_ms": Measure(_menu_ms, "ms"),
    "answers": Measure(_answered),
    "accepted": Measure(_accepted),
    "refused": Measure(_refused),
    "timed_out": Measure(_timed_out),
    "messages": Measure(_messages),
    "completion_ms": Measure(_completion_ms, "ms"),
    "waiting_max": Measure(_waiting_max, qualifiers=possible_subscribers),
    "waited_max_ms": Measure(_waited_max_ms, "ms", qualifiers=possible_subscribers),
    "delivered": Measure(_delivered, qualifiers=possible_subscribers),
    "called_ms": Measure(_called_ms, "ms", qualifiers=working_services),
    "attempts_max": Measure(_attempts_max),
    "dead": Measure(_dead),
    "retries": Measure(_retries),
    "redelivered": Measure(_redelivered),
    "hits": Measure(_hits, qualifiers=lambda: [kind.value for kind in FaultKind]),
    **{
        column: Measure(_in_ledger(column, says), qualifiers=ledger_effects)
        for column, says in LEDGER_COLUMNS.items()
    },
}

MeasureField = Annotated[Measurement, PlainValidator(parse_measurement)]
