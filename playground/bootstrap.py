"""Wiring, in one place: which broker, log, clock and Redis this process works with.

Nothing else constructs an adapter. Tests build a Runtime of other parts.
"""

from functools import cache
from random import SystemRandom

from django.conf import settings
from redis import Redis

from .brokers import BROKERS
from .delivery.callees import Callees
from .delivery.clock import SystemClock
from .delivery.doorbell import RedisBell, RedisSlots
from .delivery.faults import HitCounter
from .delivery.outbox import BatchingOutbox
from .delivery.runtime import Runtime
from .flow.log import RedisFlowLog


@cache
def redis_client() -> Redis:
    return Redis.from_url(
        settings.REDIS_URL, socket_timeout=5.0, socket_connect_timeout=1.0, health_check_interval=15
    )


@cache
def runtime() -> Runtime:
    redis, clock = redis_client(), SystemClock()
    return Runtime(
        broker=BROKERS[settings.EVENT_BROKER](redis, clock),
        log=RedisFlowLog(redis),
        clock=clock,
        bell=RedisBell(redis, _start_serving),
        slots=RedisSlots(redis),
        outbox=BatchingOutbox(clock),
        hits=HitCounter(redis),
        callees=Callees(),
        chance=SystemRandom(),
    )


def _start_serving(playground: str, service: str) -> None:
    from .tasks import serve  # the task itself needs a runtime

    serve.delay(playground, service)
