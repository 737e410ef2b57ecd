"""The broker on Redis Streams, and its batch writer.

Records, queues and doorbells are on one Redis, so one script can write everything of a step.
"""

from .. import BrokerParts, Surroundings
from .batch_writer import RedisBatchWriter
from .broker import RedisStreamsBroker


def make(surroundings: Surroundings) -> BrokerParts:
    return BrokerParts(
        RedisStreamsBroker(surroundings.redis, surroundings.clock),
        RedisBatchWriter(surroundings.redis, surroundings.clock, surroundings.doorbell),
    )
