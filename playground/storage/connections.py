"""Give a pooled database connection back before waiting; which errors mean there is none."""

import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from django.db import InterfaceError, OperationalError, close_old_connections, connection

# The database is away, too slow, or locked for too long. Nothing of the open transaction is stored.
DATABASE_UNAVAILABLE = (OperationalError, InterfaceError)

# A request's statements take a few milliseconds altogether; a second or two if two hundred
# requests are at work at once.
MOST_SECONDS = 8.0


class _TimeLimit:
    """An execute wrapper of Django's that makes no further statement once the time is spent."""

    def __init__(self) -> None:
        self._spent_s = 0.0

    def __call__(self, execute: Callable[..., Any], *statement: Any) -> Any:
        if self._spent_s > MOST_SECONDS:
            raise OperationalError(f"the statements so far took {self._spent_s:.1f} s")
        started = time.monotonic()
        try:
            return execute(*statement)
        finally:
            self._spent_s += time.monotonic() - started


def database_time_limit() -> AbstractContextManager[Any]:
    """Inside, this thread's statements may take MOST_SECONDS altogether.

    The next one raises OperationalError: somebody waits for the answer, and a database that
    takes seconds for a statement would make him wait for all of them.
    """
    return connection.execute_wrapper(_TimeLimit())


def give_back_connection() -> None:
    """Return this thread's connection to the pool, unless a transaction is open in it.

    On PostgreSQL hundreds of threads share a few connections. A thread that kept its
    connection while it waits for another thread, which needs one to go on, could wait for
    ever: call this before every wait. On SQLite, where each thread has a connection of its
    own (CONN_MAX_AGE), it does nothing.
    """
    if not connection.in_atomic_block:
        close_old_connections()
