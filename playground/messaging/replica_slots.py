"""Replica slots: a service has at most as many consumer sessions at once as replicas."""

from typing import Any, Protocol
from uuid import uuid4

from redis import Redis

from ..storage.redis_adapter import StoreUnavailable, raises_instead_of_redis_errors

# A slot expires if its session has not renewed it for this long. (Sessions renew every second.)
SLOT_MS = 3000

_KEEP = "return redis.call('GET', KEYS[1]) == ARGV[1] and redis.call('PEXPIRE', KEYS[1], ARGV[2])"
_RELEASE = "return redis.call('GET', KEYS[1]) == ARGV[1] and redis.call('DEL', KEYS[1])"


class ReplicaSlots(Protocol):
    """Methods raise StoreUnavailable."""

    def take(self, playground: str, service: str, replicas: int) -> str | None:
        """Take a free slot. Returns its key (the slot's number, then perhaps a dot and more), or
        None if all are taken."""

    def keep(self, playground: str, service: str, key: str) -> None:
        """Renew the slot, unless another session has taken it meanwhile."""

    def release(self, playground: str, service: str, key: str) -> None: ...

    def held(self, playground: str, service: str, replicas: int) -> int:
        """How many of the first `replicas` slots are taken."""


def replica_of(slot_key: str) -> int:
    """The number of the replica that works in this slot: 1 is the first."""
    number, _, _ = slot_key.partition(".")
    return int(number) + 1


@raises_instead_of_redis_errors(StoreUnavailable)
class RedisReplicaSlots:
    """The ReplicaSlots port, across all workers."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._keep = redis.register_script(_KEEP)
        self._release = redis.register_script(_RELEASE)

    def take(self, playground: str, service: str, replicas: int) -> str | None:
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


def _slot(playground: str, service: str, key: str) -> str:
    number, _, _ = key.partition(".")
    return f"inflight:{playground}:slot:{service}:{number}"
