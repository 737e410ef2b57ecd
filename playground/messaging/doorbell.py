"""Doorbells: start a Celery task that serves a service's queue.

At most one task is pending per playground and service, however many messages come, so a rush
costs few Celery tasks. A lost bell does no harm: the recovery sweep rings again.
"""

import logging
from collections.abc import Callable, Iterable
from typing import Any, Protocol

from redis import Redis
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)

# A bell that no worker has answered after this time was lost, and may be rung again.
BELL_MS = 3000


class Doorbell(Protocol):
    """No method raises: the sweep makes up for a bell that could not be rung or cleared."""

    def ring(self, playground: str, services: Iterable[str]) -> None:
        """Have a worker serve each of these, unless a bell is pending for it."""

    def clear(self, playground: str, service: str) -> None:
        """Let the next message ring again."""

    def start(self, playground: str, service: str) -> None:
        """Start the task for a bell that a batch script has just set."""


class RedisDoorbell:
    def __init__(self, redis: Redis, send: Callable[[str, str], bool]) -> None:
        self._redis = redis
        # Starts the Celery task serve(playground, service) without waiting; False: it was lost.
        self._send = send

    def ring(self, playground: str, services: Iterable[str]) -> None:
        names = sorted(services)
        pipeline: Any = self._redis.pipeline(transaction=False)
        for service in names:
            pipeline.set(bell_key(playground, service), 1, nx=True, px=BELL_MS)
        try:
            answers = pipeline.execute()
        except RedisError as error:
            logger.warning("no doorbell for %s, the sweep will ring: %s", ", ".join(names), error)
            return
        for service, was_silent in zip(names, answers, strict=True):
            if was_silent:
                self.start(playground, service)

    def clear(self, playground: str, service: str) -> None:
        try:
            self._redis.delete(bell_key(playground, service))
        except RedisError as error:
            logger.warning("the doorbell of %s stays set until it expires: %s", service, error)

    def start(self, playground: str, service: str) -> None:
        if not self._send(playground, service):
            self.clear(playground, service)


def bell_key(playground: str, service: str) -> str:
    return f"inflight:{playground}:bell:{service}"
