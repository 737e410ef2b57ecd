"""The questions of one learner: what to ask now, and what they have answered."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from ..course import Lesson, lessons
from ..models import Answer, Learner
from ..progress.state import begun_at
from . import schedule
from .question import Question
from .questions import questions_of
from .schedule import Answered, Remembered

REVIEW = "review"  # the place of answers on the review page
SITTING = timedelta(hours=12)  # what was answered here within it is shown, not asked again


class NoSuchChoice(ValueError):
    """No such question, or no such option."""


@dataclass(frozen=True, slots=True)
class Card:
    """A question as a page shows it: still open, or answered."""

    question: Question
    lesson: Lesson  # that taught it
    place: str
    answer: Answer | None = None


def warm_up(learner: Learner, lesson: Lesson, now: datetime) -> list[Card]:
    """At most three cards from lessons before this one that the learner has begun."""
    before = [one for one in lessons() if one.number < lesson.number]
    return _cards(learner, lesson.slug, schedule.warm_up, before, schedule.AT_ONCE, now)


def review(learner: Learner, now: datetime) -> list[Card]:
    """All that is due, and below what was answered in this sitting."""
    return _cards(learner, REVIEW, schedule.due, lessons(), None, now)


def due_count(learner: Learner, now: datetime) -> int:
    return len(schedule.due(remembered(learner, lessons(), now), now))


def next_due(learner: Learner, now: datetime) -> datetime | None:
    return schedule.next_due(remembered(learner, lessons(), now), now)


def answer(learner: Learner, question_id: str, choice: str, place: str, now: datetime) -> Card:
    """Keep an answer. The first in a sitting counts.  Raises NoSuchChoice."""
    lesson, question = _find(question_id)
    if not question.has(choice):
        raise NoSuchChoice(choice)
    given = _in_this_sitting(learner, place, now).get(question_id)
    if given is None:
        given = Answer.objects.create(
            learner=learner, question=question_id, choice=choice, place=place, at=now,
            is_right=question.is_right(choice),
        )  # fmt: skip
    return Card(question, lesson, place, given)


def remembered(learner: Learner, taught: Iterable[Lesson], now: datetime) -> list[Remembered]:
    """The questions of these lessons, as far as the learner has begun them."""
    begun = begun_at(learner)
    answers = defaultdict(list)
    for given in Answer.objects.filter(learner=learner, at__lte=now).order_by("at"):
        answers[given.question].append(Answered(given.at, given.is_right))
    return [
        Remembered(question, schedule.memory(begun[lesson.slug], answers[question.id]))
        for lesson in taught
        if lesson.slug in begun
        for question in questions_of(lesson)
    ]


def _cards(
    learner: Learner,
    place: str,
    choose: Callable[[list[Remembered], datetime], list[Question]],
    taught: Sequence[Lesson],
    limit: int | None,
    now: datetime,
) -> list[Card]:
    by_slug = {lesson.slug: lesson for lesson in taught}
    given = _in_this_sitting(learner, place, now)
    known = remembered(learner, taught, now)
    answered = [one.question for one in known if one.question.id in given]
    fresh = choose([one for one in known if one.question.id not in given], now)
    asked = (answered + fresh)[:limit] if limit else fresh + answered
    return [Card(q, by_slug[q.lesson], place, given.get(q.id)) for q in asked]


def _in_this_sitting(learner: Learner, place: str, now: datetime) -> dict[str, Answer]:
    given = Answer.objects.filter(learner=learner, place=place, at__gt=now - SITTING, at__lte=now)
    return {answer.question: answer for answer in given}


def _find(question_id: str) -> tuple[Lesson, Question]:
    for lesson in lessons():
        for question in questions_of(lesson):
            if question.id == question_id:
                return lesson, question
    raise NoSuchChoice(question_id)
