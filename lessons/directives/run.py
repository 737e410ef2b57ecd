"""The experiment itself: `run`, the second `case` beside it, and the `verdict` over both."""

from typing import Annotated, Any, ClassVar, Self

from pydantic import AfterValidator, Field, model_validator

from playground.flow.records import Kind

from ..conditions import DesignPatch
from ..matching import MatchField
from ..measures import MeasureField
from ..mistakes import Wrong
from ..vocabulary import check_answer_field
from .steps import Step
from .values import Directive, Id, Text, Values


class Stop(Values):
    """A caption that appears when such a record is shown; it may hold the picture there."""

    when: MatchField
    say: Text
    stop: bool = False
    # This field of the customer's answer is read out after the words.
    read: Annotated[str, AfterValidator(check_answer_field)] | None = None

    @model_validator(mode="after")
    def _reads_an_answer(self) -> Self:
        if self.read and (self.when.kind, self.when.target) != (Kind.RESPONSE, "customer"):
            raise Wrong(
                "only an answer to the customer can be read out",
                "Write `when: {kind: response, target: customer}`, or leave `read` out.",
            )
        return self


class TwinSide(Values):
    title: Text
    design: DesignPatch


class Twin(Values):
    a: TwinSide
    b: TwinSide


class Run(Directive):
    kind_of_step: ClassVar[str] = "run"
    id: Id
    label: Text
    steps: Annotated[tuple[Step, ...], Field(min_length=1)]
    stops: tuple[Stop, ...] = ()
    twin: Twin | None = None

    def plan(self) -> dict[str, Any]:
        """What the page carries out, and which captions it binds to which records."""
        return {
            "steps": [step.as_json() for step in self.steps],
            "stops": [
                {
                    "when": stop.when.as_json(),
                    "say": stop.say,
                    "stop": stop.stop,
                    "read": stop.read,
                }
                for stop in self.stops
            ],
            "twin": self.twin.model_dump() if self.twin else None,
        }


class SecondCase(Run):
    """A run beside another: what is the same in both?"""

    kind_of_step: ClassVar[str] = "case"
    beside: Id
    same: Text
    answer: Text
    measures: Annotated[tuple[MeasureField, ...], Field(min_length=1)]


class Verdict(Directive):
    kind_of_step: ClassVar[str] = "verdict"
    run: Id
    text: str = ""
