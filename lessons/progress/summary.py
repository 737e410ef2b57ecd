"""What a learner predicted and what was measured, to be printed."""

from dataclasses import dataclass

from ..course import Lesson, lessons
from ..directives import Run, Task, Transfer
from ..experiment.notebook import Notebook
from ..experiment.verdicts import Line, verdict_of
from ..models import Learner, Said


@dataclass(frozen=True, slots=True)
class Experiment:
    label: str
    lines: list[Line]  # guesses first, then observations


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
    """A chapter for each lesson in which the learner did something."""
    chapters = [_chapter(Notebook(learner, lesson)) for lesson in lessons()]
    return [chapter for chapter in chapters if not chapter.is_empty]


def _chapter(notebook: Notebook) -> Chapter:
    lesson, said, done = notebook.lesson, notebook.said(), notebook.tasks_done()
    verdicts = [(run.label, verdict_of(notebook, run.id)) for run in lesson.all_of(Run)]
    experiments = [
        Experiment(label, verdict.lines + verdict.observations)
        for label, verdict in verdicts
        if verdict.is_ready and (verdict.lines or verdict.observations)
    ]
    decisions = [
        _decision(step, said[step.id]) for step in lesson.all_of(Transfer) if step.id in said
    ]
    tasks = [task.text for task in lesson.all_of(Task) if task.id in done]
    return Chapter(lesson, experiments, decisions, tasks)


def _decision(step: Transfer, said: Said) -> Decision:
    texts = {option.value: option.text for option in step.options}
    return Decision(
        step.situation, texts.get(said.value, said.value), said.words, texts[step.expert]
    )
