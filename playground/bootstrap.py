"""Wiring: build the adapters of this process.

Nothing else constructs an adapter of a port. Tests build Parts of their own
(`playground/testing.py`).
"""

import os
from functools import cache, partial
from random import Random

from celery import current_app
from django.conf import settings
from redis import Redis
from redis import asyncio as aioredis
from redis.asyncio.retry import Retry as AsyncRetry
from redis.backoff import NoBackoff

from .calls.breaker_store import RedisBreakers
from .calls.callees import FairCallees
from .calls.in_process import InProcessCalls
from .faults.hits import RedisFaultHits
from .flow.redis_log import RedisFlowLog, RedisLogTail
from .handling.clock import SystemClock
from .handling.killable import CeleryKillableWorkers
from .handling.runtime import Runtime
from .messaging.batch_writer import BatchWriter
from .messaging.brokers import Surroundings, factory
from .messaging.doorbell import Doorbell, RedisDoorbell
from .messaging.in_background import InBackground
from .messaging.outbox_cleaner import BatchingCleaner, OutboxCleaner
from .messaging.parts import Parts
from .messaging.port import EventBroker
from .messaging.relay import OutboxRelay
from .messaging.replica_slots import RedisReplicaSlots
from .messaging.step_buffer import StepBuffer
from .storage.redis_adapter import (
    StoreUnavailable,
    connection_options,
    raises_instead_of_redis_errors,
)

SERVE_QUEUE, KILLABLE_QUEUE = "serve", "killable"
# Celery drops kill requests that are older than this.
KILL_EXPIRES_S = 10

# Each thread has its own connection (192 requests, 512 callees, a worker's), and commands borrow
# more from the pool. redis-py's default is 100.
MOST_CONNECTIONS = 2_000


@cache
def redis_client() -> Redis:
    """This process's client of the shared store, for stores that have no port."""
    return Redis.from_url(
        settings.REDIS_URL,
        health_check_interval=15,
        max_connections=MOST_CONNECTIONS,
        **connection_options(),
    )


@cache
def parts() -> Parts:
    """The adapters and stores of this process."""
    redis, clock = redis_client(), SystemClock()
    log, doorbell = RedisFlowLog(redis), RedisDoorbell(redis, InBackground(_start_serving))
    messaging = factory(settings.EVENT_BROKER)(Surroundings(redis, clock, log, doorbell))
    breakers, cleaner = RedisBreakers(redis), BatchingCleaner(clock)
    new_relay = partial(_relay, messaging.batch_writer, messaging.broker, doorbell, cleaner)
    runtime = Runtime(
        clock=clock,
        random=_random(),
        hits=RedisFaultHits(redis),
        killable_workers=CeleryKillableWorkers(InBackground(_send_to_killable)),
        calls=partial(InProcessCalls, breakers, FairCallees()),
        new_output=new_relay,
    )
    return Parts(
        runtime=runtime,
        broker=messaging.broker,
        log=log,
        doorbell=doorbell,
        slots=RedisReplicaSlots(redis),
        breakers=breakers,
        new_relay=new_relay,
    )


def new_log_tail(most_connections: int) -> RedisLogTail:
    """A reader of the flow log for one event loop, with a pool of its own.

    Readers beyond `most_connections` wait up to 10 s for one of them.
    """
    pool = aioredis.BlockingConnectionPool.from_url(
        settings.REDIS_URL,
        max_connections=most_connections,
        timeout=10.0,
        # The pump tries again by itself, once it has told its sockets that Redis is away.
        **(connection_options() | {"retry": AsyncRetry(NoBackoff(), 0)}),
    )
    return RedisLogTail(aioredis.Redis.from_pool(pool))


@raises_instead_of_redis_errors(StoreUnavailable)
def require_store() -> None:
    """Raises StoreUnavailable. Call it before a change that must not stop halfway."""
    redis_client().ping()


def _relay(
    writer: BatchWriter, broker: EventBroker, doorbell: Doorbell, cleaner: OutboxCleaner
) -> OutboxRelay:
    return OutboxRelay(StepBuffer(writer, cleaner), broker, doorbell, cleaner)


def _random() -> Random:
    """For ids and jitter, which need not be hard to guess.

    The operating system's generator costs a system call, and a thread may lose the interpreter
    lock at each.
    """
    random = Random()
    os.register_at_fork(
        after_in_child=random.seed
    )  # otherwise parent and child create the same ids
    return random


def _start_serving(playground: str, service: str) -> None:
    current_app.send_task("playground.serve", (playground, service), queue=SERVE_QUEUE)


def _send_to_killable(task: str, *arguments: object) -> None:
    current_app.send_task(task, arguments, queue=KILLABLE_QUEUE, expires=KILL_EXPIRES_S)
