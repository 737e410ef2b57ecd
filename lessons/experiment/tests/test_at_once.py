"""What one learner sends at the same moment, from two tabs or with two presses."""

from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.http import Http404
from django.utils import timezone
from redis import Redis

from lessons import course
from lessons.directives import Asked, Run, Task
from lessons.experiment import findings, runs
from lessons.experiment.notebook import Notebook, TooLate
from lessons.learners import resuming, sessions
from lessons.models import Answer, Learner, LessonRun, LessonVisit, Said, TaskDone
from lessons.retrieval import practice
from lessons.samples import example_lesson, write_lesson
from playground.models import Playground
from playground.storage.playgrounds import create
from playground.testing import at_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def notebook(tmp_path: Path, settings: Any, redis: Redis) -> Notebook:
    settings.LESSON_FOLDERS = [tmp_path]
    (tmp_path / "two-rings.md").write_text(example_lesson())
    write_lesson(tmp_path, 101)
    lesson = course.find("two-rings")
    assert lesson
    return Notebook(Learner.objects.create(code="otter-lamp-violin-4821"), lesson)


def the_run(notebook: Notebook) -> Run:
    run: Run = notebook.lesson.directive(Run, "slow")
    return run


def the_question(notebook: Notebook) -> Asked:
    asked: Asked = notebook.lesson.directive(Asked, "how-long")
    return asked


def start(notebook: Notebook, run: Run, playground: Playground) -> LessonRun:
    return runs.start(notebook, run, playground, tab="a" * 12, without_guess=True)


def test_an_answer_is_stored_once_however_often_it_is_pressed(notebook: Notebook) -> None:
    now = timezone.now()
    press = partial(
        practice.answer, notebook.learner, "sample-101.q1", "yes-it-is", practice.REVIEW, now
    )
    cards: Any = at_once([press] * 6)
    assert len({card.answer.pk for card in cards}) == 1
    assert Answer.objects.count() == 1


def test_a_guess_is_stored_once_however_often_it_is_pressed(notebook: Notebook) -> None:
    guesses = at_once([partial(notebook.guess, the_question(notebook), n, 4) for n in range(6)])
    assert all(isinstance(said, Said) for said in guesses), guesses
    assert Said.objects.count() == 1


def test_a_guess_and_its_run_at_once_are_one_after_the_other(notebook: Notebook) -> None:
    playground = create()
    guess = partial(notebook.guess, the_question(notebook), 300, 4)
    begin = partial(start, notebook, the_run(notebook), playground)
    said, run = at_once([guess, begin])
    assert isinstance(run, LessonRun)
    if isinstance(said, Said):
        assert said.at <= run.started_at
    else:
        assert isinstance(said, TooLate)
        assert not Said.objects.exists()


def test_a_run_that_is_started_several_times_at_once_is_one_run(notebook: Notebook) -> None:
    begin = partial(start, notebook, the_run(notebook), create())
    begun: Any = at_once([begin] * 6)
    assert begun == [LessonRun.objects.get()] * 6


def test_of_several_tabs_that_start_a_run_at_once_one_does(notebook: Notebook) -> None:
    begin = partial(runs.start, notebook, the_run(notebook), create(), without_guess=True)
    begun = at_once([partial(begin, tab=f"tab{n}") for n in range(6)])
    assert sorted(type(answer).__name__ for answer in begun) == ["AnotherRun"] * 5 + ["LessonRun"]
    assert LessonRun.objects.get() in begun


def test_a_lesson_is_opened_and_its_task_done_once(
    notebook: Notebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    playground = create()
    opened = at_once([partial(notebook.open, playground)] * 6)
    assert True in opened
    assert set(opened) <= {True, False}, opened
    assert LessonVisit.objects.count() == 1
    tasks = notebook.lesson.all_of(Task)
    assert tasks
    for condition in {type(task.when) for task in tasks}:
        monkeypatch.setattr(condition, "holds", lambda self, evidence: True)
    ticked: Any = at_once([partial(notebook.tick, playground)] * 6)
    assert [done for done, _ in ticked] == [{task.id for task in tasks}] * 6
    assert TaskDone.objects.count() == len(tasks)


def test_the_end_of_a_run_is_not_stored_for_the_run_that_followed_it(
    notebook: Notebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The run is started again while what it has shown is still being measured."""
    playground, run = create(), the_run(notebook)
    mark = start(notebook, run, playground).mark
    measure = findings.findings

    def start_again_meanwhile(*run_and_evidence: Any) -> Any:
        start(notebook, run, playground)
        return measure(*run_and_evidence)

    monkeypatch.setattr(findings, "findings", start_again_meanwhile)
    with pytest.raises(LessonRun.DoesNotExist):
        runs.finish(notebook, run, playground, mark, [])
    newest = LessonRun.objects.get()
    assert (newest.ended_at, newest.found) == (None, {"in_force": {}})


def test_nothing_that_was_stored_before_a_merge_is_lost_in_it(notebook: Notebook) -> None:
    """Two tabs resume at once, while a third stores a guess for the learner that goes."""
    into = Learner.objects.create(code="lamp-otter-violin-4821")
    merge = partial(resuming.merge, notebook.learner, into=into)
    guess = partial(notebook.guess, the_question(notebook), 300, 4)
    *merged, said = at_once([merge, merge, guess])
    assert merged == [None, None]
    kept = Said.objects.filter(learner=into).count()
    assert kept == 1 if isinstance(said, Said) else isinstance(said, Http404)
    assert list(Learner.objects.all()) == [into]


def test_a_learner_who_has_just_been_forgotten_is_told_so(notebook: Notebook) -> None:
    learner = Learner.objects.get(pk=notebook.learner.pk)
    learner.delete()
    with pytest.raises(Http404, match="deleted"), sessions.one_at_a_time(notebook.learner):
        pass
    with pytest.raises(Http404, match="deleted"):
        notebook.guess(the_question(notebook), 300, 4)
