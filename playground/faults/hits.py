"""Which messages a fault hits, and how many it has hit."""

from collections.abc import Mapping
from typing import Any, Protocol

from redis import Redis

from ..storage.redis_adapter import StoreUnavailable, raises_instead_of_redis_errors
from .fault import Fault

# How long a fault's decisions are kept: longer than a fault may last.
ORDINALS_KEPT_S = 3600

_ORDINAL = """
local known = redis.call('HGET', KEYS[1], ARGV[1])
if known then return tonumber(known) end
local n = redis.call('HLEN', KEYS[1]) + 1
redis.call('HSET', KEYS[1], ARGV[1], n)
redis.call('EXPIRE', KEYS[1], ARGV[2])
return n
"""


class FaultHits(Protocol):
    """Decides and counts hits, per playground and fault. Every method raises StoreUnavailable."""

    def strike(self, playground: str, fault: Fault, key: str) -> bool:
        """Decide whether the fault hits the message with this key, and count it if so.

        The same key gets the same decision every time. The n-th new key counts as the n-th
        message that passes the fault (docs/adr/0008).
        """

    def count(self, playground: str, fault: Fault) -> None:
        """Count a hit of a fault that hits every message."""

    def by_fault(self, playground: str) -> Mapping[str, int]:
        """Hits by fault id. A fault that has hit nothing is missing."""

    def delete(self, playground: str) -> None: ...


@raises_instead_of_redis_errors(StoreUnavailable)
class RedisFaultHits:
    """The FaultHits port, shared by all processes."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._ordinal = redis.register_script(_ORDINAL)

    def strike(self, playground: str, fault: Fault, key: str) -> bool:
        if fault.picks:
            ordinals = f"inflight:{playground}:victims:{fault.id}"
            if not fault.hits_nth(int(self._ordinal(keys=[ordinals], args=[key, ORDINALS_KEPT_S]))):
                return False
        self.count(playground, fault)
        return True

    def count(self, playground: str, fault: Fault) -> None:
        self._redis.hincrby(_hits_key(playground), fault.id, 1)

    def by_fault(self, playground: str) -> dict[str, int]:
        counts: Any = self._redis.hgetall(_hits_key(playground))
        return {fault.decode(): int(n) for fault, n in counts.items()}

    def delete(self, playground: str) -> None:
        self._redis.delete(_hits_key(playground))


def _hits_key(playground: str) -> str:
    return f"inflight:{playground}:hits"
