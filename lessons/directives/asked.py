"""Questions that a run answers: `predict` before it, `observe` after it, typed alike."""

from typing import Annotated, ClassVar, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from ..conditions import ConditionField
from ..matching import MatchField
from ..measures import MeasureField
from ..mistakes import Wrong, unknown
from ..vocabulary import ledger_effects
from .values import Choice, Directive, Id, Option, Text, Values, check_among


def _known_effect(name: str) -> str:
    if name not in ledger_effects():
        raise unknown("effect in the ledger", name, ledger_effects())
    return name


class Case(Values):
    value: Choice
    when: ConditionField


class Item(Values):
    """Something that happens; which comes first is asked, and measured."""

    value: Id
    text: Text
    event: MatchField


class EffectAsked(Values):
    effect: Annotated[str, AfterValidator(_known_effect)]
    column: Literal["expected", "actual", "lost", "doubled", "pending"]
    text: Text
    side: Literal["a", "b"] | None = None  # of a twin

    @property
    def word(self) -> str:
        """Its text, to stand after a number within a sentence."""
        return self.text.strip("…? ")

    @property
    def key(self) -> str:
        """The measure that it is."""
        name = f"{self.column}.{self.effect}"
        return f"{self.side}.{name}" if self.side else name


class Asked(Directive):
    """A question that a run answers: what `predict` and `observe` have in common."""

    id: Id
    question: Text
    run: Id


class AskedNumber(Asked):
    kind: Literal["number"]
    measure: MeasureField
    unit: str = ""
    min: float | None = None
    max: float | None = None
    tolerance: Annotated[float, Field(ge=0, le=1)] = 0.25


class AskedChoice(Asked):
    kind: Literal["choice"]
    options: Annotated[tuple[Option, ...], Field(min_length=2)]
    measure: MeasureField | None = None
    cases: tuple[Case, ...] = ()

    @model_validator(mode="after")
    def _is_measured(self) -> Self:
        if bool(self.measure) == bool(self.cases):
            raise Wrong(
                "a choice is laid over a `measure` or over `cases`, one of them",
                "Write `measure: answer_code`, or `cases: [{value: …, when: {…}}]`.",
            )
        check_among([case.value for case in self.cases], self.options)
        return self


class AskedOrder(Asked):
    kind: Literal["order"]
    items: Annotated[tuple[Item, ...], Field(min_length=2, max_length=6)]


class AskedLedger(Asked):
    kind: Literal["ledger"]
    effects: Annotated[tuple[EffectAsked, ...], Field(min_length=1, max_length=6)]


class PredictNumber(AskedNumber):
    kind_of_step: ClassVar[str] = "predict"


class PredictChoice(AskedChoice):
    kind_of_step: ClassVar[str] = "predict"


class PredictOrder(AskedOrder):
    kind_of_step: ClassVar[str] = "predict"


class PredictLedger(AskedLedger):
    kind_of_step: ClassVar[str] = "predict"


class ObserveNumber(AskedNumber):
    kind_of_step: ClassVar[str] = "observe"


class ObserveChoice(AskedChoice):
    kind_of_step: ClassVar[str] = "observe"


class ObserveOrder(AskedOrder):
    kind_of_step: ClassVar[str] = "observe"


class ObserveLedger(AskedLedger):
    kind_of_step: ClassVar[str] = "observe"


Predict = PredictNumber | PredictChoice | PredictOrder | PredictLedger
Observe = ObserveNumber | ObserveChoice | ObserveOrder | ObserveLedger
