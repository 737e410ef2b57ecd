"""The texts of the lessons: form, length, links and words."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from lessons import course
from lessons.course import Lesson
from lessons.course.prose import TERM
from lessons.course.terms import CONTENT, terms
from lessons.directives import (
    Asked,
    AskedChoice,
    Code,
    Quiz,
    Run,
    SecondCase,
    Step,
    Task,
    Transfer,
    Verdict,
)

FILES = sorted(CONTENT.glob("*.md"))
WORDS_A_MINUTE = 200
# Time beside reading: for thinking about a guess, trying a task, watching a run.
GUESS_MIN, TASK_MIN, SETTLE_S, PRESS_S = 0.4, 1.0, 8.0, 1.0


@pytest.fixture(params=FILES, ids=lambda path: path.stem)
def lesson(request: pytest.FixtureRequest) -> Lesson:
    return course.read(request.param)


def words(*texts: str) -> int:
    plain = (TERM.sub("", re.sub(r"<[^>]+>|\]\(\S+\)", " ", text)) for text in texts)
    return sum(len(text.split()) for text in plain)


def words_explained(lesson: Lesson) -> int:
    """The words of prose, verdicts and the answers to second cases."""
    prose = re.sub(r"<pre.*?</pre>", " ", str(lesson.html), flags=re.DOTALL)
    verdicts = (verdict.text for verdict in lesson.all_of(Verdict))
    answers = (case.answer for case in lesson.all_of(SecondCase))
    return words(prose, *verdicts, *answers)


def words_asked(lesson: Lesson) -> int:
    """The words of questions, options, captions and tasks."""
    count = words(*(a.question for a in lesson.all_of(Asked)))
    count += words(*(o.text for a in lesson.all_of(AskedChoice) for o in a.options))
    count += words(*(stop.say for run in lesson.all_of(Run) for stop in run.stops))
    count += words(*(case.same for case in lesson.all_of(SecondCase)))
    count += words(*(t.situation + " " + t.reasons for t in lesson.all_of(Transfer)))
    return count + words(*(task.text for task in lesson.all_of(Task)))


def duration_s(step: Step) -> float:
    if step.rush:
        return 0.0 if step.rush.go_on else float(step.rush.seconds)
    return step.pause or (SETTLE_S if step.settle else step.times * PRESS_S if step.press else 0.0)


def minutes(lesson: Lesson) -> float:
    reading = (words_explained(lesson) + words_asked(lesson)) / WORDS_A_MINUTE
    running = sum(duration_s(step) for run in lesson.all_of(Run) for step in run.steps) / 60
    guessing = len(lesson.all_of(Asked)) * GUESS_MIN
    return reading + running + guessing + len(lesson.all_of(Task)) * TASK_MIN


def test_it_has_600_to_1000_words(lesson: Lesson) -> None:
    assert 600 <= words_explained(lesson) <= 1000


def test_its_minutes_are_what_reading_and_running_take(lesson: Lesson) -> None:
    assert abs(lesson.minutes - minutes(lesson)) <= 1.5, f"{minutes(lesson):.1f} minutes"


def test_it_has_the_form_of_a_lesson(lesson: Lesson) -> None:
    """Predict, observe, verdict, second case; only then the code and the principle."""
    kinds = [getattr(block, "kind_of_step", "prose") for block in lesson.blocks]
    order = ["predict", "observe", "verdict", "case", "code", "transfer", "quiz", "task"]
    firsts = [kinds.index(kind) for kind in order]
    assert firsts == sorted(firsts)
    assert kinds[0] == "prose"
    assert len(lesson.all_of(Task)) == 3
    assert sum(len(quiz.questions) for quiz in lesson.all_of(Quiz)) >= 3
    assert all(task.hints for task in lesson.all_of(Task))


def test_every_run_with_a_question_has_a_verdict(lesson: Lesson) -> None:
    runs_asked_about = {a.run for a in lesson.all_of(Asked)}
    assert runs_asked_about <= {verdict.run for verdict in lesson.all_of(Verdict)}


def test_every_run_sets_up_its_own_design_without_faults(lesson: Lesson) -> None:
    """So it shows the same when it is run again, or after the learner has played around."""
    for run in lesson.all_of(Run):
        first = run.steps[0]
        assert run.twin or first.repair, run.id
        assert run.twin or run.steps[1].design is not None, run.id


def test_it_names_at_least_three_sources_and_its_links_are_https(lesson: Lesson) -> None:
    assert len(lesson.sources) >= 3
    shown = re.findall(r'href="([^"]*)"', str(lesson.html))
    links = [*shown, *(source.url for source in lesson.sources)]
    assert all(re.fullmatch(r"https://[a-z0-9.-]+\.[a-z]+/\S*", link) for link in links)


def test_the_code_that_it_shows_is_the_source(lesson: Lesson) -> None:
    for code in lesson.all_of(Code):
        lines = Path(code.source.file).read_text().splitlines()[code.source.first_line - 1 :]
        shown = code.source.text.splitlines()
        assert [line.strip() for line in lines[: len(shown)]] == [line.strip() for line in shown]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_it_says_press_because_not_every_learner_has_a_mouse(path: Path) -> None:
    assert not re.search(r"\b(click|tap|hover)", path.read_text(), re.IGNORECASE)


def used_terms() -> Iterator[str]:
    for path in FILES:
        yield from TERM.findall(path.read_text())


def test_every_term_is_used_and_explained_in_a_sentence() -> None:
    assert set(used_terms()) == set(terms())
    assert len(terms()) >= 28
    assert all(term.says.endswith(".") and words(term.says) >= 6 for term in terms().values())


def test_every_lesson_builds_on_earlier_lessons() -> None:
    numbers = {lesson.slug: lesson.number for lesson in course.lessons()}
    for lesson in course.lessons():
        assert all(numbers[slug] < lesson.number for slug in lesson.builds_on)
