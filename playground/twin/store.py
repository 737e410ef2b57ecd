"""Plan and progress of each playground's twin, on Redis."""

import json
from dataclasses import dataclass
from typing import Any

from redis import Redis

from ..rush.admission import AlreadyReserved
from ..rush.long_work import LongWork
from ..storage.redis_adapter import StoreUnavailable, raises_instead_of_redis_errors
from .plan import TwinPlan, parse

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

    def reserve(self, playground: str, plan: TwinPlan, now: float) -> float:
        """Reserve capacity. Returns when the reservation ends (unix seconds).

        Raises AlreadyTwinned, ServerIsFull.
        """
        ends_at = now + plan.length_s + plan.settle_s + SLACK_S
        try:
            self._work(playground).reserve(plan.rate, ends=ends_at, now=now)
        except AlreadyReserved:
            raise AlreadyTwinned from None
        return ends_at

    def begin(
        self, playground: str, run: str, plan: TwinPlan, sides: dict[str, str], ends_at: float
    ) -> None:
        """Store the twin as waiting, in place of an earlier one."""
        about = json.dumps({"sides": sides, "ends_at": ends_at})
        self._work(playground).begin(run, {"about": about, "plan": plan.as_json()})

    def give_up(self, playground: str) -> None:
        """Release the reservation: the twin could not begin."""
        self._work(playground).give_up()

    def claim(self, playground: str, run: str) -> bool:
        """True for the one worker that is to carry it out."""
        return self._work(playground).claim(run)

    def report(self, playground: str, run: str, progress: dict[str, Any]) -> None:
        """Store the progress; release the reservation if the twin is over."""
        self._work(playground).report(run, progress)

    def stop(self, playground: str) -> None:
        self._work(playground).stop()

    def is_stopped(self, playground: str, run: str) -> bool:
        return self._work(playground).is_stopped(run)

    def read(self, playground: str) -> Entry | None:
        """None if there is none, or if another version of Inflight has stored it."""
        try:
            stored = self._work(playground).read()
            about, plan = json.loads(stored["about"]), parse(stored["plan"])
            run = stored["run"].decode()
            return Entry(run, plan, about["sides"], about["ends_at"], stored["progress"])
        except (KeyError, TypeError, ValueError):
            return None

    def _work(self, playground: str) -> LongWork:
        return LongWork(self._redis, "twin", playground)
