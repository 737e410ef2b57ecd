"""How often somebody may do something, counted in Redis and so over all processes and hosts."""

import hashlib

from redis import Redis

from .redis_adapter import StoreUnavailable, raises_instead_of_redis_errors

_TAKE = """
local taken = redis.call('INCR', KEYS[1])
if taken == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
return {taken, redis.call('PTTL', KEYS[1])}
"""


@raises_instead_of_redis_errors(StoreUnavailable)
class RateLimit:
    """So many times within a window, which begins with the first time."""

    def __init__(self, redis: Redis, name: str, most: int, window_s: float) -> None:
        self._redis, self._name, self._most = redis, name, most
        self._window_ms = int(window_s * 1000)
        self._take = redis.register_script(_TAKE)

    def take(self, who: str) -> float:
        """Count one more time. Returns 0, or in how many seconds to try again if it is too often."""
        taken, left_ms = self._take(keys=[self._key(who)], args=[self._window_ms])
        return max(left_ms, 1) / 1000 if taken > self._most else 0.0

    def give_back(self, who: str) -> None:
        """What was taken does not count after all."""
        key = self._key(who)
        if self._redis.exists(key):
            self._redis.decr(key)

    def _key(self, who: str) -> str:
        return f"inflight:limit:{self._name}:{hashlib.sha256(who.encode()).hexdigest()[:32]}"
