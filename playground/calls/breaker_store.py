"""Where the breakers of every playground are kept: one per callee, shared by all processes."""

import json
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from redis import Redis

from ..design.choices import Breaker
from .circuit_breaker import BreakerState, Phase, change

# What another process knows of a callee in good health is asked for so often. Nearly all
# are, and each call would ask twice.
HEALTHY_KEPT_S = 0.1
_MOST_HEALTHY = 10_000

Step = Callable[[BreakerState], BreakerState | None]


class RedisBreakers:
    """Shared by all web and worker processes: they call the same services."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._healthy_until: dict[tuple[str, str], float] = {}  # by playground and service

    def admit(
        self, playground: str, service: str, rules: Breaker, now: float, probe_s: float
    ) -> bool:
        before = self._read(playground, service, now)
        if before.opened_at is None:
            return True  # closed: nothing to agree on
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

    def forget(self, playground: str) -> None:
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
        """Read, step and write as one; two who try at once do not both get through."""
        key = _key(playground)

        def transact(pipeline: Any) -> BreakerState | None:
            after: BreakerState | None = step(_parse(pipeline.hget(key, service)))
            pipeline.multi()
            if after is not None:
                pipeline.hset(key, service, json.dumps(asdict(after)))
            return after

        redis: Any = self._redis  # its type hints know no callable that returns something
        done: BreakerState | None = redis.transaction(transact, key, value_from_callable=True)
        self._healthy_until.pop((playground, service), None)
        return done


def _parse(text: bytes | None) -> BreakerState:
    return BreakerState(**json.loads(text)) if text else BreakerState()


def _key(playground: str) -> str:
    return f"inflight:{playground}:breakers"
