"""The state of the circuit breakers of every playground, one per callee."""

import json
from collections.abc import Callable
from dataclasses import asdict
from typing import Any, Protocol

from redis import Redis

from ..design.choices import Breaker
from ..storage.redis_adapter import StoreUnavailable, raises_instead_of_redis_errors
from .circuit_breaker import BreakerState, Phase, change

# How long a process takes a callee for healthy before it reads the store again. Nearly all
# callees are healthy, and each call would read twice.
HEALTHY_KEPT_S = 0.1
_MOST_HEALTHY = 10_000

Step = Callable[[BreakerState], BreakerState | None]


class Breakers(Protocol):
    """The circuit breakers of every playground, one per callee. Methods raise StoreUnavailable."""

    def admit(
        self, playground: str, service: str, rules: Breaker, now: float, probe_s: float
    ) -> bool:
        """Whether a call may go through. A half-open breaker admits one probe per `probe_s`."""

    def note(
        self, playground: str, service: str, success: bool, rules: Breaker, now: float
    ) -> Phase | None:
        """Note how an admitted call ended. Returns the new phase, or None if it is unchanged."""

    def states(self, playground: str) -> dict[str, BreakerState]:
        """By callee. A callee that has never failed may be missing."""

    def delete(self, playground: str) -> None: ...


@raises_instead_of_redis_errors(StoreUnavailable)
class RedisBreakers:
    """The Breakers port on Redis, shared by all web and worker processes."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._healthy_until: dict[tuple[str, str], float] = {}  # by playground and service

    def admit(
        self, playground: str, service: str, rules: Breaker, now: float, probe_s: float
    ) -> bool:
        before = self._read(playground, service, now)
        if before.opened_at is None:
            return True  # closed: nothing to decide
        return bool(
            self._change(playground, service, lambda state: state.admit(rules, now, probe_s))
        )

    def note(
        self, playground: str, service: str, success: bool, rules: Breaker, now: float
    ) -> Phase | None:
        before = self._read(playground, service, now)
        if success and before == BreakerState():
            return None
        after = self._change(playground, service, lambda state: state.after(success, rules, now))
        return change(before, after, rules, now) if after else None

    def states(self, playground: str) -> dict[str, BreakerState]:
        stored: Any = self._redis.hgetall(_key(playground))
        return {service.decode(): _parse(text) for service, text in stored.items()}

    def delete(self, playground: str) -> None:
        self._redis.delete(_key(playground))

    def _read(self, playground: str, service: str, now: float) -> BreakerState:
        callee = (playground, service)
        if now < self._healthy_until.get(callee, now):
            return BreakerState()
        text: Any = self._redis.hget(_key(playground), service)
        state = _parse(text)
        if state == BreakerState():
            if len(self._healthy_until) >= _MOST_HEALTHY:
                self._healthy_until.clear()
            self._healthy_until[callee] = now + HEALTHY_KEPT_S
        return state

    def _change(self, playground: str, service: str, step: Step) -> BreakerState | None:
        """Read, step and write in one transaction, so that of two concurrent probes one is admitted."""
        key = _key(playground)

        def transact(pipeline: Any) -> BreakerState | None:
            after: BreakerState | None = step(_parse(pipeline.hget(key, service)))
            pipeline.multi()
            if after is not None:
                pipeline.hset(key, service, json.dumps(asdict(after)))
            return after

        redis: Any = self._redis  # its type hints expect a callable that returns nothing
        after: BreakerState | None = redis.transaction(transact, key, value_from_callable=True)
        self._healthy_until.pop((playground, service), None)
        return after


def _parse(text: bytes | None) -> BreakerState:
    return BreakerState(**json.loads(text)) if text else BreakerState()


def _key(playground: str) -> str:
    return f"inflight:{playground}:breakers"
