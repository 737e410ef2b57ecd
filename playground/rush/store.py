"""Plan and progress of each playground's rush, on Redis."""

import json
from dataclasses import asdict
from typing import Any

from redis import Redis

from ..storage.redis_adapter import StoreUnavailable, raises_instead_of_redis_errors
from .admission import AlreadyReserved
from .long_work import KEPT_S, LongWork
from .plan import Progress, RushPlan


class AlreadyRushing(Exception):
    """This playground already has a rush under way."""


@raises_instead_of_redis_errors(StoreUnavailable)
class RushStore:
    """Methods raise StoreUnavailable."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    def begin(self, playground: str, plan: RushPlan, now: float) -> None:
        """Reserve capacity and store the plan.  Raises AlreadyRushing, ServerIsFull."""
        work = self._work(playground)
        ends = now + plan.seconds + 15  # for the last answers
        try:
            work.reserve(plan.rate, ends=ends, now=now)
        except AlreadyReserved:
            raise AlreadyRushing from None
        self._redis.delete(_sent_key(playground))
        work.begin(plan.run, {"plan": json.dumps(asdict(plan))})

    def claim(self, playground: str, run: str) -> bool:
        """True for the one worker that is to send the customers."""
        return self._work(playground).claim(run)

    def report(self, playground: str, run: str, progress: Progress) -> None:
        """Store the progress; release the reservation if the rush is over."""
        self._work(playground).report(run, asdict(progress))

    def stop(self, playground: str) -> None:
        self._work(playground).stop()

    def is_stopped(self, playground: str, run: str) -> bool:
        return self._work(playground).is_stopped(run)

    def read(self, playground: str) -> tuple[RushPlan, Progress] | None:
        """None if there is none, or if another version of Inflight has stored it."""
        try:
            stored = self._work(playground).read()
            return RushPlan(**json.loads(stored["plan"])), Progress(**stored["progress"])
        except (KeyError, TypeError, ValueError):
            return None

    def note_sent(self, playground: str, subject: str, at: float) -> None:
        """Note when the request was sent (unix seconds) that this subject was promised for."""
        self._redis.hset(_sent_key(playground), subject, at)
        self._redis.expire(_sent_key(playground), KEPT_S)

    def sent(self, playground: str) -> dict[str, float]:
        """When each subject's request was sent, in unix seconds."""
        stored: Any = self._redis.hgetall(_sent_key(playground))
        return {subject.decode(): float(at) for subject, at in stored.items()}

    def delete(self, playground: str) -> None:
        """Its worker finds it gone, and stops."""
        work = self._work(playground)
        self._redis.delete(work.key, _sent_key(playground))
        work.give_up()

    def _work(self, playground: str) -> LongWork:
        return LongWork(self._redis, "rush", playground)


def _sent_key(playground: str) -> str:
    return f"inflight:{playground}:rush:sent"
