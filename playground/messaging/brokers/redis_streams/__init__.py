"""The broker on Redis Streams, and the batch writer that it makes possible.

Records, queues and doorbells are on one Redis, so one script writes all that a step sends.
"""

from .. import BrokerParts, Surroundings
from .batch_writer import RedisBatchWriter
from .broker import RedisStreamsBroker


def make(surroundings: Surroundings) -> BrokerParts:
    return BrokerParts(
        RedisStreamsBroker(surroundings.redis, surroundings.clock),
        RedisBatchWriter(surroundings.redis, surroundings.clock, surroundings.doorbell),
    )
