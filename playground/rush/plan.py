"""A rush: so many actions of a kind a second, for so long; one at a time in a playground."""

import json
import secrets
from collections import defaultdict
from collections.abc import Mapping, Set
from dataclasses import asdict, dataclass
from typing import Any

from redis import Redis

from ..models import Effect
from .admission import Admission, AlreadyReserved

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
        self._room = Admission(redis)

    def begin(self, playground: str, plan: RushPlan, now: float) -> None:
        """Raises AlreadyRushing, ServerIsFull."""
        ends = now + plan.seconds + 15  # for the last answers
        try:
            self._room.take(playground, plan.rate, ends=ends, now=now)
        except AlreadyReserved:
            raise AlreadyRushing from None
        key = _key(playground)
        self._redis.delete(key, _sent_key(playground))
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

    def note_sent(self, playground: str, subject: str, at: float) -> None:
        """When the customer who was promised this subject sent it off, in unix seconds."""
        self._redis.hset(_sent_key(playground), subject, at)
        self._redis.expire(_sent_key(playground), KEPT_S)

    def sent(self, playground: str) -> dict[str, float]:
        stored: Any = self._redis.hgetall(_sent_key(playground))
        return {subject.decode(): float(at) for subject, at in stored.items()}

    def forget(self, playground: str) -> None:
        self.stop(playground)
        self._redis.expire(_key(playground), 60)
        self._redis.delete(_sent_key(playground))


def new_run() -> str:
    return secrets.token_hex(6)


@dataclass(frozen=True, slots=True)
class Finished:
    count: int  # customers whose work is done
    took_ms: list[float]  # from the moment they sent to the last effect, as far as it is known


def finished(playground: str, plan: RushPlan, sent: Mapping[str, float]) -> Finished:
    """Counted in the database. `sent`: when each subject was sent off, in unix seconds.

    All who save a profile save the same one: they are counted, but which effect is whose
    nobody can tell.
    """
    times: dict[str, dict[str, float]] = defaultdict(dict)
    effects = Effect.objects.filter(playground=playground, run=plan.run)
    if plan.action == "profile":
        return Finished(effects.filter(name="ProfileSaved").count(), [])
    for subject, name, at in effects.values_list("subject", "name", "at").iterator():
        times[subject][name] = at
    done = {
        subject: max(effects.values())
        for subject, effects in times.items()
        if is_finished(plan.action, effects.keys())
    }
    took_ms = [(at - sent[subject]) * 1000 for subject, at in done.items() if subject in sent]
    return Finished(len(done), took_ms)


def is_finished(action: str, effects: Set[str]) -> bool:
    """Is the work for a customer done, when these effects have been seen?"""
    return effects >= _FINISHED_BY[action] or effects >= _TURNED_DOWN


def _key(playground: str) -> str:
    return f"inflight:{playground}:rush"


def _sent_key(playground: str) -> str:
    return f"inflight:{playground}:rush:sent"
