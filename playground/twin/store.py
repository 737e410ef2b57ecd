"""What each playground's twin is doing, in Redis: one at a time."""

import json
from dataclasses import dataclass
from typing import Any

from redis import Redis

from ..rush.admission import Admission, AlreadyReserved
from .plan import TwinPlan, parse

KEPT_S = 3600
OVER = ("done", "stopped", "failed")
# Beside steps and settling: the last answers, and a worker that has much to do.
SLACK_S = 45


class AlreadyTwinned(Exception):
    """One twin at a time in a playground."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What is known of a twin. `told` is what its runner said last."""

    run: str
    plan: TwinPlan
    sides: dict[str, str]  # the playgrounds, by letter
    ends_at: float  # unix seconds: whoever has not told of its end by then has died
    told: dict[str, Any]


class TwinBook:
    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._room = Admission(redis)

    def reserve(self, playground: str, plan: TwinPlan, now: float) -> float:
        """Until when it may go on.  Raises AlreadyTwinned, ServerIsFull."""
        ends_at = now + plan.length_s + plan.settle_s + SLACK_S
        try:
            self._room.take(_guest(playground), plan.rate, ends=ends_at, now=now)
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
        """It could not begin after all."""
        self._room.leave(_guest(playground))

    def tell(self, playground: str, told: dict[str, Any]) -> None:
        self._redis.hset(_key(playground), "told", json.dumps(told, separators=(",", ":")))
        if told["state"] in OVER:
            self._room.leave(_guest(playground))

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


def _guest(playground: str) -> str:
    """Its name in the room, where its own rush may be as well."""
    return f"{playground}:twin"
