"""How far a learner has come: per lesson, and where to go on."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from ..course import Lesson, lessons
from ..directives import Asked, Run, Task, Transfer
from ..models import Learner, LessonRun, LessonVisit, Said, TaskDone

NEW, BEGUN, DONE = "not begun", "begun", "done"


@dataclass(frozen=True, slots=True)
class LessonProgress:
    lesson: Lesson
    done: int
    steps: int
    has_begun: bool

    @property
    def state(self) -> str:
        if self.steps and self.done == self.steps:
            return DONE
        return BEGUN if self.has_begun else NEW


@dataclass(frozen=True, slots=True)
class Progress:
    lessons: tuple[LessonProgress, ...]
    newest: str = ""  # the slug of the lesson where something was done last

    @property
    def has_begun(self) -> bool:
        return any(one.has_begun for one in self.lessons)

    @property
    def done(self) -> int:
        return sum(one.state == DONE for one in self.lessons)

    @property
    def go_on(self) -> LessonProgress | None:
        """The lesson that was left unfinished last, else the first that is not done."""
        open_ones = [one for one in self.lessons if one.state != DONE]
        left = [one for one in open_ones if one.lesson.slug == self.newest]
        return next(iter(left or open_ones), None)

    @property
    def parts(self) -> dict[str, list[LessonProgress]]:
        """By the part of the course, in order."""
        found: dict[str, list[LessonProgress]] = defaultdict(list)
        for one in self.lessons:
            found[one.lesson.part].append(one)
        return dict(found)


def progress_of(learner: Learner | None) -> Progress:
    """Of nobody yet: all lessons are new.  Raises LessonMistake."""
    done, traces = (_done(learner), _traces(learner)) if learner else ({}, [])
    begun = {lesson for lesson, _ in traces}
    _, newest = max(((at, lesson) for lesson, at in traces), default=(None, ""))
    told = tuple(
        LessonProgress(
            lesson, len(steps_of(lesson) & done.get(lesson.slug, set())), len(steps_of(lesson)),
            lesson.slug in begun,
        )
        for lesson in lessons()
    )  # fmt: skip
    return Progress(told, newest)


def steps_of(lesson: Lesson) -> set[str]:
    """What there is to do in it: guesses, runs, observations, decisions and tasks."""
    kinds = (Asked, Run, Transfer, Task)
    return {str(step.id) for kind in kinds for step in lesson.all_of(kind)}  # type: ignore[attr-defined]


def begun_at(learner: Learner) -> dict[str, datetime]:
    """When the learner first did something, by the slug of the lesson."""
    found: dict[str, datetime] = {}
    for lesson, at in _traces(learner):
        found[lesson] = min(at, found.get(lesson, at))
    return found


def _traces(learner: Learner) -> list[tuple[str, datetime]]:
    return [
        *LessonVisit.objects.filter(learner=learner).values_list("lesson", "at"),
        *Said.objects.filter(learner=learner).values_list("lesson", "at"),
        *LessonRun.objects.filter(learner=learner).values_list("lesson", "started_at"),
        *TaskDone.objects.filter(learner=learner).values_list("lesson", "at"),
    ]


def _done(learner: Learner) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    finished = LessonRun.objects.filter(learner=learner, ended_at__isnull=False)
    for lesson, step in (
        *Said.objects.filter(learner=learner).values_list("lesson", "step"),
        *finished.values_list("lesson", "run"),
        *TaskDone.objects.filter(learner=learner).values_list("lesson", "task"),
    ):
        found[lesson].add(step)
    return found
