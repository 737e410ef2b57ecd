"""Plan and progress of each playground's twin, on Redis."""

import json
from dataclasses import dataclass
from typing import Any

from redis import Redis

from ..rush.admission import Admission, AlreadyReserved
from ..storage.redis_adapter import StoreUnavailable, raises_instead_of_redis_errors
from .plan import TwinPlan, parse

KEPT_S = 3600
OVER = ("done", "stopped", "failed")
# Added to the steps and the settling: time for the last answers, and for a busy worker.
SLACK_S = 45


class AlreadyTwinned(Exception):
    """This playground already has a twin under way."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A twin as stored. `progress` is the runner's last report."""

    run: str
    plan: TwinPlan
    sides: dict[str, str]  # the playgrounds, by name (a, b)
    ends_at: float  # unix seconds: a runner that has not reported the end by then has died
    progress: dict[str, Any]


@raises_instead_of_redis_errors(StoreUnavailable)
class TwinStore:
    """Methods raise StoreUnavailable."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._admission = Admission(redis)

    def reserve(self, playground: str, plan: TwinPlan, now: float) -> float:
        """Reserve capacity. Returns when the reservation ends (unix seconds).

        Raises AlreadyTwinned, ServerIsFull.
        """
        ends_at = now + plan.length_s + plan.settle_s + SLACK_S
        try:
            self._admission.reserve(_holder(playground), plan.rate, ends=ends_at, now=now)
        except AlreadyReserved:
            raise AlreadyTwinned from None
        return ends_at

    def begin(
        self, playground: str, run: str, plan: TwinPlan, sides: dict[str, str], ends_at: float
    ) -> None:
        """Store the twin as waiting, in place of an earlier one."""
        key = _key(playground)
        about = {"run": run, "sides": sides, "ends_at": ends_at}
        values: dict[Any, Any] = {
            "about": json.dumps(about),
            "plan": plan.as_json(),
            "progress": json.dumps({"state": "waiting"}),
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
        """Store the progress; release the reservation if the twin is over."""
        text = json.dumps(progress, separators=(",", ":"))
        self._redis.hset(_key(playground), "progress", text)
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
            json.loads(stored[b"progress"]),
        )


def _key(playground: str) -> str:
    return f"inflight:{playground}:twin"


def _holder(playground: str) -> str:
    """The reservation's holder, different from that of the playground's rush."""
    return f"{playground}:twin"
