"""Which questions to ask a learner now, and the answers they have given."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from ..course import Lesson, lessons
from ..learners.sessions import one_at_a_time
from ..models import Answer, Learner
from ..progress.state import begun_at
from . import schedule
from .question import Question
from .questions import questions_of
from .schedule import Answered, Remembered

REVIEW = "review"  # the place of answers given on the review page
SITTING = timedelta(hours=12)  # an answer this recent is shown, and its question not asked again


class NoSuchChoice(ValueError):
    """There is no such question, or it has no such option."""


@dataclass(frozen=True, slots=True)
class Card:
    """A question on a page, open or answered."""

    question: Question
    lesson: Lesson  # the lesson that taught it
    place: str  # the slug of the lesson whose warm-up asks it, or REVIEW
    answer: Answer | None = None


def warm_up(learner: Learner, lesson: Lesson, now: datetime) -> list[Card]:
    """At most WARM_UP_SIZE cards from the earlier lessons that the learner has begun."""
    earlier = [other for other in lessons() if other.number < lesson.number]
    return _cards(learner, lesson.slug, schedule.warm_up, earlier, schedule.WARM_UP_SIZE, now)


def review(learner: Learner, now: datetime) -> list[Card]:
    """Every question that is due, followed by those answered in this sitting."""
    return _cards(learner, REVIEW, schedule.due, lessons(), None, now)


def due_count(learner: Learner, now: datetime) -> int:
    return len(schedule.due(remembered(learner, lessons(), now), now))


def next_due(learner: Learner, now: datetime) -> datetime | None:
    return schedule.next_due(remembered(learner, lessons(), now), now)


def answer(learner: Learner, question_id: str, choice: str, place: str, now: datetime) -> Card:
    """Store an answer, unless one was given in this sitting already.  Raises NoSuchChoice."""
    lesson, question = _find(question_id)
    if not question.has(choice):
        raise NoSuchChoice(choice)
    with one_at_a_time(learner):
        stored = _in_this_sitting(learner, place, now).get(question_id)
        if stored is None:
            stored = Answer.objects.create(
                learner=learner, question=question_id, choice=choice, place=place, at=now,
                is_right=question.is_right(choice),
            )  # fmt: skip
    return Card(question, lesson, place, stored)


def remembered(learner: Learner, taught: Iterable[Lesson], now: datetime) -> list[Remembered]:
    """The questions of those of these lessons that the learner has begun."""
    begun = begun_at(learner)
    answers = defaultdict(list)
    for row in Answer.objects.filter(learner=learner, at__lte=now).order_by("at"):
        answers[row.question].append(Answered(row.at, row.is_right))
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
    answered = [item.question for item in known if item.question.id in given]
    to_ask = choose([item for item in known if item.question.id not in given], now)
    shown = (answered + to_ask)[:limit] if limit else to_ask + answered
    return [Card(q, by_slug[q.lesson], place, given.get(q.id)) for q in shown]


def _in_this_sitting(learner: Learner, place: str, now: datetime) -> dict[str, Answer]:
    """The answers given in this place within SITTING, by the id of the question."""
    answers = Answer.objects.filter(learner=learner, place=place, at__gt=now - SITTING, at__lte=now)
    return {answer.question: answer for answer in answers}


def _find(question_id: str) -> tuple[Lesson, Question]:
    for lesson in lessons():
        for question in questions_of(lesson):
            if question.id == question_id:
                return lesson, question
    raise NoSuchChoice(question_id)
