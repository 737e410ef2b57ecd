"""What a run does, one step after the other."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from playground.rush.plan import MAX_RATE, MAX_SECONDS

from ..conditions import DesignPatch
from ..mistakes import Wrong
from .faults import FaultWish
from .values import Values

Action = Literal["profile", "register", "order"]  # what many customers may do at once
Press = Literal["profile", "register", "order", "menu", "read-back"]


class Rush(Values):
    action: Action = "order"
    rate: Annotated[int, Field(ge=1, le=MAX_RATE)]
    seconds: Annotated[int, Field(ge=1, le=MAX_SECONDS)]
    go_on: bool = False  # the next step begins while they still come


class Step(Values):
    """One thing that a run does. Exactly one of these, and with `press` what goes with it."""

    design: DesignPatch | None = None
    fault: FaultWish | None = None
    press: Press | None = None
    with_: dict[str, str | int] = Field(default={}, alias="with")
    times: Annotated[int, Field(ge=1, le=20)] = 1
    rush: Rush | None = None
    repair: Literal[True] | None = None
    reset: Literal[True] | None = None
    settle: Annotated[float, Field(gt=0, le=120)] | None = None
    pause: Annotated[float, Field(gt=0, le=30)] | None = None

    @model_validator(mode="after")
    def _is_one(self) -> Self:
        verbs = [v for v in STEP_VERBS if getattr(self, v) is not None]
        if len(verbs) != 1:
            raise Wrong(
                f"a step does one thing, not {len(verbs)}",
                f"Write one of {', '.join(STEP_VERBS)}; begin the next with its own dash.",
            )
        if (self.with_ or self.times > 1) and self.press is None:
            raise Wrong("`with` and `times` belong to `press`", "Move them there.")
        return self

    @property
    def says(self) -> str:
        """To the learner, before it is done."""
        if self.press:
            again = f", {self.times} times" if self.times > 1 else ""
            other = "".join(f", with {name} {value}" for name, value in self.with_.items())
            return f"{ACTION_TITLES[self.press]}{other}{again}"
        if self.fault:
            return f"Break it: {self.fault.says}"
        if self.rush:
            what = ACTION_TITLES[self.rush.action].lower()
            on = ", and go on meanwhile" if self.rush.go_on else ""
            return f"{self.rush.rate} customers a second for {self.rush.seconds} s: {what}{on}"
        if self.design is not None:
            return f"Change the design: {_design_in_words(self.design)}"
        if self.settle:
            return f"Wait until nothing is on the way, {self.settle:g} s at most"
        if self.pause:
            return f"Wait {self.pause:g} s"
        return "Repair everything" if self.repair else "Start afresh"

    def as_json(self) -> dict[str, Any]:
        found = self.model_dump(mode="json", exclude_defaults=True, by_alias=True)
        return found | ({"fault": self.fault.as_json()} if self.fault else {})


ACTION_TITLES = {
    "profile": "Save the profile", "register": "Register", "order": "Place an order",
    "menu": "Browse a menu", "read-back": "Read the profile back",
}  # fmt: skip
STEP_VERBS = ("design", "fault", "press", "rush", "repair", "reset", "settle", "pause")


def _design_in_words(choices: Mapping[str, Any], before: str = "") -> str:
    told = []
    for name, value in choices.items():
        where = f"{before}{name.replace('_', ' ')}"
        if isinstance(value, Mapping):
            told.append(_design_in_words(value, f"{where} "))
        else:
            words = {True: "on", False: "off", None: "none"}.get(value, value)
            told.append(f"{where.removeprefix('styles ')} {words}")
    return ", ".join(told)
