"""A description of records, as a lesson writes it: `{kind: effect, name: EmailSent}`. Pure.

static/js/lesson/matching.js says the same of the same records.
"""

from fnmatch import fnmatchcase
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PlainValidator, ValidationError

from playground.faults.catalogue import FaultKind
from playground.flow.records import Kind, Record

from .mistakes import Wrong
from .vocabulary import check_record_name, check_service

ServiceName = Annotated[str, AfterValidator(check_service)]
Status = Literal["ok", "error", "timeout", "refused", "rejected", "lost", "duplicate"]


class Match(BaseModel):
    """What it does not mention may be anything."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Kind | None = None
    name: Annotated[str, AfterValidator(check_record_name)] | None = None  # * stands for anything
    status: Status | None = None
    code: int | None = None
    source: ServiceName | None = None
    target: ServiceName | None = None
    style: Literal["call", "text"] | None = None
    fault: FaultKind | None = None
    attempt: Annotated[int, Field(ge=1)] | None = None

    def fits(self, record: Record) -> bool:
        return all(
            _fits(field, wanted, record)
            for field, wanted in self
            if wanted is not None
        )  # fmt: skip

    def as_json(self) -> dict[str, Any]:
        """For the page, which binds captions to records."""
        return self.model_dump(mode="json", exclude_none=True)


def _fits(field: str, wanted: Any, record: Record) -> bool:
    match field:
        case "fault":
            return (record.fault or {}).get("kind") == wanted
        case "name":
            return fnmatchcase(record.name, wanted)
        case _:
            return bool(getattr(record, field) == wanted)


def parse_match(value: Any) -> Match:
    """Raises Wrong."""
    if isinstance(value, Match):
        return value
    if not isinstance(value, dict) or not value:
        raise Wrong(
            "a record is described by no field", "Write `{kind: ack, target: notification}`."
        )
    try:
        return Match.model_validate(value)
    except ValidationError as invalid:
        error = invalid.errors()[0]
        cause = error.get("ctx", {}).get("error")
        if isinstance(cause, Wrong):
            raise cause from None
        field = ".".join(str(part) for part in error["loc"])
        if error["type"] == "extra_forbidden":
            known = ", ".join(Match.model_fields)
            raise Wrong(f"a record has no field `{field}`", f"There are {known}.") from None
        told = error["msg"].removeprefix("Input should be ")
        raise Wrong(f"`{field}` is {error['input']!r}", f"Write {told}.") from None


MatchField = Annotated[Match, PlainValidator(parse_match)]
