"""What a learner predicted, and what they found: made to be printed."""

from dataclasses import dataclass

from ..course import Lesson, lessons
from ..directives import Run, Task, Transfer
from ..models import Learner, Said
from ..notebook import Notebook
from ..verdicts import Line, verdict_of


@dataclass(frozen=True, slots=True)
class Experiment:
    label: str
    lines: list[Line]  # guesses first, then what was seen


@dataclass(frozen=True, slots=True)
class Decision:
    situation: str
    chosen: str
    words: str
    expert: str


@dataclass(frozen=True, slots=True)
class Chapter:
    lesson: Lesson
    experiments: list[Experiment]
    decisions: list[Decision]
    tasks: list[str]

    @property
    def is_empty(self) -> bool:
        return not (self.experiments or self.decisions or self.tasks)


def summary_of(learner: Learner) -> list[Chapter]:
    """A chapter for each lesson in which something was done."""
    chapters = [_chapter(Notebook(learner, lesson)) for lesson in lessons()]
    return [chapter for chapter in chapters if not chapter.is_empty]


def _chapter(book: Notebook) -> Chapter:
    said, done = book.said(), book.tasks_done()
    runs = [(run.label, verdict_of(book, run.id)) for run in book.lesson.all_of(Run)]
    experiments = [
        Experiment(label, told.lines + told.observations)
        for label, told in runs
        if told.is_ready and (told.lines or told.observations)
    ]
    decisions = [
        _decision(step, said[step.id]) for step in book.lesson.all_of(Transfer) if step.id in said
    ]
    tasks = [task.text for task in book.lesson.all_of(Task) if task.id in done]
    return Chapter(book.lesson, experiments, decisions, tasks)


def _decision(step: Transfer, said: Said) -> Decision:
    texts = {option.value: option.text for option in step.options}
    return Decision(
        step.situation, texts.get(said.value, said.value), said.words, texts[step.expert]
    )
