"""Carrying out a run: started, kept alive while a page carries it out, stopped or measured.

In one playground one run is carried out at a time: two would change the design and the faults
under each other.
"""

import secrets
from collections.abc import Sequence

from django.db.models import QuerySet
from django.utils import timezone

from playground.bootstrap import parts
from playground.control import changes, faults
from playground.faults import switching
from playground.models import Playground
from playground.rush import service as rushes
from playground.twin import service as twins

from ..directives import Run
from ..learners.sessions import one_at_a_time
from ..measuring.disturbances import KnownFault, Mark
from ..models import ALIVE_FOR, LessonRun
from . import evidence_reader, findings
from .notebook import Notebook

# Lines are traced for this long if the page never finishes the run.
TRACE_LINES_FOR_S = 180

STILL_ON_THE_WAY = "Some messages were still on their way when it was measured."


class Locked(Exception):
    """The run needs a guess first."""


class AnotherRun(Exception):
    """Another tab is carrying out a run in this playground."""


def start(
    notebook: Notebook, run: Run, playground: Playground, *, tab: str, without_guess: bool
) -> LessonRun:
    """Note where the run begins, and trace the lines of the functions that it shows.

    `tab`: the mark of the browser tab that carries it out. What runs that were given up have
    switched on is switched off.  Raises Locked, AnotherRun, StoreUnavailable, BrokerUnavailable.
    """
    learner, lesson = notebook.learner, notebook.lesson
    if not (notebook.has_guessed(run) or without_guess or run.id in notebook.runs()):
        raise Locked
    functions = findings.functions_shown(lesson, run)
    cursor = evidence_reader.newest_cursor(playground)
    with one_at_a_time(learner):
        now = timezone.now()
        unfinished = LessonRun.objects.filter(playground=playground.id, ended_at=None)
        if unfinished.filter(alive_at__gt=now - ALIVE_FOR).exclude(tab=tab).exists():
            raise AnotherRun
        given_up = [lesson_run.mark for lesson_run in unfinished if lesson_run.mark]
        unfinished.update(alive_at=None)
        lesson_run, _ = LessonRun.objects.update_or_create(
            learner=learner, lesson=lesson.slug, run=run.id,
            defaults={
                "playground": playground.id, "after": cursor, "runs": [], "tab": tab,
                "mark": secrets.token_hex(6), "was_guessed": notebook.has_guessed(run),
                "started_at": now, "alive_at": now, "ended_at": None, "found": {},
            },
        )  # fmt: skip
    if given_up:
        faults.clear_faults(playground, of_actors=given_up, actor=tab)
    changes.watch_lines(playground, functions, TRACE_LINES_FOR_S if functions else 0)
    in_force = {
        fault.id: KnownFault.of(fault, actor)
        for fault, actor in switching.active_with_actors(playground.key, parts().clock.now())
    }
    lesson_run.found = {"in_force": findings.as_json(in_force)}
    lesson_run.save(update_fields=["found"])
    return lesson_run


def keep_alive(notebook: Notebook, run: Run, mark: str) -> None:
    """Raises LessonRun.DoesNotExist if the run is no longer carried out under this mark."""
    going_on = _rows(notebook, run).filter(mark=mark, ended_at=None).exclude(alive_at=None)
    if not going_on.update(alive_at=timezone.now()):
        raise LessonRun.DoesNotExist


def stop(notebook: Notebook, run: Run, playground: Playground, mark: str) -> None:
    """End the run without measuring it, and everything that it has begun or switched on.

    Raises LessonRun.DoesNotExist if it has ended already, StoreUnavailable, BrokerUnavailable.
    """
    going_on = _rows(notebook, run).filter(mark=mark, playground=playground.id, ended_at=None)
    if not going_on.exists():
        raise LessonRun.DoesNotExist
    faults.clear_faults(playground, of_actors=[mark], actor=mark)
    if run.twin:
        twins.stop(playground)
    elif any(step.rush for step in run.steps):
        rushes.stop(playground)
    changes.watch_lines(playground, [], 0)
    going_on.update(alive_at=None)


def finish(
    notebook: Notebook, run: Run, playground: Playground, mark: str, runs: Sequence[str],
    *, has_settled: bool = True,
) -> LessonRun:  # fmt: skip
    """Measure the run, now that its messages have settled. `runs` are its ids in the flow log.

    `has_settled`: false if its page gave up waiting for that.

    Raises LessonRun.DoesNotExist (also if it was started again meanwhile), StoreUnavailable.
    """
    going_on = _rows(notebook, run).filter(mark=mark, ended_at=None)
    lesson_run = going_on.get(playground=playground.id)
    if run.twin:
        evidence = evidence_reader.of_twin(playground)
    else:
        evidence = evidence_reader.of_runs(playground, lesson_run.after, runs)
    known = findings.from_json(lesson_run.found.get("in_force", {}))
    marked = Mark(mark, lesson_run.tab, frozenset(runs))
    lesson_run.found = findings.findings(notebook.lesson, run, evidence, marked, known)
    if not has_settled and any(step.settle for step in run.steps):  # others may mean to end so
        lesson_run.found["disturbances"].append(STILL_ON_THE_WAY)
    changes.watch_lines(playground, [], 0)
    lesson_run.runs, lesson_run.ended_at = list(runs), timezone.now()
    if not going_on.update(
        found=lesson_run.found, runs=lesson_run.runs, ended_at=lesson_run.ended_at
    ):
        raise LessonRun.DoesNotExist
    return lesson_run


def _rows(notebook: Notebook, run: Run) -> QuerySet[LessonRun]:
    return LessonRun.objects.filter(
        learner=notebook.learner, lesson=notebook.lesson.slug, run=run.id
    )
