"""A twin's plan: two designs, and the steps that are taken on both sides at the same moments."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    model_validator,
)

from ..bounds import MAX_FREE_FORM
from ..company.trace import trace_in
from ..faults.fault import MAX_SEED, FaultRequest
from ..faults.spec import Outcome
from ..rush.customers import request_of
from ..rush.plan import RushPlan

SIDES = ("a", "b")
MAX_RATE, MAX_SECONDS = 25, 20  # of one rush, on each side
MAX_CUSTOMERS = 300  # on each side: as many as one drawing can show
MAX_STEPS, MAX_LENGTH_S = 20, 120
MAX_SETTLE_S = 60
# The interval between the presses of one step, answered or not.
PRESS_EVERY_S = 0.25
# The least to reserve: even a single order keeps a worker's thread busy until all has settled.
LEAST_RATE = 8

Action = Literal["order", "register", "profile"]


def _known_names(value: Any) -> Any:
    if isinstance(value, Mapping):
        known = [f.name for f in fields(FaultRequest)]
        if unknown := sorted(set(value) - set(known)):
            raise ValueError(
                f"a fault has no field {unknown[0]}; its fields are {', '.join(known)}"
            )
    return value


def _a_fault(request: FaultRequest) -> FaultRequest:
    if request.checked().outcome is Outcome.CUSTOMERS:
        raise ValueError("a surge brings customers of its own; use the step `rush`")
    return request


TwinFault = Annotated[FaultRequest, BeforeValidator(_known_names), AfterValidator(_a_fault)]


def _small(value: dict[str, Any]) -> dict[str, Any]:
    if len(json.dumps(value)) > MAX_FREE_FORM:
        raise ValueError(f"at most {MAX_FREE_FORM} characters as JSON")
    return value


FreeForm = Annotated[dict[str, Any], AfterValidator(_small)]


class Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class SidePlan(Part):
    title: str = Field(default="", max_length=60)
    design: FreeForm = Field(default={}, description="choices on top of your present design")


class RushStep(Part):
    action: Action = "order"
    rate: int = Field(10, strict=True, ge=1, le=MAX_RATE, description="customers a second")
    seconds: int = Field(5, strict=True, ge=1, le=MAX_SECONDS)


class Step(Part):
    """One action on both sides: exactly one of press, rush, pause, settle, fault, repair and
    design."""

    press: Action | None = Field(None, description="one customer, or `times` of them")
    payload: FreeForm | None = Field(None, alias="with", description="fields of the body")
    times: int = Field(1, strict=True, ge=1, le=20)
    rush: RushStep | None = None
    pause: Annotated[float, Field(ge=0, le=30)] | None = Field(None, description="seconds")
    settle: Annotated[float, Field(ge=0, le=MAX_SETTLE_S)] | None = Field(
        None, description="wait until no message is on its way, at most this many seconds"
    )
    fault: TwinFault | None = None
    repair: Literal[True] | None = None
    design: FreeForm | None = Field(None, description="choices to change on both sides")

    @model_validator(mode="after")
    def _is_one_thing(self) -> Self:
        kinds = ("press", "rush", "pause", "settle", "fault", "repair", "design")
        given = [name for name in kinds if getattr(self, name) is not None]
        if len(given) != 1:
            raise ValueError(f"a step is exactly one of {', '.join(kinds)}")
        if self.press is None and (self.payload is not None or self.times != 1):
            raise ValueError("`with` and `times` belong to `press`")
        return self

    @property
    def length_s(self) -> float:
        """The longest time until the next step begins."""
        if self.rush:
            return float(self.rush.seconds)
        return self.pause or self.settle or (self.times - 1) * PRESS_EVERY_S

    @property
    def rate(self) -> int:
        if self.rush:
            return self.rush.rate
        return round(1 / PRESS_EVERY_S) if self.press else 0

    @property
    def customers(self) -> int:
        if self.rush:
            return self.rush.rate * self.rush.seconds
        return self.times if self.press else 0


@dataclass(frozen=True, slots=True)
class Customer:
    """One request, the same on both sides."""

    number: int  # from 0, in the order of sending
    action: str
    at_s: float  # seconds after the step begins
    method: str
    path: str
    body: dict[str, Any]

    def trace(self, run: str) -> str:
        """The trace id of all this customer's records."""
        return trace_in(run, self.number)


class TwinPlan(Part):
    a: SidePlan = SidePlan()
    b: SidePlan = SidePlan()
    seed: int = Field(
        0, strict=True, ge=0, le=MAX_SEED, description="for the faults without a seed"
    )
    faults: list[TwinFault] = Field([], max_length=5, description="on from the beginning")
    steps: list[Step] = Field(min_length=1, max_length=MAX_STEPS)
    settle_s: int = Field(
        25,
        strict=True,
        ge=1,
        le=MAX_SETTLE_S,
        description="seconds that the remaining work may take after the last step",
    )

    @model_validator(mode="after")
    def _is_within_bounds(self) -> Self:
        count = sum(step.customers for step in self.steps)
        if not count:
            raise ValueError("the plan has no customers: add a press or a rush")
        if count > MAX_CUSTOMERS:
            raise ValueError(f"{count} customers on a side; at most {MAX_CUSTOMERS}")
        if self.length_s > MAX_LENGTH_S:
            raise ValueError(f"the steps take {self.length_s:g} s; at most {MAX_LENGTH_S}")
        return self

    @property
    def length_s(self) -> float:
        return sum(step.length_s for step in self.steps)

    @property
    def rate(self) -> int:
        """The highest number of customers per second, both sides together; at least LEAST_RATE."""
        return max(LEAST_RATE, 2 * max(step.rate for step in self.steps))

    @property
    def customers(self) -> int:
        return sum(step.customers for step in self.steps)

    def side(self, name: str) -> SidePlan:
        side_plan: SidePlan = getattr(self, name)
        return side_plan

    def seeded(self, request: FaultRequest) -> dict[str, Any]:
        """The fields of a fault, with the twin's seed unless it has its own."""
        values = {f.name: getattr(request, f.name) for f in fields(FaultRequest)}
        return values | {"seed": request.seed or self.seed}

    def as_json(self) -> str:
        return self.model_dump_json(by_alias=True, exclude_none=True)


def customers_of(step: Step, first: int, run: str) -> Iterator[Customer]:
    """The customers of this step, numbered from `first`."""
    if step.rush:
        rush = RushPlan(step.rush.action, step.rush.rate, step.rush.seconds, run)
        for n in range(rush.count):
            yield _customer(rush, first + n, n / rush.rate, {})
    elif step.press:
        rush = RushPlan(step.press, 1, 1, run)
        for n in range(step.times):
            yield _customer(rush, first + n, n * PRESS_EVERY_S, step.payload or {})


def _customer(rush: RushPlan, number: int, at_s: float, payload: dict[str, Any]) -> Customer:
    method, path, body = request_of(rush, number)
    return Customer(number, rush.action, at_s, method, path, {**body, **payload})


def parse(text: str | bytes) -> TwinPlan:
    return TwinPlan.model_validate_json(text)
