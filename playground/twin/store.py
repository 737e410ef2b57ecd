"""What each playground's twin is doing, on Redis: one twin at a time."""

import json
from dataclasses import dataclass
from typing import Any

from redis import Redis

from ..rush.admission import Admission, AlreadyReserved
from ..storage.redis_adapter import StoreUnavailable, raises_instead_of_redis_errors
from .plan import TwinPlan, parse

KEPT_S = 3600
OVER = ("done", "stopped", "failed")
# Besides steps and settling: the last answers, and a worker that is busy.
SLACK_S = 45


class AlreadyTwinned(Exception):
    """One twin at a time in a playground."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What is known of a twin. `progress` is what its runner last reported."""

    run: str
    plan: TwinPlan
    sides: dict[str, str]  # the playgrounds, by name (a, b)
    ends_at: float  # unix seconds: a runner that has not reported its end by then has died
    progress: dict[str, Any]


@raises_instead_of_redis_errors(StoreUnavailable)
class TwinStore:
    """Raises StoreUnavailable."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._admission = Admission(redis)

    def reserve(self, playground: str, plan: TwinPlan, now: float) -> float:
        """Reserve capacity. Returns until when (unix seconds).  Raises AlreadyTwinned, ServerIsFull."""
        ends_at = now + plan.length_s + plan.settle_s + SLACK_S
        try:
            self._admission.reserve(_holder(playground), plan.rate, ends=ends_at, now=now)
        except AlreadyReserved:
            raise AlreadyTwinned from None
        return ends_at

    def begin(
        self, playground: str, run: str, plan: TwinPlan, sides: dict[str, str], ends_at: float
    ) -> None:
        key = _key(playground)
        about = {"run": run, "sides": sides, "ends_at": ends_at}
        values: dict[Any, Any] = {
            "about": json.dumps(about),
            "plan": plan.as_json(),
            "told": json.dumps({"state": "waiting"}),
        }
        pipeline: Any = self._redis.pipeline()
        pipeline.delete(key)
        pipeline.hset(key, mapping=values)
        pipeline.expire(key, KEPT_S)
        pipeline.execute()

    def give_up(self, playground: str) -> None:
        """Release the reservation: the twin could not begin."""
        self._admission.release(_holder(playground))

    def report(self, playground: str, progress: dict[str, Any]) -> None:
        """Note the progress; release the reservation if it is over."""
        text = json.dumps(progress, separators=(",", ":"))
        self._redis.hset(_key(playground), "told", text)
        if progress["state"] in OVER:
            self._admission.release(_holder(playground))

    def stop(self, playground: str) -> None:
        if self._redis.exists(_key(playground)):
            self._redis.hset(_key(playground), "stop", 1)

    def is_stopped(self, playground: str) -> bool:
        return bool(self._redis.hexists(_key(playground), "stop"))

    def read(self, playground: str) -> Entry | None:
        stored: Any = self._redis.hgetall(_key(playground))
        if b"about" not in stored:
            return None
        about = json.loads(stored[b"about"])
        return Entry(
            about["run"],
            parse(stored[b"plan"]),
            about["sides"],
            about["ends_at"],
            json.loads(stored[b"told"]),
        )


def _key(playground: str) -> str:
    return f"inflight:{playground}:twin"


def _holder(playground: str) -> str:
    """The holder of its reservation; the playground's own rush may hold another."""
    return f"{playground}:twin"
