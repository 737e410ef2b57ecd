"""What customers have been promised: the answers 202 and 201 that left the gateway.

The ledger holds effects against these, so they are counted where the answer is given,
not where the work is stored.
"""

import json
from dataclasses import dataclass
from typing import Any

from redis import Redis


@dataclass(frozen=True, slots=True)
class Promise:
    subject: str  # "order/7Q2K" or "user/4"
    run: str
    absent: tuple[str, ...] = ()  # optional services that were not there to hear of it

    def as_text(self) -> str:
        return json.dumps([self.run, *self.absent])


class Promises:
    """Those that the flow log has noted, together with the records of the answers."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    def made(self, playground: str) -> list[Promise]:
        noted: Any = self._redis.hgetall(promises_key(playground))
        promises = []
        for subject, text in noted.items():
            run, *absent = json.loads(text)
            promises.append(Promise(subject.decode(), run, tuple(absent)))
        return promises

    def forget(self, playground: str) -> None:
        self._redis.delete(promises_key(playground))


def promises_key(playground: str) -> str:
    return f"inflight:{playground}:promised"
