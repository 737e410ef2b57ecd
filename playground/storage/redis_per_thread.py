"""One Redis client per thread, each with its own connection.

For the hottest path: redis-py's pool takes time at every command to lend a connection and
take it back (docs/benchmarks.md).
"""

import os
import threading

from redis import Redis
from redis.connection import AbstractConnection
from redis.exceptions import RedisError


class PerThread(threading.local):
    def __init__(self, redis: Redis) -> None:  # threading.local calls this once per thread
        self._shared = redis
        self._process = 0

    def client(self) -> Redis:
        """This thread's client, connected.  Raises RedisError if it cannot connect."""
        if (
            self._process != os.getpid()
        ):  # first use in this thread, or a forked child, which must not share it
            self._own, self._process = self._shared.client(), os.getpid()
        assert self._own.connection
        if _has_ended(self._own.connection):
            self._own.connection.disconnect()
            self._own.connection.connect()
        return self._own


def _has_ended(connection: AbstractConnection) -> bool:
    """Whether the server has closed the connection: then it is readable though no command is open.

    Checked before each use, because a command that is repeated after a failure may run twice.
    """
    try:
        return not connection.is_connected or bool(connection.can_read())
    except (RedisError, OSError):
        return True
