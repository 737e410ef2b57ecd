"""The verdict: guesses laid over what this learner's own run measured."""

from dataclasses import dataclass
from typing import Any

from . import guesses
from .course import Lesson
from .directives import Asked, AskedLedger, AskedNumber, SecondCase
from .guesses import CONFIDENCES, in_words
from .models import LessonRun, Said
from .notebook import Notebook

SURE = 3  # from here on a miss is a confident one
_BEGIN, _WIDTH = 72, 270


@dataclass(frozen=True, slots=True)
class Bar:
    """Two bars on one scale. Lengths are in the drawing's own units, from _BEGIN on."""

    guess_width: float
    measured_width: float
    label: str
    guess_says: str
    measured_says: str

    @property
    def guess_end(self) -> float:
        return _BEGIN + self.guess_width + 6

    @property
    def measured_end(self) -> float:
        return _BEGIN + self.measured_width + 6


@dataclass(frozen=True, slots=True)
class Line:
    """One question: what was said, what was measured."""

    asked: Asked
    guess: Any  # None: nothing was said
    found: Any
    confidence: int | None
    is_right: bool | None  # None: there was nothing to measure

    @property
    def is_confident_miss(self) -> bool:
        return self.is_right is False and (self.confidence or 0) >= SURE

    @property
    def guess_says(self) -> str:
        return in_words(self.asked, self.guess)

    @property
    def found_says(self) -> str:
        return in_words(self.asked, self.found)

    @property
    def confidence_says(self) -> str:
        return CONFIDENCES.get(self.confidence or 0, "")

    @property
    def bars(self) -> list[Bar]:
        if self.guess is None:
            return []
        match self.asked:
            case AskedNumber() if self.found is not None:
                return [_bar(self.guess, self.found)]
            case AskedLedger():
                return [
                    _bar(self.guess[e.key], self.found[e.key], e.word)
                    for e in self.asked.effects
                    if self.found and self.found.get(e.key) is not None
                ]
            case _:
                return []


@dataclass(frozen=True, slots=True)
class Verdict:
    run: LessonRun | None
    lines: list[Line]
    observations: list[Line]
    unseen: list[Asked]  # the learner has not said yet what happened here
    unsaid: list[Line]  # of a run without a guess: what was measured all the same

    @property
    def is_ready(self) -> bool:
        return self.run is not None and self.run.ended_at is not None

    @property
    def is_open(self) -> bool:
        """Shown only after the learner has said what was seen; not asked of one who only ran it."""
        return bool(self.is_ready and self.run and (not self.unseen or not self.run.was_guessed))

    @property
    def is_partial(self) -> bool:
        return bool(self.run and self.run.found.get("is_partial"))


def verdict_of(notebook: Notebook, run: str) -> Verdict:
    """Confident misses first, then other misses, then what was right."""
    lesson, said = notebook.lesson, notebook.said()
    mine = notebook.runs().get(run)
    lines = _lines(lesson.asked_before(run), said, mine)
    lines.sort(key=lambda line: (not line.is_confident_miss, line.is_right is not False))
    seen = _lines(lesson.asked_after(run), said, mine)
    unseen = [asked for asked in lesson.asked_after(run) if asked.id not in said]
    return Verdict(mine, lines, seen, unseen, _unsaid(lesson, said, mine))


def _unsaid(lesson: Lesson, said: dict[str, Said], run: LessonRun | None) -> list[Line]:
    if run is None or run.was_guessed:
        return []
    asked = (*lesson.asked_before(run.run), *lesson.asked_after(run.run))
    found = run.found.get("steps", {})
    return [Line(one, None, found.get(one.id), None, None) for one in asked if one.id not in said]


def _lines(asked: list[Asked], said: dict[str, Said], run: LessonRun | None) -> list[Line]:
    found = (run.found if run else {}).get("steps", {})
    return [
        Line(
            one, told.value, found.get(one.id), told.confidence,
            guesses.is_near(one, told.value, found.get(one.id)),
        )
        for one in asked
        if (told := said.get(one.id)) is not None
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Compared:
    """A measure of two runs, side by side."""

    name: str
    says: str
    unit: str
    first: Any
    second: Any


def comparison(lesson: Lesson, case: SecondCase, runs: dict[str, LessonRun]) -> list[Compared]:
    """What both runs measured; empty until both have been run."""
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


def _bar(guess: float, found: float, label: str = "") -> Bar:
    longest = max(abs(guess), abs(found)) or 1.0
    scale = _WIDTH / longest
    return Bar(
        round(abs(guess) * scale, 1), round(abs(found) * scale, 1), label,
        guesses.plain(guess), guesses.plain(found),
    )  # fmt: skip
