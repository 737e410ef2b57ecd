"""Dead letters: looked into, delivered anew, or thrown away with a reason. Each is a record."""

import json
from typing import Any

from .bootstrap import runtime
from .company.envelope import message_name, span_of, to_json
from .company.ports import DeadLetter
from .company.topology import possible_subscribers
from .flow.records import Kind, Record
from .models import Playground

MOST_LISTED = 200  # per subscriber


def listed(playground: Playground) -> list[dict[str, Any]]:
    return [_as_json(letter) for letter in _all(playground)]


def replay(playground: Playground, id: str = "") -> int:
    """Deliver one anew, or all. Returns how many."""
    at = runtime().clock.now()  # before: whoever takes it must not be seen to be first
    replayed = [x for x in _all(playground) if id in ("", _id(x)) and runtime().broker.replay(x)]
    _note(playground, replayed, "Replayed", "delivered anew, as the first attempt", at)
    runtime().bell.ring(playground.id, {letter.group for letter in replayed})
    return len(replayed)


def discard(playground: Playground, id: str, reason: str) -> bool:
    """Throw one away. False if there is no such letter (any more)."""
    gone = [x for x in _all(playground) if _id(x) == id and runtime().broker.discard(x)]
    _note(playground, gone, "Discarded", reason, runtime().clock.now())
    return bool(gone)


def _all(playground: Playground) -> list[DeadLetter]:
    broker = runtime().broker
    return [
        letter
        for group in possible_subscribers()
        for letter in broker.dead_letters(playground.id, group, MOST_LISTED)
    ]


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
