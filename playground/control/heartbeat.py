"""Workers say every second that they live; health checks and learners are told."""

from typing import Any

from redis import Redis

_KEY = "inflight:workers"
# A worker that has been silent for so long is gone, not late.
FORGOTTEN_AFTER_S = 60.0
LATE_AFTER_S = 5.0


def beat(redis: Redis, worker: str, now: float) -> None:
    redis.hset(_KEY, worker, str(now))


def ages(redis: Redis, now: float) -> dict[str, float]:
    """Seconds since each worker's last beat, by the worker's name."""
    beats: Any = redis.hgetall(_KEY)
    silent_for = {name.decode(): max(0.0, now - float(at)) for name, at in beats.items()}
    gone = [name for name, age in silent_for.items() if age > FORGOTTEN_AFTER_S]
    if gone:
        redis.hdel(_KEY, *gone)
    return {name: age for name, age in silent_for.items() if name not in gone}


def worker_ages() -> dict[str, float]:
    """The same with this process's own Redis and clock.  Raises RedisError."""
    from ..bootstrap import redis_client, runtime

    return ages(redis_client(), runtime().clock.now())
