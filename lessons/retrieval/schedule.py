"""When to ask a question again, computed from the answers to it. Pure.

A question is due two days after it was learnt or last missed, and again seven days after it was
then answered right. A right answer before the question is due does not change the schedule.
Source: Cepeda et al., "Spacing effects in learning" (2008), doi 10.1111/j.1467-9280.2008.02209.x.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from .question import Question

SPACING = (timedelta(days=2), timedelta(days=7))
WARM_UP_SIZE = 3  # questions


@dataclass(frozen=True, slots=True)
class Answered:
    at: datetime
    is_right: bool


@dataclass(frozen=True, slots=True)
class Memory:
    """What the answers to a question say about how well a learner remembers it."""

    since: datetime  # learnt, missed, or last answered right in time
    rounds: int = 0  # right answers in a row, each given when it was due
    misses: int = 0
    was_missed: bool = False  # the last answer was wrong
    seen_at: datetime | None = None

    @property
    def due_at(self) -> datetime | None:
        """None once it was answered right in every round."""
        return self.since + SPACING[self.rounds] if self.rounds < len(SPACING) else None

    def is_due(self, now: datetime) -> bool:
        return self.due_at is not None and self.due_at <= now

    def after(self, answer: Answered) -> "Memory":
        """The memory after one more answer."""
        if not answer.is_right:
            return Memory(answer.at, 0, self.misses + 1, True, answer.at)
        if not self.is_due(answer.at):
            return Memory(self.since, self.rounds, self.misses, False, answer.at)
        return Memory(answer.at, self.rounds + 1, self.misses, False, answer.at)


@dataclass(frozen=True, slots=True)
class Remembered:
    question: Question
    memory: Memory


def memory(learnt_at: datetime, answers: Iterable[Answered]) -> Memory:
    """The memory of one question, from the answers to it, the oldest first."""
    state = Memory(learnt_at)
    for answer in answers:
        state = state.after(answer)
    return state


def warm_up(known: Iterable[Remembered], now: datetime) -> list[Question]:
    """The WARM_UP_SIZE most urgent questions.

    First those missed last time (most misses first), then those due, then those not seen for
    longest.
    """

    def urgency(item: Remembered) -> tuple[bool, int, bool, datetime]:
        memory = item.memory
        misses = memory.misses if memory.was_missed else 0
        last_seen = memory.seen_at or memory.since
        return (not memory.was_missed, -misses, not memory.is_due(now), last_seen)

    return [item.question for item in sorted(known, key=urgency)[:WARM_UP_SIZE]]


def due(known: Iterable[Remembered], now: datetime) -> list[Question]:
    """The questions that are due now, the longest overdue first."""
    overdue = [item for item in known if item.memory.is_due(now)]
    return [item.question for item in sorted(overdue, key=lambda item: item.memory.due_at or now)]


def next_due(known: Iterable[Remembered], now: datetime) -> datetime | None:
    """When the next question falls due that is not due yet; None if there is none."""
    due_times = (item.memory.due_at for item in known)
    return min((at for at in due_times if at and at > now), default=None)
