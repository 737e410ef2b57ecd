"""Dead letters: looked into, delivered anew, or thrown away with a reason. Each is a record."""

import json
from collections.abc import Sequence
from typing import Any

from ..bootstrap import runtime
from ..company.envelope import message_name, span_of, to_json
from ..company.ports import DeadLetter
from ..company.topology import possible_subscribers
from ..flow.records import Kind, Record
from ..models import Playground

MOST_LISTED = 200  # per subscriber
_EVERY = 1_000_000  # of a subscriber's: more than it has


def listed(playground: Playground) -> dict[str, Any]:
    """The oldest of each subscriber, and how many there are besides."""
    letters = _of(playground, possible_subscribers(), MOST_LISTED)
    depths = runtime().broker.depths(playground.id, possible_subscribers())
    # What dies between the two looks counts as not listed: it is, at the next look.
    more = max(0, sum(depth.dead for depth in depths.values()) - len(letters))
    return {"dead_letters": [_as_json(letter) for letter in letters], "not_listed": more}


def replay(playground: Playground, id: str = "") -> int:
    """Deliver one anew, or all. Returns how many."""
    at = runtime().clock.now()  # before: whoever takes it must not be seen to be first
    letters = _one(playground, id) if id else _of(playground, possible_subscribers(), _EVERY)
    replayed = [letter for letter in letters if runtime().broker.replay(letter)]
    _note(playground, replayed, "Replayed", "delivered anew, as the first attempt", at)
    runtime().bell.ring(playground.id, {letter.group for letter in replayed})
    return len(replayed)


def discard(playground: Playground, id: str, reason: str) -> bool:
    """Throw one away. False if there is no such letter (any more)."""
    gone = [letter for letter in _one(playground, id) if runtime().broker.discard(letter)]
    _note(playground, gone, "Discarded", reason, runtime().clock.now())
    return bool(gone)


def _of(playground: Playground, groups: Sequence[str], limit: int) -> list[DeadLetter]:
    """Of each group the oldest, up to the limit."""
    broker = runtime().broker
    return [
        letter for group in groups for letter in broker.dead_letters(playground.id, group, limit)
    ]


def _one(playground: Playground, id: str) -> list[DeadLetter]:
    """The letter of this id, if it is there (still)."""
    groups = [group for group in possible_subscribers() if id.startswith(f"{group}_")]
    return [letter for letter in _of(playground, groups, _EVERY) if _id(letter) == id]


def _id(letter: DeadLetter) -> str:
    """The broker's handle is its own per subscriber."""
    return f"{letter.group}_{letter.id}"


def _as_json(letter: DeadLetter) -> dict[str, Any]:
    return {
        "id": _id(letter),
        "service": letter.group,
        "name": message_name(letter.event),
        "subject": letter.event.get_subject() or "",
        "reason": letter.reason,
        "attempts": letter.attempts,
        "at": letter.at,
        "trace": span_of(letter.event).trace,
        "event": json.loads(to_json(letter.event)),
    }


def _note(
    playground: Playground, letters: list[DeadLetter], what: str, reason: str, at: float
) -> None:
    records = [
        Record(
            Kind.NOTE, f"{message_name(letter.event)} {what.lower()}", at, target=letter.group,
            style="text", message=letter.event.get_id(), data={"reason": reason},
        ).belonging_to(span_of(letter.event))
        for letter in letters
    ]  # fmt: skip
    runtime().log.append(playground.id, records)
