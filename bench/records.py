"""The cost of records against bare XADDs, and of Celery tasks per message in a rush."""

import time
from dataclasses import dataclass

from redis import Redis

from playground.company.trace import Span
from playground.flow.recorder import Recorder
from playground.flow.records import Kind
from playground.flow.redis_log import RedisFlowLog
from playground.handling.clock import SystemClock
from tests.stack import Stack, until

STEP = 9  # records that an order's outermost steps flush at once
SPAN = Span("f" * 12, "f" * 32, "f" * 16)


@dataclass(frozen=True)
class Cost:
    ours_us: float  # per record: made, encoded, and in the stream
    bare_us: float  # per XADD of as many bytes, in pipelines of the same length

    @property
    def ratio(self) -> float:
        return self.ours_us / self.bare_us


def cost(stack: Stack, count: int) -> Cost:
    redis = Redis.from_url((stack.data_dir / "redis.url").read_text())
    clock = SystemClock()
    recorder = Recorder(RedisFlowLog(redis), "bench", clock)
    started = time.perf_counter()
    for n in range(count):
        recorder.add(
            SPAN, Kind.DELIVER, "OrderPlaced", source="broker", target="notification",
            style="text", message="f" * 16, attempt=1, wait_ms=12.5, data={"n": n},
        )  # fmt: skip
        if n % STEP == STEP - 1:
            recorder.flush()
    recorder.flush()
    ours_s = time.perf_counter() - started

    text = b"f" * 330
    started = time.perf_counter()
    for _ in range(count // STEP):
        pipeline = redis.pipeline(transaction=False)
        for _ in range(STEP):
            pipeline.xadd("bench:bare", {"r": text}, maxlen=20_000, approximate=True)
        pipeline.execute()
    bare_s = time.perf_counter() - started
    redis.delete("bench:bare")
    RedisFlowLog(redis).delete("bench")
    return Cost(ours_s / count * 1e6, bare_s / count * 1e6)


def tasks_per_1000_messages(stack: Stack, rate: int, seconds: int) -> float:
    """Celery tasks that a rush of orders costs, service times as built."""
    script = stack.script()
    before = _tasks(stack)
    plan = {"action": "order", "rate": rate, "seconds": seconds}
    answer = script("POST", "/api/playground/rush", plan)
    assert answer.status_code == 202, answer.text
    until(lambda: _accepted(script) == rate * seconds, "all have come", 60)
    until(script.has_settled, "settled", 300)
    messages = 5 * rate * seconds  # three for OrderPlaced, and the two that follow
    return (_tasks(stack) - before) / messages * 1000


def _accepted(script: object) -> int:
    progress = script("GET", "/api/playground/rush").json()  # type: ignore[operator]
    return int(progress["accepted"])


def _tasks(stack: Stack) -> int:
    """How many `serve` tasks the worker has begun since it started."""
    from celery import Celery

    app = Celery(broker=(stack.data_dir / "redis.url").read_text())
    stats = app.control.inspect(timeout=3).stats() or {}
    return sum(one["total"].get("playground.serve", 0) for one in stats.values())
