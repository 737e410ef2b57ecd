"""The API of the twin run: the same customers under two designs at once."""

from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Router, Schema, Status
from pydantic import (
    ConfigDict,
    Field,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WrapValidator,
)

from ..models import Playground
from ..twin import service as twins
from ..twin.plan import TwinPlan
from .problems import Problem
from .schemas import ProblemOut

router = Router(tags=["playground"])
ERRORS = {frozenset({401, 404, 422, 429, 503}): ProblemOut}


class TwinIn(TwinPlan):
    """Both sides take the same steps at the same moments, each in a new playground.

    `design` is a patch on your current design; a `preset` in it is applied first.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "a": {"title": "Early ack", "design": {"ack": "early"}},
                "b": {"title": "Late ack", "design": {"ack": "late"}},
                "seed": 7,
                "faults": [{"kind": "kill", "target": "restaurant", "limit": 1}],
                "steps": [{"rush": {"action": "order", "rate": 2, "seconds": 2}}],
            }
        }
    )


class Figures(Schema):
    p50: float
    p95: float
    max: float


class TwinActionOut(Schema):
    """Times are milliseconds after the twin began; null if it has not happened."""

    number: int
    action: str
    sent: float
    answered: float | None
    code: int = Field(description="HTTP status; 0: none yet, or gave up without an answer")
    finished: float | None = Field(
        description="when the last work for it was done; null until all is done"
    )


class TwinOutcomeOut(Schema):
    """Figures are null where nothing was measured."""

    offered: int
    accepted: int
    refused: int
    timed_out: int = Field(description="504, or no answer at all")
    errors: dict[str, int] = Field(description="errors that customers got, by status")
    answer_ms: Figures | None
    finished: int = Field(description="customers whose work is done, to the last effect")
    finished_ms: Figures | None = Field(description="from the request to the last work for it")
    lost: int
    doubled: int
    pending: int
    dead: int
    unasked: int = Field(description="stored, although the customer got an error")
    on_the_way: int
    hits: dict[str, int]
    ledger: list[dict[str, Any]]
    actions: list[TwinActionOut]
    spans: list[dict[str, Any]] = Field(
        description="pieces of work: {number, service, style, from, to, status}"
    )
    spans_cut: int = Field(description="pieces of work beyond those in `spans`")
    is_settled: bool = Field(description="no message was on its way any more")


def _if_readable(outcome: Any, validate: ValidatorFunctionWrapHandler) -> Any:
    """None for an outcome that another version of Inflight has stored."""
    try:
        return validate(outcome)
    except ValidationError:
        return None


class TwinSideOut(Schema):
    title: str
    design: dict[str, Any]
    outcome: Annotated[TwinOutcomeOut | None, WrapValidator(_if_readable)]


class TwinOut(Schema):
    run: str = Field(description="its id in the records of both sides")
    state: Literal["waiting", "running", "settling", "done", "stopped", "failed"]
    reason: str
    seed: int
    faults: list[dict[str, Any]]
    steps: list[dict[str, Any]]
    step: int = Field(description="the number of the current step, from 1")
    customers: int = Field(description="on each side")
    length_ms: int = Field(description="the longest time that the steps can take")
    elapsed_ms: int
    sides: dict[Literal["a", "b"], TwinSideOut]


@router.post("/playground/twin", response={202: TwinOut, frozenset({409}): ProblemOut, **ERRORS})
def start_twin(request: HttpRequest, plan: TwinIn) -> Any:
    """Start a twin: the same customers and faults under two designs at the same time."""
    return Status(202, twins.start(_playground(request), plan))


@router.get("/playground/twin", response={200: TwinOut, **ERRORS})
def show_twin(request: HttpRequest) -> Any:
    """The newest twin: its progress, or how it ended."""
    shown = twins.shown(_playground(request))
    if shown is None:
        raise Problem(404, "There has been no twin yet.", next="POST starts one.")
    return shown


@router.delete("/playground/twin", response={204: None, **ERRORS})
def stop_twin(request: HttpRequest) -> Any:
    """Stop sending customers on both sides. What was measured so far stays."""
    twins.stop(_playground(request))
    return Status(204, None)


def _playground(request: HttpRequest) -> Playground:
    playground: Playground = request.auth  # type: ignore[attr-defined]
    return playground
