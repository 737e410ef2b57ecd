"""Wiring, in one place: which broker, log, clock and Redis this process works with.

Nothing else constructs an adapter. Tests build a Runtime of other parts.
"""

import os
from functools import cache
from random import Random

from celery import current_app
from django.conf import settings
from redis import Redis

from .calls.breaker_store import RedisBreakers
from .calls.callees import Callees
from .faults.switching import HitCounter
from .flow.log import RedisFlowLog
from .handling.clock import SystemClock
from .handling.runtime import Runtime
from .messaging.batch_writer import SequentialBatchWriter
from .messaging.brokers import BROKERS
from .messaging.brokers.redis_streams.batch_writer import RedisBatchWriter
from .messaging.brokers.redis_streams.broker import RedisStreamsBroker
from .messaging.doorbell import RedisDoorbell, RedisReplicaSlots
from .messaging.outbox import BatchingOutbox
from .workers.killable import CeleryKillableWorkers

SERVE_QUEUE, KILLABLE_QUEUE = "serve", "killable"


# One for each thread that carries (256 requests, 512 callees, and a worker's), and those that
# are borrowed for a command. redis-py's own bound is 100.
MOST_CONNECTIONS = 2_000


@cache
def redis_client() -> Redis:
    return Redis.from_url(
        settings.REDIS_URL, socket_timeout=5.0, socket_connect_timeout=1.0,
        health_check_interval=15, max_connections=MOST_CONNECTIONS,
    )  # fmt: skip


@cache
def runtime() -> Runtime:
    redis, clock = redis_client(), SystemClock()
    log, bell = RedisFlowLog(redis), RedisDoorbell(redis, _start_serving)
    broker = BROKERS[settings.EVENT_BROKER](redis, clock)
    is_on_redis = isinstance(broker, RedisStreamsBroker)
    return Runtime(
        broker=broker,
        log=log,
        clock=clock,
        bell=bell,
        batch_writer=RedisBatchWriter(redis, clock, bell)
        if is_on_redis
        else SequentialBatchWriter(log, broker, bell),
        slots=RedisReplicaSlots(redis),
        outbox=BatchingOutbox(clock),
        hits=HitCounter(redis),
        breakers=RedisBreakers(redis),
        killable_workers=CeleryKillableWorkers(_send_to_killable),
        callees=Callees(),
        chance=_chance(),
    )


def _chance() -> Random:
    """For ids and jitter; nothing here has to be hard to guess. The system's own generator
    takes a system call for each, at which a thread may have to wait for the interpreter.
    """
    chance = Random()
    os.register_at_fork(after_in_child=chance.seed)  # or two processes would give the same ids
    return chance


def _start_serving(playground: str, service: str) -> None:
    current_app.send_task("playground.serve", (playground, service), queue=SERVE_QUEUE)


def _send_to_killable(task: str, *arguments: object) -> None:
    # Nobody may be killed for a message of long ago.
    current_app.send_task(task, arguments, queue=KILLABLE_QUEUE, expires=10)
