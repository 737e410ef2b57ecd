"""Admission: limits how many customers all rushes and twins of this server send together."""

from typing import Any

from redis import Redis

from ..storage.redis_adapter import StoreUnavailable, raises_instead_of_redis_errors

# Customers per second. A faster rush would measure the server, not the design.
MAX_RATE_OF_ALL = 200
_KEY = "inflight:rushes"

_RESERVE = """
local busy = 0
for _, rush in ipairs(redis.call('HVALS', KEYS[1])) do
  local rate, ends = string.match(rush, '^(%d+) ([%d.]+)$')
  if tonumber(ends) > tonumber(ARGV[3]) then busy = busy + tonumber(rate) end
end
local held = redis.call('HGET', KEYS[1], ARGV[1])
if held then
  local _, ends = string.match(held, '^(%d+) ([%d.]+)$')
  local is_alive = redis.call('EXISTS', KEYS[2]) == 1
  if is_alive and tonumber(ends) > tonumber(ARGV[3]) then return 'running' end
end
if busy + tonumber(ARGV[2]) > tonumber(ARGV[5]) then return 'full' end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2] .. ' ' .. ARGV[4])
redis.call('SET', KEYS[2], 1, 'PX', ARGV[6])
return 'begun'
"""


class AlreadyReserved(Exception):
    """This playground already holds a reservation."""


class ServerIsFull(Exception):
    """The rushes and twins of other playgrounds leave no capacity for this one."""


@raises_instead_of_redis_errors(StoreUnavailable)
class Admission:
    """Reservations of capacity, on Redis. Methods raise StoreUnavailable."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._reserve = redis.register_script(_RESERVE)

    def reserve(self, holder: str, rate: int, *, ends: float, now: float, alive_s: float) -> None:
        """Reserve `rate` actions per second until `ends` (`ends` and `now` in unix seconds).

        After `alive_s` seconds without a sign of life the holder may reserve again.
        Raises AlreadyReserved, ServerIsFull.
        """
        outcome: Any = self._reserve(
            keys=[_KEY, self.alive_key(holder)],
            args=[holder, rate, now, ends, MAX_RATE_OF_ALL, int(alive_s * 1000)],
        )
        if outcome == b"running":
            raise AlreadyReserved
        if outcome == b"full":
            raise ServerIsFull

    def release(self, holder: str) -> None:
        self._redis.hdel(_KEY, holder)

    def alive_key(self, holder: str) -> str:
        """What exists in Redis while the holder is alive: to be set again with an expiry."""
        return f"inflight:{holder}:alive"

    def is_alive(self, holder: str) -> bool:
        return bool(self._redis.exists(self.alive_key(holder)))
