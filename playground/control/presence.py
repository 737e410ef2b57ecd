"""Presence: which playgrounds have open sockets, in all web processes together."""

import os
import socket
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..bootstrap import parts, redis_client
from ..storage.redis_adapter import StoreUnavailable, raises_instead_of_redis_errors

_KEY = "inflight:present"
_PROCESS = f"{socket.gethostname()}-{os.getpid()}"
# Each web process reports its sockets every second.
GONE_AFTER_S = 5.0


@dataclass(frozen=True, slots=True)
class Present:
    playground: str  # its key
    sockets: int
    last_seen: float  # unix seconds


@raises_instead_of_redis_errors(StoreUnavailable)
def report(sockets: Mapping[str, int], now: float) -> None:
    """Report how many sockets this process has open for each playground, by its key.

    `now` is in unix seconds.
    """
    if sockets:
        values: dict[Any, Any] = {
            f"{pg} {_PROCESS}": f"{now} {count}" for pg, count in sockets.items()
        }
        redis_client().hset(_KEY, mapping=values)


@raises_instead_of_redis_errors(StoreUnavailable)
def live_playgrounds() -> list[Present]:
    """The playgrounds with an open socket now, sorted by key."""
    redis, now = redis_client(), parts().clock.now()
    entries: Any = redis.hgetall(_KEY)
    counts: dict[str, int] = defaultdict(int)
    seen: dict[str, float] = {}
    gone = []
    for field, value in entries.items():
        at, count = value.decode().split(" ")
        playground = field.decode().split(" ")[0]
        if abs(now - float(at)) > GONE_AFTER_S:  # ahead, if the clock has been set back since
            gone.append(field)
        else:
            counts[playground] += int(count)
            seen[playground] = max(seen.get(playground, 0.0), float(at))
    if gone:
        redis.hdel(_KEY, *gone)
    return [Present(pg, counts[pg], seen[pg]) for pg in sorted(seen) if counts[pg]]
