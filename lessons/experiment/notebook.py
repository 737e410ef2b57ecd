"""A learner's notebook for one lesson: guesses, runs, observations, decisions and tasks, stored."""

from dataclasses import dataclass
from typing import Any

from playground.models import Playground

from ..course import Lesson
from ..directives import Asked, Run, Task
from ..learners.sessions import one_at_a_time
from ..models import Learner, LessonRun, LessonVisit, Said, TaskDone
from . import evidence_reader

Role = Said.Role


class TooLate(Exception):
    """A guess came after its run had begun."""


@dataclass(frozen=True)
class Notebook:
    """What one learner has done in one lesson. Its rows are in the database."""

    learner: Learner
    lesson: Lesson

    def open(self, playground: Playground) -> bool:
        """Begin to watch the tasks. True if they were not watched yet.  Raises StoreUnavailable."""
        if self._visited_at(playground) is not None:
            return False
        visit = {"playground": playground.id, "cursor": evidence_reader.newest_cursor(playground)}
        LessonVisit.objects.update_or_create(
            learner=self.learner, lesson=self.lesson.slug, defaults=visit
        )
        return True

    def _visited_at(self, playground: Playground) -> str | None:
        """The cursor of the flow log at which the lesson was opened in this playground."""
        visits = LessonVisit.objects.filter(
            learner=self.learner, lesson=self.lesson.slug, playground=playground.id
        )
        return visits.values_list("cursor", flat=True).first()

    def guess(self, asked: Asked, value: Any, confidence: int) -> Said:
        """Raises TooLate once the run has begun."""
        with one_at_a_time(self.learner):
            if self.runs().get(asked.run):
                raise TooLate
            return self._store(asked.id, Role.GUESS, value, confidence=confidence)

    def observe(self, asked: Asked, value: Any) -> Said:
        with one_at_a_time(self.learner):
            return self._store(asked.id, Role.OBSERVATION, value)

    def transfer(self, step: str, value: str, words: str) -> Said:
        with one_at_a_time(self.learner):
            return self._store(step, Role.TRANSFER, value, words=words)

    def _store(self, step: str, role: str, value: Any, **more: Any) -> Said:
        return Said.objects.update_or_create(
            learner=self.learner, lesson=self.lesson.slug, step=step,
            defaults={"role": role, "value": value, **more},
        )[0]  # fmt: skip

    def said(self) -> dict[str, Said]:
        """Guesses, observations and decisions, by the id of their step."""
        rows = Said.objects.filter(learner=self.learner, lesson=self.lesson.slug)
        return {said.step: said for said in rows}

    def runs(self) -> dict[str, LessonRun]:
        """The newest run of each experiment, by its id in the lesson."""
        rows = LessonRun.objects.filter(learner=self.learner, lesson=self.lesson.slug)
        return {lesson_run.run: lesson_run for lesson_run in rows}

    def has_guessed(self, run: Run) -> bool:
        said = self.said()
        return all(asked.id in said for asked in self.lesson.asked_before(run.id))

    def tasks_done(self) -> set[str]:
        rows = TaskDone.objects.filter(learner=self.learner, lesson=self.lesson.slug)
        return set(rows.values_list("task", flat=True))

    def tick(self, playground: Playground) -> tuple[set[str], dict[str, list[str]]]:
        """Tick every task whose condition holds. Returns all that are done, and what others lack.

        Looks at what happened since the lesson was opened.  Raises StoreUnavailable.
        """
        cursor = self._visited_at(playground)
        done = self.tasks_done()
        open_tasks = [task for task in self.lesson.all_of(Task) if task.id not in done]
        if not open_tasks or cursor is None:
            return done, {}
        evidence = evidence_reader.since(playground, cursor)
        missing = {}
        for task in open_tasks:
            if not task.when.holds(evidence):
                missing[task.id] = task.when.missing(evidence)
            else:
                TaskDone.objects.get_or_create(
                    learner=self.learner, lesson=self.lesson.slug, task=task.id
                )
                done.add(task.id)
        return done, missing
