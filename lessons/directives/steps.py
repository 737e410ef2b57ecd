"""The steps of a run, which the page carries out one after the other."""

from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from playground.rush.plan import MAX_RATE, MAX_SECONDS

from ..language.mistakes import InvalidValue
from ..measuring.design_choices import DesignPatch, in_words
from .faults import RequestedFault
from .values import Values

Action = Literal["profile", "register", "order"]  # what the customers of a rush may do
Press = Literal["profile", "register", "order", "menu", "read-back"]


class Rush(Values):
    action: Action = "order"
    rate: Annotated[int, Field(ge=1, le=MAX_RATE)]
    seconds: Annotated[int, Field(ge=1, le=MAX_SECONDS)]
    go_on: bool = False  # begin the next step while customers still arrive


class Step(Values):
    """One step of a run: exactly one of STEP_VERBS. `with` and `times` qualify `press`."""

    design: DesignPatch | None = None
    fault: RequestedFault | None = None
    press: Press | None = None
    with_: dict[str, str | int] = Field(default={}, alias="with")
    times: Annotated[int, Field(ge=1, le=20)] = 1
    rush: Rush | None = None
    repair: Literal[True] | None = None
    reset: Literal[True] | None = None
    settle: Annotated[float, Field(gt=0, le=120)] | None = None
    pause: Annotated[float, Field(gt=0, le=30)] | None = None

    @model_validator(mode="after")
    def _has_one_verb(self) -> Self:
        verbs = [v for v in STEP_VERBS if getattr(self, v) is not None]
        if len(verbs) != 1:
            raise InvalidValue(
                f"a step does one thing, but this one does {len(verbs)}",
                f"Write one of {', '.join(STEP_VERBS)}. Begin the next step with its own dash.",
            )
        if (self.with_ or self.times > 1) and self.press is None:
            raise InvalidValue(
                "`with` and `times` work only with `press`", "Move them to a `press` step."
            )
        return self

    @property
    def says(self) -> str:
        """The step in words, for the learner."""
        if self.press:
            inputs = "".join(f", with {name} {value}" for name, value in self.with_.items())
            repeated = f", {self.times} times" if self.times > 1 else ""
            return f"{ACTION_TITLES[self.press]}{inputs}{repeated}"
        if self.fault:
            return f"Break it: {self.fault.says}"
        if self.rush:
            action = ACTION_TITLES[self.rush.action].lower()
            goes_on = "; the next step does not wait for them" if self.rush.go_on else ""
            return (
                f"{self.rush.rate} customers a second for {self.rush.seconds} s: {action}{goes_on}"
            )
        if self.design is not None:
            return f"Change the design: {in_words(self.design)}"
        if self.settle:
            return f"Wait until no message is on its way, for {self.settle:g} s at most"
        if self.pause:
            return f"Wait {self.pause:g} s"
        return "Repair everything" if self.repair else "Start afresh"

    def as_json(self) -> dict[str, Any]:
        fields = self.model_dump(mode="json", exclude_defaults=True, by_alias=True)
        return fields | ({"fault": self.fault.as_json()} if self.fault else {})


ACTION_TITLES = {
    "profile": "Save the profile", "register": "Register", "order": "Place an order",
    "menu": "Browse a menu", "read-back": "Read the profile back",
}  # fmt: skip
STEP_VERBS = ("design", "fault", "press", "rush", "repair", "reset", "settle", "pause")
