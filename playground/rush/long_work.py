"""Long work that one worker does for a playground: a rush, a twin.

Stored on Redis, so that every process can show and stop it. Its worker keeps it alive by
reporting; when it has not reported for a while, the work is over, and the next may begin.
"""

import json
from typing import Any

from celery import current_app
from kombu.exceptions import OperationalError
from redis import Redis

from ..bootstrap import SERVE_QUEUE
from ..storage.redis_adapter import StoreUnavailable, raises_instead_of_redis_errors
from .admission import Admission

KEPT_S = 3600
OVER = ("done", "stopped", "failed")
# A task that no worker has taken within this time is dropped by Celery.
TASK_EXPIRES_S = 30
# A worker reports a few times a second; for this long it may be busy or paused.
REPORTS_WITHIN_S = 8.0

# KEYS: the work, its sign of life. ARGV: run, progress, ms until the sign of life is gone.
_REPORT = """
if redis.call('HGET', KEYS[1], 'run') ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'progress', ARGV[2])
redis.call('SET', KEYS[2], 1, 'PX', ARGV[3])
return 1
"""
_STOP = """
return redis.call('EXISTS', KEYS[1]) == 1 and redis.call('HSET', KEYS[1], 'stop', 1)
"""


class NoWorkerTold(Exception):
    """Celery's broker is away, so no worker hears of the work. It counts as failed."""

    def __init__(self) -> None:
        super().__init__("no worker could be told: Celery's broker is away")


def tell_a_worker(task: str, playground: str) -> None:
    """Send the task that carries the work out.  Raises NoWorkerTold."""
    try:
        current_app.send_task(task, (playground,), queue=SERVE_QUEUE, expires=TASK_EXPIRES_S)
    except OperationalError:
        raise NoWorkerTold from None


@raises_instead_of_redis_errors(StoreUnavailable)
class LongWork:
    """One piece of work of a kind ("rush") for each playground. Methods raise StoreUnavailable."""

    def __init__(self, redis: Redis, kind: str, playground: str) -> None:
        self._redis, self._admission = redis, Admission(redis)
        self.key = f"inflight:{playground}:{kind}"
        self._holder = playground if kind == "rush" else f"{playground}:{kind}"
        self._report = redis.register_script(_REPORT)
        self._stop = redis.register_script(_STOP)

    def reserve(self, rate: int, *, ends: float, now: float) -> None:
        """Reserve capacity until a worker must have taken it, then for as long as it reports.

        `ends` and `now` are in unix seconds. Raises AlreadyReserved, ServerIsFull.
        """
        taken_within_s = TASK_EXPIRES_S + REPORTS_WITHIN_S
        self._admission.reserve(self._holder, rate, ends=ends, now=now, alive_s=taken_within_s)

    def give_up(self) -> None:
        """Release the reservation."""
        self._admission.release(self._holder)

    def begin(self, run: str, fields: dict[str, str]) -> None:
        """Store it as waiting, in place of an earlier one. `fields`: what `read` returns."""
        values: dict[Any, Any] = {**fields, "run": run, "progress": '{"state":"waiting"}'}
        pipeline: Any = self._redis.pipeline()
        pipeline.delete(self.key)
        pipeline.hset(self.key, mapping=values)
        pipeline.expire(self.key, KEPT_S)
        pipeline.execute()

    def claim(self, run: str) -> bool:
        """True for one worker: a task may be delivered twice."""
        return bool(self._redis.set(f"{self.key}:{run}:taken", 1, nx=True, ex=KEPT_S))

    def report(self, run: str, progress: dict[str, Any]) -> None:
        """Store the progress, unless another run has begun; release the reservation at the end."""
        text = json.dumps(progress, separators=(",", ":"))
        keys, alive_ms = (
            [self.key, self._admission.alive_key(self._holder)],
            REPORTS_WITHIN_S * 1000,
        )
        is_ours = self._report(keys=keys, args=[run, text, int(alive_ms)])
        if is_ours and progress["state"] in OVER:
            self.give_up()

    def stop(self) -> None:
        self._stop(keys=[self.key])

    def is_stopped(self, run: str) -> bool:
        """Whether this run was stopped, or another one has begun, or it was deleted."""
        stop, newest = self._redis.hmget(self.key, "stop", "run")
        return bool(stop) or newest != run.encode()

    def read(self) -> dict[str, Any]:
        """The fields, and `progress` as its worker reported it; empty if there is none.

        If its worker is gone, the state is failed, with the reason.
        """
        stored: Any = self._redis.hgetall(self.key)
        fields: dict[str, Any] = {name.decode(): text for name, text in stored.items()}
        if "progress" not in fields:
            return {}
        progress = json.loads(fields["progress"])
        if progress["state"] not in OVER and not self._admission.is_alive(self._holder):
            waits = progress["state"] == "waiting"
            reason = "no worker has begun it" if waits else "its worker has gone"
            progress |= {"state": "failed", "reason": reason}
        return fields | {"progress": progress}
