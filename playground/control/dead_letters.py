"""Dead letters: list them, replay them, or discard them with a reason. Both are recorded."""

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
_ALL = 1_000_000  # more than any subscriber has


def listed(playground: Playground) -> dict[str, Any]:
    """The MOST_LISTED oldest of each subscriber, and how many more there are; for DeadLettersOut.

    Raises BrokerUnavailable.
    """
    dead_letters = _of(playground, possible_subscribers(), MOST_LISTED)
    depths = parts().broker.depths(playground.key, possible_subscribers())
    # A message that is dead-lettered between the two reads counts as not listed.
    more = max(0, sum(depth.dead for depth in depths.values()) - len(dead_letters))
    return {"dead_letters": [_as_json(d) for d in dead_letters], "not_listed": more}


def replay(playground: Playground, id: str = "") -> int:
    """Deliver one dead letter again, or (without an id) all, as first attempts.

    Returns how many. Raises BrokerUnavailable, StoreUnavailable.
    """
    at = parts().clock.now()  # first, so that no delivery is recorded before the replay
    dead_letters = _with_id(playground, id) if id else _of(playground, possible_subscribers(), _ALL)
    replayed = [d for d in dead_letters if parts().broker.replay(d)]
    _record(playground, replayed, "replayed", "delivered again, as the first attempt", at)
    parts().doorbell.ring(playground.key, {d.group for d in replayed})
    return len(replayed)


def discard(playground: Playground, id: str, reason: str) -> bool:
    """Delete one for good. False if there is no such dead letter (any more).

    Raises BrokerUnavailable, StoreUnavailable.
    """
    discarded = [d for d in _with_id(playground, id) if parts().broker.discard(d)]
    _record(playground, discarded, "discarded", reason, parts().clock.now())
    return bool(discarded)


def _of(playground: Playground, groups: Sequence[str], limit: int) -> list[DeadLetter]:
    """The oldest of each group, up to `limit` each."""
    broker = parts().broker
    return [d for group in groups for d in broker.dead_letters(playground.key, group, limit)]


def _with_id(playground: Playground, id: str) -> list[DeadLetter]:
    """The dead letter with this id, or none."""
    groups = [group for group in possible_subscribers() if id.startswith(f"{group}_")]
    return [d for d in _of(playground, groups, _ALL) if _id(d) == id]


def _id(dead_letter: DeadLetter) -> str:
    """Unique in the playground; the broker's handle is unique only within a subscriber."""
    return f"{dead_letter.group}_{dead_letter.id}"


def _as_json(dead_letter: DeadLetter) -> dict[str, Any]:
    return {
        "id": _id(dead_letter),
        "service": dead_letter.group,
        "name": message_name(dead_letter.event),
        "subject": dead_letter.event.get_subject() or "",
        "reason": dead_letter.reason,
        "attempts": dead_letter.attempts,
        "at": dead_letter.at,
        "trace": span_of(dead_letter.event).trace,
        "event": json.loads(to_json(dead_letter.event)),
    }


def _record(
    playground: Playground, dead_letters: list[DeadLetter], what: str, reason: str, at: float
) -> None:
    records = [
        Record(
            Kind.NOTE, f"{message_name(dead_letter.event)} {what}", at, target=dead_letter.group,
            style="text", message=dead_letter.event.get_id(), data={"reason": reason},
        ).belonging_to(span_of(dead_letter.event))
        for dead_letter in dead_letters
    ]  # fmt: skip
    parts().log.append(playground.key, records)
