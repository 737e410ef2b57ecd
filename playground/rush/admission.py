"""Admission for customers: all rushes and twins of this server together may come only so fast."""

from typing import Any

from redis import Redis

# Beyond it nobody would measure anything but the server.
MAX_RATE_OF_ALL = 200
_KEY = "inflight:rushes"

_TAKE = """
local busy = 0
for _, rush in ipairs(redis.call('HVALS', KEYS[1])) do
  local rate, ends = string.match(rush, '^(%d+) ([%d.]+)$')
  if tonumber(ends) > tonumber(ARGV[3]) then busy = busy + tonumber(rate) end
end
local mine = redis.call('HGET', KEYS[1], ARGV[1])
if mine then
  local _, ends = string.match(mine, '^(%d+) ([%d.]+)$')
  if tonumber(ends) > tonumber(ARGV[3]) then return 'running' end
end
if busy + tonumber(ARGV[2]) > tonumber(ARGV[5]) then return 'full' end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2] .. ' ' .. ARGV[4])
return 'begun'
"""


class AlreadyReserved(Exception):
    """Whoever asks has a place and has not given it back."""


class ServerIsFull(Exception):
    """The rushes and twins of others leave no room for this one."""


class Admission:
    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._take = redis.register_script(_TAKE)

    def take(self, who: str, rate: int, *, ends: float, now: float) -> None:
        """So many actions a second until `ends`.  Raises AlreadyReserved, ServerIsFull."""
        outcome: Any = self._take(keys=[_KEY], args=[who, rate, now, ends, MAX_RATE_OF_ALL])
        if outcome == b"running":
            raise AlreadyReserved
        if outcome == b"full":
            raise ServerIsFull

    def leave(self, who: str) -> None:
        self._redis.hdel(_KEY, who)
