"""Doorbells: "there is something in your queue", rung through Celery, coalesced in Redis.

One bell is pending per playground and service, however many messages come, so a rush
costs few tasks. A bell may get lost without harm: the sweep rings again.
"""

import logging
from collections.abc import Callable, Iterable
from typing import Any
from uuid import uuid4

from kombu.exceptions import OperationalError
from redis import Redis

logger = logging.getLogger(__name__)

# A bell that nobody has answered by then was lost: it may be rung again.
BELL_MS = 3000
# A slot whose holder has not been heard of for so long is free (it says so every second).
SLOT_MS = 3000

_KEEP = "return redis.call('GET', KEYS[1]) == ARGV[1] and redis.call('PEXPIRE', KEYS[1], ARGV[2])"
_RELEASE = "return redis.call('GET', KEYS[1]) == ARGV[1] and redis.call('DEL', KEYS[1])"


class RedisDoorbell:
    def __init__(self, redis: Redis, send: Callable[[str, str], None]) -> None:
        self._redis = redis
        self._send = send  # starts the Celery task serve(playground, service)

    def ring(self, playground: str, services: Iterable[str]) -> None:
        names = sorted(services)
        pipeline: Any = self._redis.pipeline(transaction=False)
        for service in names:
            pipeline.set(bell_key(playground, service), 1, nx=True, px=BELL_MS)
        for service, was_silent in zip(names, pipeline.execute(), strict=True):
            if was_silent:
                self.start(playground, service)

    def clear(self, playground: str, service: str) -> None:
        self._redis.delete(bell_key(playground, service))

    def start(self, playground: str, service: str) -> None:
        """Its bell, silent so far, has been set: let a worker hear it."""
        try:
            self._send(playground, service)
        except OperationalError:
            logger.warning("Celery's broker is away: %s will be served by the sweep", service)
            self.clear(playground, service)


class RedisReplicaSlots:
    """As many `serve` at once for a service as it has replicas, across all workers."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._keep = redis.register_script(_KEEP)
        self._release = redis.register_script(_RELEASE)

    def take(self, playground: str, service: str, replicas: int) -> str | None:
        """A key to a slot, or None if somebody is in each of them."""
        for number in range(replicas):
            key = f"{number}.{uuid4().hex}"
            slot = _slot(playground, service, key)
            if self._redis.set(slot, key, nx=True, px=SLOT_MS):
                return key
        return None

    def keep(self, playground: str, service: str, key: str) -> None:
        self._keep(keys=[_slot(playground, service, key)], args=[key, SLOT_MS])

    def release(self, playground: str, service: str, key: str) -> None:
        self._release(keys=[_slot(playground, service, key)], args=[key])

    def held(self, playground: str, service: str, replicas: int) -> int:
        slots = [_slot(playground, service, str(number)) for number in range(replicas)]
        held: Any = self._redis.exists(*slots)
        return int(held)


def bell_key(playground: str, service: str) -> str:
    return f"inflight:{playground}:bell:{service}"


def _slot(playground: str, service: str, key: str) -> str:
    number, _, _ = key.partition(".")
    return f"inflight:{playground}:slot:{service}:{number}"
