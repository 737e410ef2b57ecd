"""Three tasks for each order on Dramatiq, through Redis, with the middleware it comes with."""

import os

import dramatiq
from dramatiq.brokers.redis import RedisBroker

WORKER = ("dramatiq", "bench.rivals.on_dramatiq", "-p", "1", "-t", "{threads}")

broker = RedisBroker(url=os.environ["REDIS_URL"], namespace="bare-dramatiq")
dramatiq.set_broker(broker)


@dramatiq.actor
def noop(order: int) -> None:
    pass


def start_noop(order: int) -> None:
    noop.send(order)


def has_finished() -> bool:
    """A message stays in the hash `.msgs` until it is acknowledged."""
    return not broker.client.hlen("bare-dramatiq:default.msgs")
