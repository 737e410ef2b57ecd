"""The blocks of a lesson's page, each with what this learner has said and measured there."""

from dataclasses import dataclass
from typing import Any, Self

from ..course import Lesson
from ..directives import Asked, Code, Directive, Run, SecondCase, Task, Transfer, Verdict
from ..directives.source_code import Line, lines_of
from ..models import LessonRun, Said
from .guesses import CONFIDENCES, in_words
from .notebook import Notebook
from .verdicts import Compared, Told, comparison, told_beside, verdict_of
from .verdicts import Verdict as LearnersVerdict


@dataclass(frozen=True, slots=True)
class Block:
    """A step of the lesson or a stretch of prose, with this learner's part of it."""

    step: Any
    anchor: str = ""  # its id on the page
    said: Said | None = None
    said_words: str = ""
    run: LessonRun | None = None
    is_locked: bool = False
    guesses_missing: int = 0
    verdict: LearnersVerdict | None = None
    compared: tuple[Compared, ...] = ()
    told: tuple[Told, ...] = ()  # of a second case, beside its first
    lines: tuple[Line, ...] = ()
    is_done: bool = False

    @property
    def template(self) -> str:
        return str(self.step.template)

    @property
    def confidences(self) -> dict[int, str]:
        return CONFIDENCES

    @property
    def confidence_says(self) -> str:
        return CONFIDENCES.get((self.said.confidence if self.said else 0) or 0, "")

    @property
    def has_lines(self) -> bool:
        """Has a run executed any of its lines?"""
        return any(line.ran for line in self.lines)

    @property
    def has_verdict(self) -> bool:
        """Does it show a measured value beside a guess, or beside another run?"""
        return bool(
            self.compared or (self.verdict and self.verdict.is_ready and self.verdict.is_open)
        )

    @property
    def expert_agrees(self) -> bool:
        return bool(self.said and self.said.value == self.step.expert)

    def option_text(self, value: str) -> str:
        return next((o.text for o in self.step.options if o.value == value), value)

    @property
    def chosen_text(self) -> str:
        return self.option_text(self.said.value) if self.said else ""

    @property
    def expert_text(self) -> str:
        return self.option_text(self.step.expert)


@dataclass(frozen=True)
class Page:
    lesson: Lesson
    blocks: tuple[Block, ...]

    @classmethod
    def of(cls, notebook: Notebook) -> Self:
        said, runs, done = notebook.said(), notebook.runs(), notebook.tasks_done()
        blocks = tuple(_block(notebook, step, said, runs, done) for step in notebook.lesson.blocks)
        return cls(notebook.lesson, blocks)

    @classmethod
    def untouched(cls, lesson: Lesson) -> Self:
        """The page for a visitor who has done nothing yet, and so is no learner."""
        return cls(lesson, tuple(_untouched_block(lesson, step) for step in lesson.blocks))

    def step(self, step: Directive) -> Block:
        """The block of this directive."""
        return next(block for block in self.blocks if block.step is step)


def _untouched_block(lesson: Lesson, step: Any) -> Block:
    missing = len(lesson.asked_before(step.id)) if isinstance(step, Run) else 0
    return Block(
        step, _anchor(step), is_locked=missing > 0, guesses_missing=missing,
        verdict=LearnersVerdict(None, [], [], [], []) if isinstance(step, Verdict) else None,
        lines=tuple(lines_of(step.source)) if isinstance(step, Code) else (),
    )  # fmt: skip


def _block(
    notebook: Notebook,
    step: Any,
    said: dict[str, Said],
    runs: dict[str, LessonRun],
    done: set[str],
) -> Block:
    lesson, anchor = notebook.lesson, _anchor(step)
    match step:
        case Asked():
            answer = said.get(step.id)
            words = in_words(step, answer.value) if answer else ""
            return Block(step, anchor, answer, words, runs.get(step.run))
        case Run():
            missing = [a for a in lesson.asked_before(step.id) if a.id not in said]
            run = runs.get(step.id)
            compared = comparison(lesson, step, runs) if isinstance(step, SecondCase) else ()
            return Block(
                step, anchor, run=run, is_locked=bool(missing) and run is None,
                guesses_missing=len(missing), compared=tuple(compared),
                told=told_beside(step, runs) if isinstance(step, SecondCase) else (),
            )  # fmt: skip
        case Verdict():
            verdict = verdict_of(notebook, step.run, step.claims)
            return Block(step, anchor, run=verdict.run, verdict=verdict)
        case Code():
            run = runs.get(step.run or "")
            ran = (run.found.get("lines", {}) if run else {}).get(step.source.name, ())
            return Block(step, anchor, run=run, lines=tuple(lines_of(step.source, ran)))
        case Transfer():
            return Block(step, anchor, said.get(step.id))
        case Task():
            return Block(step, anchor, is_done=step.id in done)
        case _:
            return Block(step, anchor)


def _anchor(step: Any) -> str:
    match step:
        case Verdict():
            return f"verdict-{step.run}"
        case Code():
            return f"code-{step.symbol.replace('.', '-').replace('_', '-').lower()}"
        case _:
            return str(getattr(step, "id", ""))
