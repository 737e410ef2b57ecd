"""Plan and progress of each playground's rush, on Redis."""

import json
from dataclasses import asdict
from typing import Any

from redis import Redis

from ..storage.redis_adapter import StoreUnavailable, raises_instead_of_redis_errors
from .admission import Admission, AlreadyReserved
from .plan import Progress, RushPlan

KEPT_S = 3600


class AlreadyRushing(Exception):
    """This playground already has a rush under way."""


@raises_instead_of_redis_errors(StoreUnavailable)
class RushStore:
    """Methods raise StoreUnavailable."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._admission = Admission(redis)

    def begin(self, playground: str, plan: RushPlan, now: float) -> None:
        """Reserve capacity and store the plan.  Raises AlreadyRushing, ServerIsFull."""
        ends = now + plan.seconds + 15  # for the last answers
        try:
            self._admission.reserve(playground, plan.rate, ends=ends, now=now)
        except AlreadyReserved:
            raise AlreadyRushing from None
        key = _key(playground)
        self._redis.delete(key, _sent_key(playground))
        self._redis.hset(key, mapping={"plan": json.dumps(asdict(plan))})
        self._redis.expire(key, KEPT_S)
        self.report(playground, Progress())

    def report(self, playground: str, progress: Progress) -> None:
        """Store the progress; release the reservation if the rush is over."""
        self._redis.hset(_key(playground), "progress", json.dumps(asdict(progress)))
        if progress.state in ("stopped", "done", "failed"):
            self._admission.release(playground)

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
        """Note when the request was sent (unix seconds) that this subject was promised for."""
        self._redis.hset(_sent_key(playground), subject, at)
        self._redis.expire(_sent_key(playground), KEPT_S)

    def sent(self, playground: str) -> dict[str, float]:
        """When each subject's request was sent, in unix seconds."""
        stored: Any = self._redis.hgetall(_sent_key(playground))
        return {subject.decode(): float(at) for subject, at in stored.items()}

    def delete(self, playground: str) -> None:
        self.stop(playground)
        self._redis.expire(_key(playground), 60)
        self._redis.delete(_sent_key(playground))


def _key(playground: str) -> str:
    return f"inflight:{playground}:rush"


def _sent_key(playground: str) -> str:
    return f"inflight:{playground}:rush:sent"
