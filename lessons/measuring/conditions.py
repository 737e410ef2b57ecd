"""Conditions: what has to be true of what happened, as a lesson writes it down. Pure.

A condition is a mapping; where it has several keys, all of them must hold.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Protocol

from pydantic import PlainValidator

from playground.design.choices import Design, InvalidDesign

from .matching import Match, parse_match
from .measures import Evidence, Measurement, Value, parse_measurement
from .mistakes import Wrong

OPERATORS = ("gt", "gte", "lt", "lte", "eq")


class Condition(Protocol):
    def holds(self, evidence: Evidence) -> bool: ...


@dataclass(frozen=True, slots=True)
class AllOf:
    conditions: tuple[Condition, ...]

    def holds(self, evidence: Evidence) -> bool:
        return all(condition.holds(evidence) for condition in self.conditions)


@dataclass(frozen=True, slots=True)
class AnyOf:
    conditions: tuple[Condition, ...]

    def holds(self, evidence: Evidence) -> bool:
        return any(condition.holds(evidence) for condition in self.conditions)


@dataclass(frozen=True, slots=True)
class Compared:
    """A measure against a number (or against a word, with eq). Nothing measured: it fails."""

    measurement: Measurement
    operator: str
    wanted: Value

    def holds(self, evidence: Evidence) -> bool:
        found = self.measurement.of(evidence)
        if found is None:
            return False
        if self.operator == "eq":
            return found == self.wanted
        a, b = float(found), float(self.wanted)
        return {"gt": a > b, "gte": a >= b, "lt": a < b, "lte": a <= b}[self.operator]


@dataclass(frozen=True, slots=True)
class Happened:
    """Such a record is there, at least so many times."""

    match: Match
    times: int = 1

    def holds(self, evidence: Evidence) -> bool:
        return sum(map(self.match.fits, evidence.records)) >= self.times


@dataclass(frozen=True, slots=True)
class InOrder:
    """Such records are there, each after the one before it; others may lie between."""

    matches: tuple[Match, ...]

    def holds(self, evidence: Evidence) -> bool:
        records = iter(evidence.records)
        return all(any(match.fits(record) for record in records) for match in self.matches)


@dataclass(frozen=True, slots=True)
class DesignIs:
    """The design has these choices now."""

    choices: Mapping[str, Any]

    def holds(self, evidence: Evidence) -> bool:
        return _includes(evidence.design, self.choices)


def _includes(design: Any, wanted: Any) -> bool:
    if isinstance(wanted, Mapping):
        return isinstance(design, Mapping) and all(
            _includes(design.get(name), value) for name, value in wanted.items()
        )
    return bool(design == wanted)


def check_design(choices: Any) -> dict[str, Any]:
    """Raises Wrong unless a design can be patched with these."""
    if not isinstance(choices, dict):
        raise Wrong("a design is no list of choices", "Write `{ack: early}`.")
    try:
        Design().patched(choices)
    except InvalidDesign as invalid:
        where, why = next(iter(invalid.errors.items()))
        raise Wrong(f"design: {where}: {why}", f"Mend `{where}`.") from None
    return choices


def parse_condition(value: Any) -> Condition:
    """A condition from its YAML.  Raises Wrong."""
    if not isinstance(value, dict) or not value:
        raise Wrong(
            "a condition is no mapping", "Write `{dead: {gte: 1}}` or `record: {kind: ack}`."
        )
    parts = [_part(name, inner) for name, inner in value.items()]
    return parts[0] if len(parts) == 1 else AllOf(tuple(parts))


def _part(name: str, inner: Any) -> Condition:
    match name:
        case "all" | "any":
            if not isinstance(inner, list):
                raise Wrong(f"`{name}` is no list", f"Write `{name}: [{{…}}, {{…}}]`.")
            several = tuple(parse_condition(one) for one in inner)
            return AllOf(several) if name == "all" else AnyOf(several)
        case "record":
            fields = dict(inner) if isinstance(inner, dict) else {}
            times = fields.pop("times", 1)
            if not fields or not isinstance(times, int) or times < 1:
                raise Wrong("`record` describes no record", "Write `record: {kind: ack}`.")
            return Happened(parse_match(fields), times)
        case "sequence":
            if not isinstance(inner, list) or len(inner) < 2:
                raise Wrong("a sequence has two records or more", "Write `sequence: [{…}, {…}]`.")
            return InOrder(tuple(map(parse_match, inner)))
        case "design":
            return DesignIs(check_design(inner))
        case _:
            return _comparison(name, inner)


def _comparison(name: str, wanted: Any) -> Condition:
    measurement = parse_measurement(name)
    if not isinstance(wanted, dict):
        return Compared(measurement, "eq", wanted)
    for operator, value in wanted.items():
        if operator not in OPERATORS:
            raise Wrong(
                f"there is no comparison `{operator}`", f"There are {', '.join(OPERATORS)}."
            )
        if operator != "eq" and not isinstance(value, int | float):
            raise Wrong(f"`{value}` is no number", f"Write `{{{operator}: 3}}`.")
    compared = tuple(Compared(measurement, op, value) for op, value in wanted.items())
    return compared[0] if len(compared) == 1 else AllOf(compared)


ConditionField = Annotated[Any, PlainValidator(parse_condition)]
DesignPatch = Annotated[dict[str, Any], PlainValidator(check_design)]
