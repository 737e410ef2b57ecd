"""When a question is asked again: pure, from what was answered and when.

A question falls due two days after it was learnt (or missed), and seven days after it was
then answered right. An answer that comes before its time says little, and moves nothing.
Source: Cepeda et al., "Spacing effects in learning" (2008), doi 10.1111/j.1467-9280.2008.02209.x.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from .question import Question

SPACING = (timedelta(days=2), timedelta(days=7))
AT_ONCE = 3  # questions in a warm-up


@dataclass(frozen=True, slots=True)
class Answered:
    at: datetime
    is_right: bool


@dataclass(frozen=True, slots=True)
class Memory:
    """How well somebody holds a question, as far as their answers tell."""

    since: datetime  # learnt, missed, or last answered right in time
    rounds: int = 0  # right answers in a row, each given when it was due
    misses: int = 0
    was_missed: bool = False  # the last answer was wrong
    seen_at: datetime | None = None

    @property
    def due_at(self) -> datetime | None:
        """None: it has come through all rounds."""
        return self.since + SPACING[self.rounds] if self.rounds < len(SPACING) else None

    def is_due(self, now: datetime) -> bool:
        return self.due_at is not None and self.due_at <= now

    def after(self, answer: Answered) -> "Memory":
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
    """From the answers to one question, the oldest first."""
    held = Memory(learnt_at)
    for answer in answers:
        held = held.after(answer)
    return held


def warm_up(known: Iterable[Remembered], now: datetime) -> list[Question]:
    """At most AT_ONCE: first what was missed, then what is due, then what was seen longest ago."""

    def urgency(one: Remembered) -> tuple[bool, int, bool, datetime]:
        held = one.memory
        missed_less = -held.misses if held.was_missed else 0
        return (not held.was_missed, missed_less, not held.is_due(now), held.seen_at or held.since)

    return [one.question for one in sorted(known, key=urgency)[:AT_ONCE]]


def due(known: Iterable[Remembered], now: datetime) -> list[Question]:
    """What the review page asks now, the longest overdue first."""
    waiting = [one for one in known if one.memory.is_due(now)]
    return [one.question for one in sorted(waiting, key=lambda one: one.memory.due_at or now)]


def next_due(known: Iterable[Remembered], now: datetime) -> datetime | None:
    """When the review page will next have something to ask."""
    later = [one.memory.due_at for one in known if one.memory.due_at and one.memory.due_at > now]
    return min(later, default=None)
