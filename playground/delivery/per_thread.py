"""A Redis client for each thread, with a connection that is its own.

For the hottest path: to borrow a connection from redis-py's pool and to give it back costs
the client half as much as the command itself (docs/benchmarks.md).
"""

import os
import threading

from redis import Redis
from redis.exceptions import RedisError


class PerThread(threading.local):
    def __init__(self, redis: Redis) -> None:  # once for each thread
        self._shared = redis
        self._process = 0

    def client(self) -> Redis:
        """This thread's own.  Raises RedisError if a connection has to be made and cannot."""
        if self._process != os.getpid():  # its first time here; a fork may not share, either
            self._own, self._process = self._shared.client(), os.getpid()
        _open_again_if_closed(self._own)
        return self._own


def _open_again_if_closed(client: Redis) -> None:
    """Before it is used: a command that has begun might be done twice if it were repeated."""
    connection = client.connection
    assert connection
    try:
        is_closed = connection.can_read()  # nobody has asked for anything: it is the end
    except (RedisError, OSError):
        is_closed = True
    if is_closed:
        connection.disconnect()
