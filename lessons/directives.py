"""What a lesson may hold beside prose: the directives, each a model of its fields.

    :::{predict}
    id: wait
    …
    :::

docs/authoring.md shows each with an example.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from playground.delivery.fault import DEFAULT_DURATION_S, Fault, Injection, InvalidFault
from playground.delivery.fault_kinds import CATALOGUE, FaultKind
from playground.rush.plan import MAX_RATE, MAX_SECONDS

from .conditions import ConditionField, DesignPatch
from .matching import MatchField
from .measures import MeasureField
from .mistakes import Wrong, unknown
from .source_code import Source, source_of
from .vocabulary import ledger_effects

Id = Annotated[str, Field(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=40)]
Text = Annotated[str, Field(min_length=1)]
Action = Literal["profile", "register", "order"]  # what many customers may do at once
Button = Literal["profile", "register", "order", "menu"]
Press = Literal["profile", "register", "order", "menu", "read-back"]


class Values(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)


class Directive(Values):
    kind_of_step: ClassVar[str]

    @property
    def template(self) -> str:
        return f"lessons/steps/_{self.kind_of_step}.html"


class Option(Values):
    value: Annotated[str, Field(coerce_numbers_to_str=True)]
    text: Text


class Case(Values):
    value: Annotated[str, Field(coerce_numbers_to_str=True)]
    when: ConditionField


class Item(Values):
    """Something that happens; which comes first is asked, and measured."""

    value: Id
    text: Text
    event: MatchField


class EffectAsked(Values):
    effect: Annotated[str, AfterValidator(lambda name: _known_effect(name))]
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
        _check_among([case.value for case in self.cases], self.options)
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
            Injection(**fields).checked()
        except InvalidFault as invalid:
            where, why = next(iter(invalid.errors.items()))
            what, _, known = why.partition("; ")
            remedy = f"{known[:1].upper()}{known[1:]}." if known else f"Mend `{where}`."
            raise Wrong(f"{where}: {what}", remedy) from None
        return self

    def as_json(self) -> dict[str, Any]:
        return self.model_dump(include=set(FaultWish.model_fields))


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
            return _fault_in_words(self.fault)
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


class Stop(Values):
    """A caption that appears when such a record is shown; it may hold the picture there."""

    when: MatchField
    say: Text
    stop: bool = False


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
                {"when": stop.when.as_json(), "say": stop.say, "stop": stop.stop}
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


class FaultButton(FaultWish, Directive):
    kind_of_step: ClassVar[str] = "fault"
    label: Text

    @property
    def wish(self) -> str:
        """What the button asks the control API for."""
        return json.dumps(self.as_json())


class Code(Directive):
    kind_of_step: ClassVar[str] = "code"
    symbol: str
    run: Id | None = None

    @model_validator(mode="after")
    def _is_there(self) -> Self:
        source_of(self.symbol)
        return self

    @property
    def source(self) -> Source:
        return source_of(self.symbol)


class Transfer(Directive):
    kind_of_step: ClassVar[str] = "transfer"
    id: Id
    situation: Text
    options: Annotated[tuple[Option, ...], Field(min_length=2)]
    expert: Annotated[str, Field(coerce_numbers_to_str=True)]
    reasons: Text

    @model_validator(mode="after")
    def _expert_chooses(self) -> Self:
        _check_among([self.expert], self.options)
        return self


class Question(Values):
    id: Id
    question: Text
    options: Annotated[tuple[Option, ...], Field(min_length=2)]
    answer: Annotated[str, Field(coerce_numbers_to_str=True)]
    why: Text

    @model_validator(mode="after")
    def _has_its_answer(self) -> Self:
        _check_among([self.answer], self.options)
        return self


class Quiz(Directive):
    """Asked by the warm-ups of later lessons and by the review page, not here."""

    kind_of_step: ClassVar[str] = "quiz"
    questions: Annotated[tuple[Question, ...], Field(min_length=1)]


class Task(Directive):
    kind_of_step: ClassVar[str] = "task"
    id: Id
    text: Text
    when: ConditionField
    hints: tuple[Text, ...] = ()


def _by_kind(models: Any) -> Any:
    return Annotated[models, Field(discriminator="kind")]


DIRECTIVES: Mapping[str, Any] = {
    "predict": _by_kind(Predict),
    "run": Run,
    "observe": _by_kind(Observe),
    "verdict": Verdict,
    "case": SecondCase,
    "fault": FaultButton,
    "code": Code,
    "transfer": Transfer,
    "quiz": Quiz,
    "task": Task,
}


def ids_of(directive: Directive) -> Iterator[str]:
    """The ids that it brings into its lesson."""
    if own := getattr(directive, "id", None):
        yield own
    if isinstance(directive, Quiz):
        yield from (question.id for question in directive.questions)


def _fault_in_words(wish: FaultWish) -> str:
    fields = wish.as_json() | {"kind": FaultKind(wish.kind)}
    ends_at = fields.pop("duration_s")
    spec = CATALOGUE[FaultKind(wish.kind)]
    fields["ms"] = fields["ms"] or spec.default_ms
    fields["status"] = fields["status"] or spec.default_status
    return f"Break it: {Fault(id='', ends_at=ends_at, **fields).says}"


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


def _known_effect(name: str) -> str:
    if name not in ledger_effects():
        raise unknown("effect in the ledger", name, ledger_effects())
    return name


def _check_among(values: list[str], options: tuple[Option, ...]) -> None:
    known = [option.value for option in options]
    for value in values:
        if value not in known:
            raise unknown("option", value, known)
