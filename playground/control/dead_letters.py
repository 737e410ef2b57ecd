"""Dead letters: list them, replay them, or discard them with a reason. Each is recorded."""

import json
from collections.abc import Sequence
from typing import Any

from ..bootstrap import parts
from ..company.envelope import message_name, span_of, to_json
from ..company.topology import possible_subscribers
from ..flow.records import Kind, Record
from ..messaging.port import DeadLetter
from ..models import Playground

MOST_LISTED = 200  # per subscriber
_ALL = 1_000_000  # more than a subscriber has


def listed(playground: Playground) -> dict[str, Any]:
    """The oldest of each subscriber, and how many there are besides."""
    letters = _of(playground, possible_subscribers(), MOST_LISTED)
    depths = parts().broker.depths(playground.id, possible_subscribers())
    # A message that is given up between the two looks counts as not listed; the next look has it.
    more = max(0, sum(depth.dead for depth in depths.values()) - len(letters))
    return {"dead_letters": [_as_json(letter) for letter in letters], "not_listed": more}


def replay(playground: Playground, id: str = "") -> int:
    """Deliver one of them again, or all, as first attempts. Returns how many."""
    at = parts().clock.now()  # before: no delivery may be recorded earlier than the replay
    letters = _one(playground, id) if id else _of(playground, possible_subscribers(), _ALL)
    replayed = [letter for letter in letters if parts().broker.replay(letter)]
    _note(playground, replayed, "Replayed", "delivered again, as the first attempt", at)
    parts().doorbell.ring(playground.id, {letter.group for letter in replayed})
    return len(replayed)


def discard(playground: Playground, id: str, reason: str) -> bool:
    """Delete one for good. False if there is no such dead letter any more."""
    gone = [letter for letter in _one(playground, id) if parts().broker.discard(letter)]
    _note(playground, gone, "Discarded", reason, parts().clock.now())
    return bool(gone)


def _of(playground: Playground, groups: Sequence[str], limit: int) -> list[DeadLetter]:
    """The oldest of each group, up to `limit` each."""
    broker = parts().broker
    return [
        letter for group in groups for letter in broker.dead_letters(playground.id, group, limit)
    ]


def _one(playground: Playground, id: str) -> list[DeadLetter]:
    """The dead letter with this id, if there still is one."""
    groups = [group for group in possible_subscribers() if id.startswith(f"{group}_")]
    return [letter for letter in _of(playground, groups, _ALL) if _id(letter) == id]


def _id(letter: DeadLetter) -> str:
    """The broker's handle is unique within a subscriber only."""
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
    parts().log.append(playground.id, records)
