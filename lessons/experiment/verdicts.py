"""The verdict: a learner's guesses and observations beside what their own run measured."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..course import Lesson
from ..directives import Asked, AskedLedger, AskedNumber, Claim, SecondCase
from ..models import LessonRun, Said
from . import guesses
from .guesses import CONFIDENCES, in_words, quantity
from .notebook import Notebook

SURE = 3  # with this confidence or more, a miss is a confident miss
# Where bars begin, and the length of the longer one, in units of the drawing.
_BAR_START, _BAR_LENGTH = 72, 270


@dataclass(frozen=True, slots=True)
class Bar:
    """The guess and the measured value as two bars on one scale, in units of the drawing."""

    guess_width: float
    measured_width: float
    label: str
    guess_says: str
    measured_says: str

    @property
    def guess_end(self) -> float:
        return _BAR_START + self.guess_width + 6

    @property
    def measured_end(self) -> float:
        return _BAR_START + self.measured_width + 6


@dataclass(frozen=True, slots=True)
class Line:
    """One question: what the learner said, and what was measured."""

    asked: Asked
    guess: Any  # None if the learner did not answer it
    found: Any
    confidence: int | None
    is_right: bool | None  # None if nothing was measured

    @property
    def is_confident_miss(self) -> bool:
        return self.is_right is False and (self.confidence or 0) >= SURE

    @property
    def guess_says(self) -> str:
        return in_words(self.asked, self.guess, self.found)

    @property
    def found_says(self) -> str:
        return in_words(self.asked, self.found, self.guess)

    @property
    def confidence_says(self) -> str:
        return CONFIDENCES.get(self.confidence or 0, "")

    @property
    def bars(self) -> list[Bar]:
        if self.guess is None:
            return []
        match self.asked:
            case AskedNumber() if self.found is not None:
                return [_bar(self.guess, self.found, unit=self.asked.unit)]
            case AskedLedger():
                return [
                    _bar(self.guess[e.key], self.found[e.key], e.label)
                    for e in self.asked.effects
                    if self.found and self.found.get(e.key) is not None
                ]
            case _:
                return []


@dataclass(frozen=True, slots=True)
class Told:
    """A sentence of the lesson about a run: as it was measured."""

    claim: Claim
    holds: bool | None  # None: not measured

    @property
    def state(self) -> str:
        return {True: "held", False: "broken", None: "unmeasured"}[self.holds]


@dataclass(frozen=True, slots=True)
class Verdict:
    run: LessonRun | None
    lines: list[Line]  # the guesses
    observations: list[Line]
    unseen: list[Asked]  # observations that the learner has not answered yet
    unsaid: list[Line]  # of a run without a guess: the unanswered questions, with what was measured
    told: list[Told] = field(default_factory=list)

    @property
    def is_ready(self) -> bool:
        """Has the run been measured?"""
        return self.run is not None and self.run.ended_at is not None

    @property
    def is_open(self) -> bool:
        """Is it shown? Only after every observation, unless the learner ran it without a guess."""
        return bool(self.is_ready and self.run and (not self.unseen or not self.run.was_guessed))

    @property
    def disturbances(self) -> list[str]:
        """What has interfered with the run, a sentence for each."""
        return list(self.run.found.get("disturbances", ())) if self.run else []

    @property
    def is_partial(self) -> bool:
        return bool(self.run and self.run.found.get("is_partial"))


def verdict_of(notebook: Notebook, run: str, claims: Sequence[Claim] = ()) -> Verdict:
    """The verdict on a run: confident misses first, then other misses, then right guesses."""
    lesson, said = notebook.lesson, notebook.said()
    lesson_run = notebook.runs().get(run)
    lines = _lines(lesson.asked_before(run), said, lesson_run)
    lines.sort(key=lambda line: (not line.is_confident_miss, line.is_right is not False))
    observations = _lines(lesson.asked_after(run), said, lesson_run)
    unseen = [asked for asked in lesson.asked_after(run) if asked.id not in said]
    unsaid = _unsaid(lesson, said, lesson_run)
    told = [Told(claim, _finding(claim, lesson_run)) for claim in claims]
    return Verdict(lesson_run, lines, observations, unseen, unsaid, told)


def _finding(claim: Claim, run: LessonRun | None) -> bool | None:
    """Whether the claim holds of this run; None if that was not measured."""
    found: dict[str, bool | None] = run.found.get("claims", {}) if run else {}
    return found.get(claim.key(run.run)) if run else None


def told_beside(case: SecondCase, runs: Mapping[str, LessonRun]) -> tuple[Told, ...]:
    """The claims of a second case: some speak of both runs, and must hold of both."""
    told = []
    for claim in case.claims:
        findings = {
            _finding(claim, runs.get(run))
            for run, when in ((case.id, claim.when), (case.beside, claim.beside))
            if when is not None
        }
        holds = False if False in findings else None if None in findings else True
        told.append(Told(claim, holds))
    return tuple(told)


def _unsaid(lesson: Lesson, said: dict[str, Said], run: LessonRun | None) -> list[Line]:
    if run is None or run.was_guessed:
        return []
    measured = run.found.get("steps", {})
    return [
        Line(asked, None, measured.get(asked.id), None, None)
        for asked in (*lesson.asked_before(run.run), *lesson.asked_after(run.run))
        if asked.id not in said
    ]


def _lines(questions: list[Asked], said: dict[str, Said], run: LessonRun | None) -> list[Line]:
    """A line for each question that the learner has answered."""
    measured = (run.found if run else {}).get("steps", {})
    return [
        Line(
            asked, answer.value, measured.get(asked.id), answer.confidence,
            guesses.is_right(asked, answer.value, measured.get(asked.id)),
        )
        for asked in questions
        if (answer := said.get(asked.id)) is not None
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Compared:
    """One measure of two runs, side by side."""

    name: str
    says: str
    unit: str
    first: Any
    second: Any

    @property
    def first_says(self) -> str:
        return "–" if self.first is None else quantity(self.first, self.unit, self.second)

    @property
    def second_says(self) -> str:
        return "–" if self.second is None else quantity(self.second, self.unit, self.first)


def comparison(lesson: Lesson, case: SecondCase, runs: dict[str, LessonRun]) -> list[Compared]:
    """What a case and the run beside it measured; empty until both have ended."""
    first, second = runs.get(case.beside), runs.get(case.id)
    if not first or not second or not first.ended_at or not second.ended_at:
        return []
    return [
        Compared(
            m.name, m.says, m.unit,
            first.found.get("measures", {}).get(m.name),
            second.found.get("measures", {}).get(m.name),
        )
        for m in case.measures
    ]  # fmt: skip


def _bar(guess: float, measured: float, label: str = "", unit: str = "") -> Bar:
    longest = max(abs(guess), abs(measured)) or 1.0
    scale = _BAR_LENGTH / longest
    return Bar(
        round(abs(guess) * scale, 1), round(abs(measured) * scale, 1), label,
        quantity(guess, unit, measured), quantity(measured, unit, guess),
    )  # fmt: skip
