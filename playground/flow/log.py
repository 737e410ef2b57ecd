"""The flow log on Redis: a capped stream per playground.

A record's id is its stream id, strictly increasing, and so the cursor at which a
reader can go on.
"""

from collections.abc import Sequence
from typing import Any

from redis import Redis

from .promises import Promise, promises_key
from .records import Record, decode, encode

KEPT_RECORDS = 5000
BEGINNING = "0-0"

# Entries are trimmed in whole blocks ("~"), so a little more than KEPT_RECORDS stay.
# One command for all records of a step: a command each costs the client twice as much.
# The first promise about a subject counts; a repeated answer is no second one.
_APPEND = f"""
local promised = 2 * tonumber(ARGV[1])
for i = 2, promised, 2 do redis.call('HSETNX', KEYS[2], ARGV[i], ARGV[i + 1]) end
for i = promised + 2, #ARGV do
  redis.call('XADD', KEYS[1], 'MAXLEN', '~', {KEPT_RECORDS}, '*', 'r', ARGV[i])
end
"""
# More arguments than Lua has room for would be refused.
MOST_AT_ONCE = 1000


def stream_key(playground: str) -> str:
    return f"inflight:{playground}:log"


class RedisFlowLog:
    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._append = redis.register_script(_APPEND)

    def append(
        self, playground: str, records: Sequence[Record], promises: Sequence[Promise] = ()
    ) -> None:
        keys = [stream_key(playground), promises_key(playground)]
        noted = [text for p in promises for text in (p.subject, p.as_text())]
        count = len(promises)
        for start in range(0, len(records), MOST_AT_ONCE):
            some = records[start : start + MOST_AT_ONCE]
            self._append(keys=keys, args=[count, *noted, *map(encode, some)])
            count, noted = 0, []

    def read(self, playground: str, after: str = BEGINNING, limit: int = 500) -> list[Record]:
        entries: Any = self._redis.xrange(stream_key(playground), f"({after}", "+", count=limit)
        return [decode(entry_id.decode(), fields[b"r"]) for entry_id, fields in entries]

    def last(self, playground: str) -> str:
        """The cursor of the newest record; BEGINNING if there is none."""
        newest: Any = self._redis.xrevrange(stream_key(playground), count=1)
        return newest[0][0].decode() if newest else BEGINNING

    def forget(self, playground: str) -> None:
        self._redis.delete(stream_key(playground))
