"""What customers have been promised: the answers 202 and 201 that left the gateway.

The ledger holds effects against these, so they are counted where the answer is given,
not where the work is stored.
"""

from typing import Any

from redis import Redis


class Promises:
    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    def note(self, playground: str, subject: str) -> None:
        """`subject` is "order/7Q2K" or "user/4"."""
        self._redis.sadd(_key(playground), subject)

    def made(self, playground: str) -> frozenset[str]:
        subjects: Any = self._redis.smembers(_key(playground))
        return frozenset(subject.decode() for subject in subjects)

    def forget(self, playground: str) -> None:
        self._redis.delete(_key(playground))


def _key(playground: str) -> str:
    return f"inflight:{playground}:promises"
