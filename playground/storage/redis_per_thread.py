"""A Redis client for each thread, with a connection that is its own.

For the hottest path: to borrow a connection from redis-py's pool and to give it back is
work for each command, which an order does not have to pay for (docs/benchmarks.md).
"""

import os
import threading

from redis import Redis
from redis.connection import AbstractConnection
from redis.exceptions import RedisError


class PerThread(threading.local):
    def __init__(self, redis: Redis) -> None:  # once for each thread
        self._shared = redis
        self._process = 0

    def client(self) -> Redis:
        """This thread's own, connected.  Raises RedisError if it cannot be."""
        if self._process != os.getpid():  # its first time here; a fork may not share, either
            self._own, self._process = self._shared.client(), os.getpid()
        assert self._own.connection
        if _has_ended(self._own.connection):
            self._own.connection.disconnect()
            self._own.connection.connect()
        return self._own


def _has_ended(connection: AbstractConnection) -> bool:
    """Asked before it is used: a command that was repeated after it had begun might be done
    twice. There is nothing to read from a sound one, as nobody has asked for anything."""
    try:
        return not connection.is_connected or bool(connection.can_read())
    except (RedisError, OSError):
        return True
