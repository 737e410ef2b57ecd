"""Faults: as a step of a run asks for one, and as a button in the text does."""

import json
from typing import Any, ClassVar, Self

from pydantic import model_validator

from playground.faults.catalogue import CATALOGUE, FaultKind
from playground.faults.fault import DEFAULT_DURATION_S, Fault, FaultRequest, InvalidFault

from ..mistakes import Wrong
from .values import Directive, Text, Values


class FaultWish(Values):
    """A fault as the control API takes it."""

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
    def _can_be(self) -> Self:
        fields = self.model_dump(include=set(FaultWish.model_fields))
        try:
            FaultRequest(**fields).checked()
        except InvalidFault as invalid:
            where, why = next(iter(invalid.errors.items()))
            what, _, known = why.partition("; ")
            remedy = f"{known[:1].upper()}{known[1:]}." if known else f"Mend `{where}`."
            raise Wrong(f"{where}: {what}", remedy) from None
        return self

    def as_json(self) -> dict[str, Any]:
        return self.model_dump(include=set(FaultWish.model_fields))

    @property
    def says(self) -> str:
        """To the learner, before it is done."""
        fields = self.as_json() | {"kind": FaultKind(self.kind)}
        ends_at = fields.pop("duration_s")
        spec = CATALOGUE[FaultKind(self.kind)]
        fields["ms"] = fields["ms"] or spec.default_ms
        fields["status"] = fields["status"] or spec.default_status
        return Fault(id="", ends_at=ends_at, **fields).says


class FaultButton(FaultWish, Directive):
    kind_of_step: ClassVar[str] = "fault"
    label: Text

    @property
    def wish(self) -> str:
        """What the button asks the control API for."""
        return json.dumps(self.as_json())
