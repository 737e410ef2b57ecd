"""Conditions as a lesson writes them: a mapping, of which all keys must hold."""

from typing import Annotated, Any

from pydantic import PlainValidator

from ..language.mistakes import InvalidValue
from .conditions import AllOf, AnyOf, Compared, Condition, DesignIs, Happened, InOrder, Never
from .design_choices import check_design
from .matching import parse_match
from .measures import parse_measurement

OPERATORS = ("gt", "gte", "lt", "lte", "eq")


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
        case "no_record":
            return Never(parse_match(inner))
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
