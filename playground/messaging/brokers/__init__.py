"""Adapters of the EventBroker port, a file each. A new one is a file and a line in the table."""

from collections.abc import Callable

from redis import Redis

from ...company.ports import Clock, EventBroker
from .redis_streams.broker import RedisStreamsBroker

BROKERS: dict[str, Callable[[Redis, Clock], EventBroker]] = {
    "redis-streams": RedisStreamsBroker,
}
