"""A learner's notebook: what was guessed, run, seen and decided in a lesson, and kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from playground.control import state
from playground.models import Playground

from . import evidence, guesses
from .course import Lesson
from .directives import Asked, Code, Run, SecondCase, Task
from .measures import Evidence, Measurement
from .models import Learner, LessonRun, LessonVisit, Said, TaskDone

Role = Said.Role
# A run that nobody ends is watched no longer.
WATCHED_S = 180


class TooLate(Exception):
    """It was run already: what comes now is no guess."""


class Locked(Exception):
    """A guess is missing."""


@dataclass(frozen=True)
class Notebook:
    """One learner's pages about one lesson."""

    learner: Learner
    lesson: Lesson

    def open(self, playground: Playground) -> bool:
        """From now on tasks are watched. Was it the first time?  Raises RedisError."""
        if self._watched_since(playground) is not None:
            return False
        told = {"playground": playground.id, "cursor": evidence.cursor_of(playground)}
        LessonVisit.objects.update_or_create(
            learner=self.learner, lesson=self.lesson.slug, defaults=told
        )
        return True

    def _watched_since(self, playground: Playground) -> str | None:
        """A playground that is another one now has another log."""
        mine = LessonVisit.objects.filter(
            learner=self.learner, lesson=self.lesson.slug, playground=playground.id
        )
        return mine.values_list("cursor", flat=True).first()

    def guess(self, asked: Asked, value: Any, confidence: int) -> Said:
        """Raises TooLate once the run has begun."""
        if self.runs().get(asked.run):
            raise TooLate
        return self._say(asked.id, Role.GUESS, value, confidence=confidence)

    def observe(self, asked: Asked, value: Any) -> Said:
        return self._say(asked.id, Role.OBSERVATION, value)

    def transfer(self, step: str, value: str, words: str) -> Said:
        return self._say(step, Role.TRANSFER, value, words=words)

    def _say(self, step: str, role: str, value: Any, **more: Any) -> Said:
        return Said.objects.update_or_create(
            learner=self.learner, lesson=self.lesson.slug, step=step,
            defaults={"role": role, "value": value, **more},
        )[0]  # fmt: skip

    def said(self) -> dict[str, Said]:
        """By step."""
        mine = Said.objects.filter(learner=self.learner, lesson=self.lesson.slug)
        return {one.step: one for one in mine}

    def runs(self) -> dict[str, LessonRun]:
        """By the run's id in the lesson."""
        mine = LessonRun.objects.filter(learner=self.learner, lesson=self.lesson.slug)
        return {one.run: one for one in mine}

    def start(self, run: Run, playground: Playground, *, without_guess: bool) -> LessonRun:
        """Note where the run begins.  Raises Locked, RedisError."""
        said = self.said()
        has_guessed = all(asked.id in said for asked in self.lesson.asked_before(run.id))
        before = self.runs().get(run.id)
        if not has_guessed and not without_guess and before is None:
            raise Locked
        shown = self._shown(run)
        state.watch_lines(playground, shown, WATCHED_S if shown else 0)
        told = {
            "playground": playground.id, "after": evidence.cursor_of(playground), "runs": [],
            "was_guessed": has_guessed, "started_at": timezone.now(), "ended_at": None, "found": {},
        }  # fmt: skip
        return LessonRun.objects.update_or_create(
            learner=self.learner, lesson=self.lesson.slug, run=run.id, defaults=told
        )[0]

    def finish(self, run: Run, playground: Playground, runs: Sequence[str]) -> LessonRun:
        """Measure it, now that it has settled.  Raises LessonRun.DoesNotExist, RedisError."""
        mine = LessonRun.objects.get(
            learner=self.learner, lesson=self.lesson.slug, run=run.id, playground=playground.id
        )
        if run.twin:
            found = evidence.of_twin(playground)
        else:
            found = evidence.of_runs(playground, mine.after, runs)
        mine.found = self._measure(run, found)
        state.watch_lines(playground, [], 0)
        mine.runs, mine.ended_at = list(runs), timezone.now()
        mine.save(update_fields=["found", "runs", "ended_at"])
        return mine

    def _measure(self, run: Run, found: Evidence) -> dict[str, Any]:
        asked = [a for a in self.lesson.all_of(Asked) if a.run == run.id]
        return {
            "steps": {one.id: guesses.measured(one, found) for one in asked},
            "measures": {m.name: m.of(found) for m in self._compared(run)},
            "lines": self._lines(run, found),
            "is_partial": found.is_partial,
        }

    def _compared(self, run: Run) -> list[Measurement]:
        """What second cases show of this run."""
        cases = self.lesson.all_of(SecondCase)
        return [m for case in cases if run.id in (case.id, case.beside) for m in case.measures]

    def _lines(self, run: Run, found: Evidence) -> dict[str, list[int]]:
        """Of the functions that the lesson shows for this run."""
        shown = self._shown(run)
        records = [r for one in (found, *found.sides.values()) for r in one.records]
        ran = evidence.lines_that_ran(records)
        return {name: lines for name, lines in ran.items() if name in shown}

    def _shown(self, run: Run) -> list[str]:
        """The functions whose code stands in the lesson for this run."""
        return sorted({code.source.name for code in self.lesson.all_of(Code) if code.run == run.id})

    def tasks_done(self) -> set[str]:
        mine = TaskDone.objects.filter(learner=self.learner, lesson=self.lesson.slug)
        return set(mine.values_list("task", flat=True))

    def tick(self, playground: Playground) -> set[str]:
        """Tick what has been done since the lesson was opened.  Raises RedisError."""
        cursor = self._watched_since(playground)
        done = self.tasks_done()
        open_tasks = [task for task in self.lesson.all_of(Task) if task.id not in done]
        if not open_tasks or cursor is None:
            return done
        found = evidence.since(playground, cursor)
        for task in open_tasks:
            if task.when.holds(found):
                TaskDone.objects.get_or_create(
                    learner=self.learner, lesson=self.lesson.slug, task=task.id
                )
                done.add(task.id)
        return done
