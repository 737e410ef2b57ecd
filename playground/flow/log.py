"""The flow log on Redis: a capped stream per playground.

A record's id is its stream id, strictly increasing, and so the cursor at which a
reader can go on.
"""

from collections.abc import Sequence
from typing import Any

from redis import Redis

from .records import Record, decode, encode

KEPT_RECORDS = 5000
BEGINNING = "0-0"

# Entries are trimmed in whole blocks ("~"), so a little more than KEPT_RECORDS stay.


def stream_key(playground: str) -> str:
    return f"inflight:{playground}:log"


def append_to(pipeline: Any, playground: str, records: Sequence[Record]) -> None:
    """Queue the records on a pipeline, so that a step costs one round trip."""
    key = stream_key(playground)
    for record in records:
        pipeline.xadd(key, {"r": encode(record)}, maxlen=KEPT_RECORDS, approximate=True)


class RedisFlowLog:
    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    def append(self, playground: str, records: Sequence[Record]) -> None:
        if records:
            pipeline = self._redis.pipeline(transaction=False)
            append_to(pipeline, playground, records)
            pipeline.execute()

    def read(self, playground: str, after: str = BEGINNING, limit: int = 500) -> list[Record]:
        entries: Any = self._redis.xrange(stream_key(playground), f"({after}", "+", count=limit)
        return [decode(entry_id.decode(), fields[b"r"]) for entry_id, fields in entries]

    def last(self, playground: str) -> str:
        """The cursor of the newest record; BEGINNING if there is none."""
        newest: Any = self._redis.xrevrange(stream_key(playground), count=1)
        return newest[0][0].decode() if newest else BEGINNING

    def forget(self, playground: str) -> None:
        self._redis.delete(stream_key(playground))
