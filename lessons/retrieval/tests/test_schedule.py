"""Spacing on a fake clock: two days, then seven, and back to two after a miss."""

from datetime import UTC, datetime, timedelta

from lessons.retrieval.question import Option, Question
from lessons.retrieval.schedule import (
    Answered,
    Memory,
    Remembered,
    due,
    memory,
    next_due,
    warm_up,
)

LEARNT = datetime(2026, 1, 1, tzinfo=UTC)


def day(number: float) -> datetime:
    return LEARNT + timedelta(days=number)


def a_question(name: str) -> Question:
    yes_or_no = (Option("yes", "Yes"), Option("no", "No"))
    return Question(name, "a-phone-call", "Is it so?", yes_or_no, "yes", "Because.")


def remembered(name: str, memory: Memory) -> Remembered:
    return Remembered(a_question(name), memory)


def test_a_question_falls_due_two_days_after_it_was_learnt() -> None:
    state = memory(LEARNT, [])

    assert not state.is_due(day(1.9))
    assert state.is_due(day(2))


def test_a_question_answered_right_when_due_comes_back_after_seven_days_and_then_never() -> None:
    once = memory(LEARNT, [Answered(day(3), True)])
    twice = once.after(Answered(day(11), True))

    assert once.due_at == day(10)
    assert twice.due_at is None


def test_a_right_answer_before_the_question_is_due_changes_nothing() -> None:
    state = memory(LEARNT, [Answered(day(0.1), True)])

    assert state.due_at == day(2)


def test_a_missed_question_starts_again_at_two_days() -> None:
    state = memory(LEARNT, [Answered(day(2), True), Answered(day(9), False)])

    assert state.due_at == day(11)


def test_a_warm_up_asks_missed_questions_first_then_due_ones_then_the_oldest() -> None:
    fresh = remembered("fresh", memory(day(4), []))
    is_due = remembered("due", memory(day(2), []))
    missed = remembered("missed", memory(LEARNT, [Answered(day(4), False)]))
    missed_twice = remembered("twice", memory(LEARNT, [Answered(day(n), False) for n in (3, 4)]))

    asked = warm_up([fresh, is_due, missed, missed_twice], now=day(4.5))

    assert [q.id for q in asked] == ["twice", "missed", "due"]


def test_a_review_asks_what_is_due_and_says_when_the_next_question_is() -> None:
    known = [
        remembered("later", memory(day(3), [])),
        remembered("due", memory(LEARNT, [])),
        remembered("finished", memory(LEARNT, [Answered(day(2), True), Answered(day(9), True)])),
    ]

    assert [q.id for q in due(known, day(2.5))] == ["due"]
    assert next_due(known, day(2.5)) == day(5)
    assert next_due([], day(2.5)) is None
