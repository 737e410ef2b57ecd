"""Faults that a lesson requests: in a step of a run, or by a button in the text."""

import json
from typing import Any, ClassVar, Self

from pydantic import model_validator

from playground.faults.catalogue import CATALOGUE, FaultKind
from playground.faults.fault import DEFAULT_DURATION_S, Fault, FaultRequest, InvalidFault

from ..language.mistakes import InvalidValue
from .values import Directive, Text, Values


class RequestedFault(Values):
    """The fields of `POST /api/playground/faults`."""

    kind: str
    target: str
    ms: int = 0
    jitter_ms: int = 0
    status: int = 0
    percentage: int = 100
    limit: int = 0
    seed: int = 0
    duration_s: float = DEFAULT_DURATION_S

    @model_validator(mode="after")
    def _is_valid(self) -> Self:
        fields = self.model_dump(include=set(RequestedFault.model_fields))
        try:
            FaultRequest(**fields).checked()
        except InvalidFault as invalid:
            field, message = next(iter(invalid.errors.items()))
            problem, _, allowed = message.partition("; ")
            remedy = f"{allowed[:1].upper()}{allowed[1:]}." if allowed else f"Correct `{field}`."
            raise InvalidValue(f"{field}: {problem}", remedy) from None
        return self

    def as_json(self) -> dict[str, Any]:
        return self.model_dump(include=set(RequestedFault.model_fields))

    @property
    def says(self) -> str:
        """The fault in words, for the learner."""
        fields = self.as_json() | {"kind": FaultKind(self.kind)}
        ends_at = fields.pop("duration_s")
        spec = CATALOGUE[FaultKind(self.kind)]
        fields["ms"] = fields["ms"] or spec.default_ms
        fields["status"] = fields["status"] or spec.default_status
        return Fault(id="", ends_at=ends_at, **fields).says


class FaultButton(RequestedFault, Directive):
    kind_of_step: ClassVar[str] = "fault"
    label: Text

    @property
    def request_json(self) -> str:
        """The body of the request to the control API, as JSON."""
        return json.dumps(self.as_json())
