"""How much of each lesson a learner has done, and which lesson comes next."""

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
    done: int  # steps done
    steps: int  # steps there are
    has_begun: bool

    @property
    def state(self) -> str:
        if self.steps and self.done == self.steps:
            return DONE
        return BEGUN if self.has_begun else NEW


@dataclass(frozen=True, slots=True)
class Progress:
    lessons: tuple[LessonProgress, ...]
    newest: str = ""  # the slug of the lesson in which the learner was last active

    @property
    def has_begun(self) -> bool:
        return any(lesson.has_begun for lesson in self.lessons)

    @property
    def done(self) -> int:
        """How many lessons are done."""
        return sum(lesson.state == DONE for lesson in self.lessons)

    @property
    def go_on(self) -> LessonProgress | None:
        """Where to continue: the last active lesson, or the first unfinished one if that is done."""
        unfinished = [lesson for lesson in self.lessons if lesson.state != DONE]
        last_active = [entry for entry in unfinished if entry.lesson.slug == self.newest]
        return next(iter(last_active or unfinished), None)

    @property
    def parts(self) -> dict[str, list[LessonProgress]]:
        """The lessons by the part of the course, both in order."""
        by_part: dict[str, list[LessonProgress]] = defaultdict(list)
        for entry in self.lessons:
            by_part[entry.lesson.part].append(entry)
        return dict(by_part)


def progress_of(learner: Learner | None) -> Progress:
    """The progress of a learner; for None, every lesson is new.  Raises LessonMistake."""
    done, activities = (_done(learner), _activities(learner)) if learner else ({}, [])
    begun = {lesson for lesson, _ in activities}
    _, newest = max(((at, lesson) for lesson, at in activities), default=(None, ""))
    progress = tuple(
        LessonProgress(
            lesson, len(steps_of(lesson) & done.get(lesson.slug, set())), len(steps_of(lesson)),
            lesson.slug in begun,
        )
        for lesson in lessons()
    )  # fmt: skip
    return Progress(progress, newest)


def steps_of(lesson: Lesson) -> set[str]:
    """The ids of its guesses, runs, observations, decisions and tasks."""
    kinds = (Asked, Run, Transfer, Task)
    return {str(step.id) for kind in kinds for step in lesson.all_of(kind)}  # type: ignore[attr-defined]


def begun_at(learner: Learner) -> dict[str, datetime]:
    """When the learner was first active in each lesson, by its slug."""
    first: dict[str, datetime] = {}
    for lesson, at in _activities(learner):
        first[lesson] = min(at, first.get(lesson, at))
    return first


def _activities(learner: Learner) -> list[tuple[str, datetime]]:
    """The slug of a lesson and the time, for everything that the learner did."""
    return [
        *LessonVisit.objects.filter(learner=learner).values_list("lesson", "at"),
        *Said.objects.filter(learner=learner).values_list("lesson", "at"),
        *LessonRun.objects.filter(learner=learner).values_list("lesson", "started_at"),
        *TaskDone.objects.filter(learner=learner).values_list("lesson", "at"),
    ]


def _done(learner: Learner) -> dict[str, set[str]]:
    """The ids of the steps done, by the slug of the lesson."""
    steps: dict[str, set[str]] = defaultdict(set)
    finished = LessonRun.objects.filter(learner=learner, ended_at__isnull=False)
    for lesson, step in (
        *Said.objects.filter(learner=learner).values_list("lesson", "step"),
        *finished.values_list("lesson", "run"),
        *TaskDone.objects.filter(learner=learner).values_list("lesson", "task"),
    ):
        steps[lesson].add(step)
    return steps
