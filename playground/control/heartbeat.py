"""Heartbeats: each worker reports twice a second; health checks and pages read the reports."""

from typing import Any

from redis import Redis

from ..bootstrap import parts, redis_client
from ..storage.redis_adapter import StoreUnavailable, raises_instead_of_redis_errors

_KEY = "inflight:workers"
LATE_AFTER_S = 5.0
# A worker that has not reported for this long is gone, not late.
GONE_AFTER_S = 60.0


@raises_instead_of_redis_errors(StoreUnavailable)
def beat(redis: Redis, worker: str, now: float) -> None:
    """Report that this worker is alive at `now` (unix seconds)."""
    redis.hset(_KEY, worker, str(now))


@raises_instead_of_redis_errors(StoreUnavailable)
def ages(redis: Redis, now: float) -> dict[str, float]:
    """Seconds since each worker's last beat, by name. Forgets workers that are gone.

    A beat in the future is as old as it is ahead: the clock has been set back since.
    """
    beats: Any = redis.hgetall(_KEY)
    silent_for = {name.decode(): abs(now - float(at)) for name, at in beats.items()}
    gone = [name for name, age in silent_for.items() if age > GONE_AFTER_S]
    if gone:
        redis.hdel(_KEY, *gone)
    return {name: age for name, age in silent_for.items() if name not in gone}


def worker_ages() -> dict[str, float]:
    """`ages` with this process's store and clock.  Raises StoreUnavailable."""
    return ages(redis_client(), parts().clock.now())
