"""A rush: `rate` actions per second for `seconds`; one rush at a time in a playground."""

import secrets
from collections.abc import Set
from dataclasses import dataclass

MAX_RATE, MAX_SECONDS = 100, 30
ACTIONS = ("order", "register", "profile")
# The work for a customer is finished once these effects exist.
_FINISHED_BY = {
    "order": {"TicketPrinted", "EmailSent", "CourierAssigned"},
    "register": {"UserStored", "WelcomeSent"},
    "profile": {"ProfileSaved"},
}
_TURNED_DOWN = {"OrderTurnedDown", "ApologySent"}


@dataclass(frozen=True, slots=True)
class RushPlan:
    action: str  # order | register | profile
    rate: int  # actions a second
    seconds: int
    run: str  # 12 hex digits; the trace id of every customer ends with them (company/trace.py)

    @property
    def count(self) -> int:
        return self.rate * self.seconds


@dataclass(slots=True)
class Progress:
    """Counted by the customers. Times are milliseconds."""

    state: str = "waiting"  # waiting | running | stopped | done | failed
    offered: int = 0  # sent
    accepted: int = 0  # answered 2xx
    refused: int = 0  # answered 4xx or 5xx, but in time
    timed_out: int = 0  # 504, or no answer at all
    answer_ms: dict[str, float] | None = None
    reason: str = ""  # why it failed


def new_run() -> str:
    return secrets.token_hex(6)


def is_finished(action: str, effects: Set[str]) -> bool:
    """Whether the work for a customer with these effects is finished."""
    return effects >= _FINISHED_BY[action] or effects >= _TURNED_DOWN
