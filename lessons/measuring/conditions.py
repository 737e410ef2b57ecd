"""Conditions: statements about a run that hold or do not hold in its evidence. Pure.

A lesson writes a condition as a mapping; if it has several keys, all of them must hold.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Protocol

from pydantic import PlainValidator

from playground.design.choices import Design, InvalidDesign

from ..language.mistakes import InvalidValue
from .evidence import Evidence
from .matching import Match, parse_match
from .measures import Measurement, Value, parse_measurement

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
    """Compare a measure with a number, or with a word if the operator is `eq`.

    Does not hold if nothing was measured.
    """

    measurement: Measurement
    operator: str
    expected: Value

    def holds(self, evidence: Evidence) -> bool:
        measured = self.measurement.of(evidence)
        if measured is None:
            return False
        if self.operator == "eq":
            return measured == self.expected
        a, b = float(measured), float(self.expected)
        return {"gt": a > b, "gte": a >= b, "lt": a < b, "lte": a <= b}[self.operator]


@dataclass(frozen=True, slots=True)
class Happened:
    """At least `times` records match."""

    match: Match
    times: int = 1

    def holds(self, evidence: Evidence) -> bool:
        return sum(map(self.match.fits, evidence.records)) >= self.times


@dataclass(frozen=True, slots=True)
class InOrder:
    """Records match one after the other, in this order; other records may lie between."""

    matches: tuple[Match, ...]

    def holds(self, evidence: Evidence) -> bool:
        records = iter(evidence.records)
        return all(any(match.fits(record) for record in records) for match in self.matches)


@dataclass(frozen=True, slots=True)
class DesignIs:
    """The design has these choices at this moment."""

    choices: Mapping[str, Any]

    def holds(self, evidence: Evidence) -> bool:
        return _includes(evidence.design, self.choices)


def _includes(design: Any, expected: Any) -> bool:
    if isinstance(expected, Mapping):
        return isinstance(design, Mapping) and all(
            _includes(design.get(name), value) for name, value in expected.items()
        )
    return bool(design == expected)


def check_design(choices: Any) -> dict[str, Any]:
    """Return the choices.  Raises InvalidValue unless a design can be patched with them."""
    if not isinstance(choices, dict):
        raise InvalidValue("a design is a mapping of choices", "Write `{ack: early}`.")
    try:
        Design().patched(choices)
    except InvalidDesign as invalid:
        choice, reason = next(iter(invalid.errors.items()))
        raise InvalidValue(f"design: {choice}: {reason}", f"Correct `{choice}`.") from None
    return choices


def parse_condition(value: Any) -> Condition:
    """A condition from its YAML.  Raises InvalidValue."""
    if not isinstance(value, dict) or not value:
        raise InvalidValue(
            "a condition is a mapping", "Write `{dead: {gte: 1}}` or `record: {kind: ack}`."
        )
    parts = [_part(key, inner) for key, inner in value.items()]
    return parts[0] if len(parts) == 1 else AllOf(tuple(parts))


def _part(key: str, inner: Any) -> Condition:
    match key:
        case "all" | "any":
            if not isinstance(inner, list):
                raise InvalidValue(f"`{key}` takes a list", f"Write `{key}: [{{…}}, {{…}}]`.")
            conditions = tuple(map(parse_condition, inner))
            return AllOf(conditions) if key == "all" else AnyOf(conditions)
        case "record":
            fields = dict(inner) if isinstance(inner, dict) else {}
            times = fields.pop("times", 1)
            if not fields or not isinstance(times, int) or times < 1:
                raise InvalidValue(
                    "`record` takes the fields of a record", "Write `record: {kind: ack}`."
                )
            return Happened(parse_match(fields), times)
        case "sequence":
            if not isinstance(inner, list) or len(inner) < 2:
                raise InvalidValue(
                    "a sequence has two records or more", "Write `sequence: [{…}, {…}]`."
                )
            return InOrder(tuple(map(parse_match, inner)))
        case "design":
            return DesignIs(check_design(inner))
        case _:
            return _comparison(key, inner)


def _comparison(measure: str, expected: Any) -> Condition:
    measurement = parse_measurement(measure)
    if not isinstance(expected, dict):
        return Compared(measurement, "eq", expected)
    for operator, value in expected.items():
        if operator not in OPERATORS:
            raise InvalidValue(
                f"there is no comparison `{operator}`", f"Use one of: {', '.join(OPERATORS)}."
            )
        if operator != "eq" and not isinstance(value, int | float):
            raise InvalidValue(f"`{value}` is not a number", f"Write `{{{operator}: 3}}`.")
    compared = tuple(Compared(measurement, op, value) for op, value in expected.items())
    return compared[0] if len(compared) == 1 else AllOf(compared)


ConditionField = Annotated[Any, PlainValidator(parse_condition)]
DesignPatch = Annotated[dict[str, Any], PlainValidator(check_design)]
