"""Match records of the flow log by their fields: `{kind: effect, name: EmailSent}`. Pure.

static/js/lesson/matching.js applies the same rules in the browser.
"""

from fnmatch import fnmatchcase
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PlainValidator, ValidationError

from playground.faults.catalogue import FaultKind
from playground.flow.records import Kind, Record

from ..language.mistakes import InvalidValue
from ..language.vocabulary import check_record_name, check_service

ServiceName = Annotated[str, AfterValidator(check_service)]
Status = Literal["ok", "error", "timeout", "refused", "rejected", "lost", "duplicate"]


class Match(BaseModel):
    """The fields that a record must have. A field that is None matches every record."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Kind | None = None
    name: Annotated[str, AfterValidator(check_record_name)] | None = None  # * matches any text
    status: Status | None = None
    code: int | None = None
    source: ServiceName | None = None
    target: ServiceName | None = None
    style: Literal["call", "text"] | None = None
    fault: FaultKind | None = None
    attempt: Annotated[int, Field(ge=1)] | None = None

    def fits(self, record: Record) -> bool:
        return all(
            _field_fits(field, expected, record)
            for field, expected in self
            if expected is not None
        )  # fmt: skip

    @property
    def says(self) -> str:
        """What it matches, in words for a learner."""
        words = _NOUNS.get(self.kind, "a record") if self.kind else "a record"
        if self.name:
            words += f" ({self.name})"
        if self.code:
            words += f" of {self.code}"
        elif self.status:
            words += f", {self.status}"
        if self.source:
            words += f" from {self.source}"
        if self.target:
            words += f" {'at' if self.kind in _AT else 'to'} {self.target}"
        return f"{words}, hit by {self.fault}" if self.fault else words

    def as_json(self) -> dict[str, Any]:
        """For the page, which shows captions when their records arrive."""
        return self.model_dump(mode="json", exclude_none=True)


_NOUNS = {
    Kind.REQUEST: "a request", Kind.RESPONSE: "an answer", Kind.PUBLISH: "an event published",
    Kind.ENQUEUE: "a message put in a queue", Kind.DELIVER: "a delivery",
    Kind.REDELIVER: "a redelivery", Kind.PROCESS: "work on a message",
    Kind.ACK: "an acknowledgement", Kind.RETRY: "a retry", Kind.DEAD_LETTER: "a dead letter",
    Kind.EFFECT: "an effect", Kind.STATE: "a status", Kind.NOTE: "a note",
}  # fmt: skip
_AT = {Kind.PROCESS, Kind.ACK, Kind.RETRY, Kind.DEAD_LETTER, Kind.EFFECT, Kind.NOTE}


def _field_fits(field: str, expected: Any, record: Record) -> bool:
    match field:
        case "fault":
            return (record.fault or {}).get("kind") == expected
        case "name":
            return fnmatchcase(record.name, expected)
        case _:
            return bool(getattr(record, field) == expected)


def parse_match(value: Any) -> Match:
    """A match from its YAML.  Raises InvalidValue."""
    if isinstance(value, Match):
        return value
    if not isinstance(value, dict) or not value:
        raise InvalidValue(
            "a match needs at least one field", "Write `{kind: ack, target: notification}`."
        )
    try:
        return Match.model_validate(value)
    except ValidationError as invalid:
        error = invalid.errors()[0]
        cause = error.get("ctx", {}).get("error")
        if isinstance(cause, InvalidValue):
            raise cause from None
        field = ".".join(str(part) for part in error["loc"])
        if error["type"] == "extra_forbidden":
            known = ", ".join(Match.model_fields)
            raise InvalidValue(
                f"a record has no field `{field}`", f"The fields are {known}."
            ) from None
        expected = error["msg"].removeprefix("Input should be ")
        raise InvalidValue(f"`{field}` is {error['input']!r}", f"Write {expected}.") from None


MatchField = Annotated[Match, PlainValidator(parse_match)]
