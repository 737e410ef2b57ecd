"""A learner's notebook for one lesson: guesses, runs, observations, decisions and tasks, stored."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from playground.control import changes
from playground.models import Playground

from ..course import Lesson
from ..directives import Asked, Code, Run, SecondCase, Task
from ..learners.sessions import one_at_a_time
from ..measuring.evidence import Evidence
from ..measuring.measures import Measurement
from ..models import Learner, LessonRun, LessonVisit, Said, TaskDone
from . import evidence_reader, guesses

Role = Said.Role
# Lines are traced for this long if the page never finishes the run.
TRACE_LINES_FOR_S = 180


class TooLate(Exception):
    """A guess came after its run had begun."""


class Locked(Exception):
    """The run needs a guess first."""


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

    def start(self, run: Run, playground: Playground, *, without_guess: bool) -> LessonRun:
        """Note where the run begins, and trace the lines of the functions that it shows.

        Raises Locked, StoreUnavailable.
        """
        if not (self._has_guessed(run) or without_guess or run.id in self.runs()):
            raise Locked
        functions = self._functions_shown(run)
        changes.watch_lines(playground, functions, TRACE_LINES_FOR_S if functions else 0)
        cursor = evidence_reader.newest_cursor(playground)
        with one_at_a_time(self.learner):
            begun = {
                "playground": playground.id, "after": cursor, "runs": [],
                "was_guessed": self._has_guessed(run), "started_at": timezone.now(),
                "ended_at": None, "found": {},
            }  # fmt: skip
            return LessonRun.objects.update_or_create(
                learner=self.learner, lesson=self.lesson.slug, run=run.id, defaults=begun
            )[0]

    def _has_guessed(self, run: Run) -> bool:
        said = self.said()
        return all(asked.id in said for asked in self.lesson.asked_before(run.id))

    def finish(self, run: Run, playground: Playground, runs: Sequence[str]) -> LessonRun:
        """Measure the run, now that its messages have settled. `runs` are its ids in the flow log.

        Raises LessonRun.DoesNotExist (also if it was started again meanwhile), StoreUnavailable.
        """
        lesson_run = LessonRun.objects.get(
            learner=self.learner, lesson=self.lesson.slug, run=run.id, playground=playground.id
        )
        if run.twin:
            evidence = evidence_reader.of_twin(playground)
        else:
            evidence = evidence_reader.of_runs(playground, lesson_run.after, runs)
        lesson_run.found = self._measure(run, evidence)
        changes.watch_lines(playground, [], 0)
        lesson_run.runs, lesson_run.ended_at = list(runs), timezone.now()
        still_the_same = LessonRun.objects.filter(
            pk=lesson_run.pk, started_at=lesson_run.started_at
        )
        if not still_the_same.update(
            found=lesson_run.found, runs=lesson_run.runs, ended_at=lesson_run.ended_at
        ):
            raise LessonRun.DoesNotExist
        return lesson_run

    def _measure(self, run: Run, evidence: Evidence) -> dict[str, Any]:
        """What is stored of a run: LessonRun.found."""
        questions = [asked for asked in self.lesson.all_of(Asked) if asked.run == run.id]
        return {
            "steps": {asked.id: guesses.measured(asked, evidence) for asked in questions},
            "measures": {m.name: m.of(evidence) for m in self._compared(run)},
            "lines": self._lines(run, evidence),
            "is_partial": evidence.is_partial,
        }

    def _compared(self, run: Run) -> list[Measurement]:
        """The measures that second cases show of this run."""
        cases = self.lesson.all_of(SecondCase)
        return [m for case in cases if run.id in (case.id, case.beside) for m in case.measures]

    def _lines(self, run: Run, evidence: Evidence) -> dict[str, list[int]]:
        """The numbers of the lines that ran, by function, of those that the lesson shows."""
        shown = self._functions_shown(run)
        records = [r for part in (evidence, *evidence.sides.values()) for r in part.records]
        ran = evidence_reader.lines_that_ran(records)
        return {name: lines for name, lines in ran.items() if name in shown}

    def _functions_shown(self, run: Run) -> list[str]:
        """The functions whose code the lesson shows for this run."""
        return sorted({code.source.name for code in self.lesson.all_of(Code) if code.run == run.id})

    def tasks_done(self) -> set[str]:
        rows = TaskDone.objects.filter(learner=self.learner, lesson=self.lesson.slug)
        return set(rows.values_list("task", flat=True))

    def tick(self, playground: Playground) -> set[str]:
        """Tick every task whose condition holds, and return all tasks that are done.

        Looks at what happened since the lesson was opened.  Raises StoreUnavailable.
        """
        cursor = self._visited_at(playground)
        done = self.tasks_done()
        open_tasks = [task for task in self.lesson.all_of(Task) if task.id not in done]
        if not open_tasks or cursor is None:
            return done
        evidence = evidence_reader.since(playground, cursor)
        for task in open_tasks:
            if task.when.holds(evidence):
                TaskDone.objects.get_or_create(
                    learner=self.learner, lesson=self.lesson.slug, task=task.id
                )
                done.add(task.id)
        return done
