"""Spacing on a fake clock: two days, seven days, and back to the start when it was missed."""

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


def remembered(name: str, held: Memory) -> Remembered:
    return Remembered(a_question(name), held)


def test_a_question_falls_due_two_days_after_it_was_learnt() -> None:
    held = memory(LEARNT, [])

    assert not held.is_due(day(1.9))
    assert held.is_due(day(2))


def test_once_answered_right_in_time_it_comes_back_after_seven_days_and_then_rests() -> None:
    once = memory(LEARNT, [Answered(day(3), True)])
    twice = once.after(Answered(day(11), True))

    assert once.due_at == day(10)
    assert twice.due_at is None


def test_an_answer_before_its_time_moves_nothing() -> None:
    held = memory(LEARNT, [Answered(day(0.1), True)])

    assert held.due_at == day(2)


def test_what_was_missed_begins_again() -> None:
    held = memory(LEARNT, [Answered(day(2), True), Answered(day(9), False)])

    assert held.due_at == day(11)


def test_a_warm_up_asks_first_what_was_missed_then_what_is_due_then_the_oldest() -> None:
    fresh = remembered("fresh", memory(day(4), []))
    is_due = remembered("due", memory(day(2), []))
    missed = remembered("missed", memory(LEARNT, [Answered(day(4), False)]))
    missed_twice = remembered("twice", memory(LEARNT, [Answered(day(n), False) for n in (3, 4)]))

    asked = warm_up([fresh, is_due, missed, missed_twice], now=day(4.5))

    assert [q.id for q in asked] == ["twice", "missed", "due"]


def test_a_review_asks_what_is_due_and_knows_when_to_come_back() -> None:
    known = [
        remembered("later", memory(day(3), [])),
        remembered("due", memory(LEARNT, [])),
        remembered("held", memory(LEARNT, [Answered(day(2), True), Answered(day(9), True)])),
    ]

    assert [q.id for q in due(known, day(2.5))] == ["due"]
    assert next_due(known, day(2.5)) == day(5)
    assert next_due([], day(2.5)) is None
