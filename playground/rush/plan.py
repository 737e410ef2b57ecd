"""A rush: so many actions of a kind a second, for so long; one at a time in a playground."""

import json
import secrets
from collections import defaultdict
from collections.abc import Set
from dataclasses import asdict, dataclass
from typing import Any

from redis import Redis

from ..models import Effect
from .room import AlreadyInside, Room

MAX_RATE, MAX_SECONDS = 100, 30
KEPT_S = 3600
ACTIONS = ("order", "register", "profile")
# With these effects the work for a customer is finished.
_FINISHED_BY = {
    "order": {"TicketPrinted", "EmailSent", "CourierAssigned"},
    "register": {"UserStored", "WelcomeSent"},
    "profile": {"ProfileSaved"},
}
_TURNED_DOWN = {"OrderTurnedDown", "ApologySent"}


class AlreadyRushing(Exception):
    """One rush at a time in a playground."""


@dataclass(frozen=True, slots=True)
class RushPlan:
    action: str  # order | register | profile
    rate: int  # actions a second
    seconds: int
    run: str  # 12 hex digits; every customer's trace begins with them

    @property
    def count(self) -> int:
        return self.rate * self.seconds


@dataclass(slots=True)
class Progress:
    """Counted by the customers. Times in milliseconds."""

    state: str = "waiting"  # waiting | running | stopped | done | failed
    offered: int = 0  # sent
    accepted: int = 0  # answered 2xx
    refused: int = 0  # answered 4xx or 5xx, but in time
    timed_out: int = 0  # 504, or no answer at all
    answer_ms: dict[str, float] | None = None
    reason: str = ""  # why it failed


class Rushes:
    """What each playground's rush is doing, in Redis."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._room = Room(redis)

    def begin(self, playground: str, plan: RushPlan, now: float) -> None:
        """Raises AlreadyRushing, ServerIsFull."""
        ends = now + plan.seconds + 15  # for the last answers
        try:
            self._room.take(playground, plan.rate, ends=ends, now=now)
        except AlreadyInside:
            raise AlreadyRushing from None
        key = _key(playground)
        self._redis.delete(key)
        self._redis.hset(key, mapping={"plan": json.dumps(asdict(plan))})
        self._redis.expire(key, KEPT_S)
        self.tell(playground, Progress())

    def tell(self, playground: str, progress: Progress) -> None:
        self._redis.hset(_key(playground), "progress", json.dumps(asdict(progress)))
        if progress.state in ("stopped", "done", "failed"):
            self._room.leave(playground)

    def stop(self, playground: str) -> None:
        self._redis.hset(_key(playground), "stop", 1)

    def is_stopped(self, playground: str) -> bool:
        return bool(self._redis.hexists(_key(playground), "stop"))

    def read(self, playground: str) -> tuple[RushPlan, Progress] | None:
        stored: Any = self._redis.hgetall(_key(playground))
        if b"plan" not in stored or b"progress" not in stored:
            return None
        plan = RushPlan(**json.loads(stored[b"plan"]))
        return plan, Progress(**json.loads(stored[b"progress"]))

    def forget(self, playground: str) -> None:
        self.stop(playground)
        self._redis.expire(_key(playground), 60)


def new_run() -> str:
    return secrets.token_hex(6)


def completions(playground: str, plan: RushPlan) -> list[float]:
    """For each customer whose work is finished, how long it took from the first effect to the
    last, in milliseconds: from the database."""
    times: dict[str, dict[str, float]] = defaultdict(dict)
    effects = Effect.objects.filter(playground=playground, run=plan.run)
    for subject, name, at in effects.values_list("subject", "name", "at").iterator():
        times[subject][name] = at
    return [
        (max(done.values()) - min(done.values())) * 1000
        for done in times.values()
        if is_finished(plan.action, done.keys())
    ]


def is_finished(action: str, effects: Set[str]) -> bool:
    """Is the work for a customer done, when these effects have been seen?"""
    return effects >= _FINISHED_BY[action] or effects >= _TURNED_DOWN


def _key(playground: str) -> str:
    return f"inflight:{playground}:rush"
