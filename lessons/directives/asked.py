"""Questions that a run answers, in four kinds: `predict` before it, `observe` after it."""

from typing import Annotated, ClassVar, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from ..language.mistakes import InvalidValue, unknown
from ..language.vocabulary import ledger_effects
from ..measuring.condition_parser import ConditionField
from ..measuring.matching import MatchField
from ..measuring.measures import MeasureField
from .values import Choice, Directive, Id, Option, Text, Values, check_among


def _known_effect(name: str) -> str:
    if name not in ledger_effects():
        raise unknown("effect in the ledger", name, ledger_effects())
    return name


class Case(Values):
    """The run answers the question with `value` if `when` is the first condition that holds."""

    value: Choice
    when: ConditionField


class Item(Values):
    """Something that happens in the run: the first record that matches `event`."""

    value: Id
    text: Text
    event: MatchField


class EffectAsked(Values):
    """How many of an effect are in one column of the ledger."""

    effect: Annotated[str, AfterValidator(_known_effect)]
    column: Literal["expected", "actual", "lost", "doubled", "pending"]
    text: Text
    side: Literal["a", "b"] | None = None  # only in a twin

    @property
    def label(self) -> str:
        """Its text without the dots and the question mark, to follow a number in a sentence."""
        return self.text.strip("…? ")

    @property
    def key(self) -> str:
        """The name of the measure that answers it, such as `lost.EmailSent`."""
        name = f"{self.column}.{self.effect}"
        return f"{self.side}.{name}" if self.side else name


class Asked(Directive):
    """What `predict` and `observe` have in common."""

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
    def _has_one_way_to_measure(self) -> Self:
        if bool(self.measure) == bool(self.cases):
            raise InvalidValue(
                "a choice takes either a `measure` or `cases`",
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
