"""The experiment: `run`, the second `case` to compare it with, and the `verdict`."""

from hashlib import sha256
from typing import Annotated, Any, ClassVar, Self

from pydantic import AfterValidator, Field, model_validator

from playground.flow.records import Kind

from ..language.mistakes import InvalidValue
from ..language.vocabulary import check_answer_field
from ..measuring.condition_parser import ConditionField
from ..measuring.design_choices import DesignPatch
from ..measuring.matching import MatchField
from ..measuring.measures import MeasureField
from .steps import Step
from .values import Directive, Id, Text, Values


class Stop(Values):
    """A caption that appears with the first matching record. `stop` freezes the picture there."""

    when: MatchField
    say: Text
    stop: bool = False
    # The caption ends with the value of this field of the customer's answer.
    read: Annotated[str, AfterValidator(check_answer_field)] | None = None

    @model_validator(mode="after")
    def _reads_only_an_answer(self) -> Self:
        if self.read and (self.when.kind, self.when.target) != (Kind.RESPONSE, "customer"):
            raise InvalidValue(
                "`read` works only on an answer to the customer",
                "Write `when: {kind: response, target: customer}`, or leave `read` out.",
            )
        return self


class TwinSide(Values):
    title: Text
    design: DesignPatch


class Twin(Values):
    a: TwinSide
    b: TwinSide

    def title(self, side: str) -> str:
        """Of the side `a` or `b`."""
        return {"a": self.a, "b": self.b}[side].title


class Run(Directive):
    kind_of_step: ClassVar[str] = "run"
    id: Id
    label: Text
    steps: Annotated[tuple[Step, ...], Field(min_length=1)]
    stops: tuple[Stop, ...] = ()
    twin: Twin | None = None

    def plan(self) -> dict[str, Any]:
        """What the page needs to carry out the run, as JSON: steps, captions, a twin's designs."""
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


class Claim(Values):
    """A sentence about a run, and when it is true of it.

    `when` is said of the run itself; `beside`, only in a second case, of the run beside it.
    `otherwise` is what the page says instead if the run went another way.
    """

    when: ConditionField | None = None
    beside: ConditionField | None = None
    text: Text
    otherwise: str = ""

    @model_validator(mode="after")
    def _has_a_condition(self) -> Self:
        if self.when is None and self.beside is None:
            raise InvalidValue(
                "a claim has no condition", "Write `when:`, or move its words to `text`."
            )
        return self

    def key(self, run: str) -> str:
        """By which its finding is stored with a run: another one if its words change."""
        return f"{run}.{sha256(self.text.encode()).hexdigest()[:12]}"


class SecondCase(Run):
    """A run to be compared with another one, `beside`."""

    kind_of_step: ClassVar[str] = "case"
    beside: Id
    same: Text
    claims: tuple[Claim, ...] = ()
    answer: str = ""
    measures: Annotated[tuple[MeasureField, ...], Field(min_length=1)]


class Verdict(Directive):
    kind_of_step: ClassVar[str] = "verdict"
    run: Id
    claims: tuple[Claim, ...] = ()
    text: str = ""  # true however the run went

    @model_validator(mode="after")
    def _speaks_of_one_run(self) -> Self:
        if any(claim.beside is not None for claim in self.claims):
            raise InvalidValue(
                "a verdict speaks of one run", "Move what compares two runs to a `case`."
            )
        return self
