"""The flow log on Redis: a capped stream and a hash of promises for each playground.

A record's id is its stream id, which increases strictly, so readers use it as their cursor.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from redis import Redis
from redis import asyncio as aioredis
from redis.exceptions import RedisError

from ..bounds import KEPT_RECORDS
from ..storage.redis_adapter import StoreUnavailable, raises_instead_of_redis_errors, what_is_wrong
from .log import BEGINNING
from .promises import Promise
from .records import Record, decode, encode

Entry = tuple[str, bytes]  # cursor, encoded record

# Redis trims whole blocks of entries ("~"), so it keeps a few more than KEPT_RECORDS.
# One command stores all records of a step: one per record costs the client twice as much time.
_APPEND = f"""
local promised = 2 * tonumber(ARGV[1])
for i = 2, promised, 2 do redis.call('HSETNX', KEYS[2], ARGV[i], ARGV[i + 1]) end
for i = promised + 2, #ARGV do
  redis.call('XADD', KEYS[1], 'MAXLEN', '~', {KEPT_RECORDS}, '*', 'r', ARGV[i])
end
"""
# Lua accepts a few thousand arguments at most.
MOST_AT_ONCE = 1000


def stream_key(playground: str) -> str:
    return f"inflight:{playground}:log"


def promises_key(playground: str) -> str:
    return f"inflight:{playground}:promised"


@raises_instead_of_redis_errors(StoreUnavailable)
class RedisFlowLog:
    """The FlowLog port."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._append = redis.register_script(_APPEND)

    def append(
        self, playground: str, records: Sequence[Record], promises: Sequence[Promise] = ()
    ) -> None:
        keys = [stream_key(playground), promises_key(playground)]
        promised = [text for p in promises for text in (p.subject, p.as_text())]
        count = len(promises)
        # Once at least if there are promises, which may come without a record.
        for start in range(0, max(len(records), min(count, 1)), MOST_AT_ONCE):
            batch = records[start : start + MOST_AT_ONCE]
            self._append(keys=keys, args=[count, *promised, *map(encode, batch)])
            count, promised = 0, []

    def read(self, playground: str, after: str = BEGINNING, limit: int = 500) -> list[Record]:
        entries: Any = self._redis.xrange(stream_key(playground), f"({after}", "+", count=limit)
        return [decode(entry_id.decode(), fields[b"r"]) for entry_id, fields in entries]

    def last(self, playground: str) -> str:
        newest: Any = self._redis.xrevrange(stream_key(playground), count=1)
        return newest[0][0].decode() if newest else BEGINNING

    def promises(self, playground: str) -> list[Promise]:
        stored: Any = self._redis.hgetall(promises_key(playground))
        return [Promise.of(subject.decode(), text) for subject, text in stored.items()]

    def delete(self, playground: str) -> None:
        self._redis.delete(stream_key(playground), promises_key(playground))


class RedisLogTail:
    """The same log, read on an event loop as it grows. Every method raises StoreUnavailable."""

    def __init__(self, redis: aioredis.Redis) -> None:
        self._redis: Any = redis

    async def newer(
        self, positions: Mapping[str, str], *, limit: int, wait_ms: int
    ) -> dict[str, list[Entry]]:
        """Up to `limit` entries after each playground's position, by playground.

        One command; waits up to `wait_ms` until there is an entry. A playground without new
        entries is missing from the answer.
        """
        names = {stream_key(playground): playground for playground in positions}
        after = {stream_key(playground): cursor for playground, cursor in positions.items()}
        answer = await _store(self._redis.xread(after, count=limit, block=wait_ms))
        return {names[key.decode()]: _entries(raw) for key, raw in answer}

    async def after(self, playground: str, cursor: str, limit: int) -> list[Entry]:
        """Up to `limit` entries after the cursor, oldest first."""
        key = stream_key(playground)
        return _entries(await _store(self._redis.xrange(key, f"({cursor}", "+", count=limit)))

    async def last(self, playground: str) -> str:
        """The cursor of the newest entry; BEGINNING if there is none."""
        newest = await _store(self._redis.xrevrange(stream_key(playground), count=1))
        return newest[0][0].decode() if newest else BEGINNING

    async def before_newest(self, playground: str, count: int) -> str:
        """The cursor before the newest `count` entries; BEGINNING if the log has no more than these."""
        recent = await _store(self._redis.xrevrange(stream_key(playground), count=count + 1))
        return recent[-1][0].decode() if len(recent) > count else BEGINNING

    async def holds(self, playground: str, cursor: str) -> bool:
        """Whether the log still holds the entry at this cursor."""
        return bool(await _store(self._redis.xrange(stream_key(playground), cursor, cursor)))

    async def oldest(self, playground: str) -> str:
        """The cursor of the oldest entry that the log holds; BEGINNING if there is none."""
        oldest = await _store(self._redis.xrange(stream_key(playground), count=1))
        return oldest[0][0].decode() if oldest else BEGINNING

    async def disconnect(self) -> None:
        """Close idle connections: after a failure they are probably broken, too."""
        await self._redis.connection_pool.disconnect(inuse_connections=False)


async def _store(command: Any) -> Any:
    try:
        return await command
    except RedisError as cause:
        raise StoreUnavailable(what_is_wrong(cause)) from cause


def _entries(raw: Any) -> list[Entry]:
    return [(cursor.decode(), fields[b"r"]) for cursor, fields in raw]
