"""Give a pooled database connection back before waiting; how long to wait for a database."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import local
from typing import Any

from django.db import InterfaceError, OperationalError, close_old_connections, connection

# The database is away, too slow, or locked for too long. Nothing of the open transaction is
# stored, unless it went away in the middle of the commit.
DATABASE_UNAVAILABLE = (OperationalError, InterfaceError)

# A request's statements take a few milliseconds altogether; a second or two if two hundred
# requests are at work at once.
MOST_SECONDS = 8.0
# A worker has more time, but not for ever: a connection that is silent may never speak again.
MOST_SECONDS_OF_A_WORKER = 30.0


class _TimeLimit:
    """How long a thread may still wait for the database."""

    def __init__(self, seconds: float) -> None:
        self._left_s = seconds
        self._waiting_since: float | None = None

    @contextmanager
    def waiting(self) -> Iterator[float]:
        """The time inside counts. Yields the seconds left; OperationalError if none are."""
        is_inner = self._waiting_since is not None  # one wait within another counts once
        started = time.monotonic() if self._waiting_since is None else self._waiting_since
        left_s = self._left_s - (time.monotonic() - started)
        if left_s <= 0:
            raise OperationalError("the database has taken too long")
        if is_inner:
            yield left_s
            return
        self._waiting_since = started
        try:
            yield left_s
        finally:
            self._waiting_since = None
            self._left_s -= time.monotonic() - started


_this_thread = local()


@contextmanager
def database_time_limit(seconds: float = MOST_SECONDS) -> Iterator[None]:
    """Inside, this thread waits for the database for so long altogether. Also a decorator.

    Then OperationalError is raised: somebody waits for the answer, and a database that takes
    seconds for a statement would make him wait for all of them. A wait for PostgreSQL ends in
    the middle (playground/storage/postgresql); after one for SQLite, which has a time-out of
    its own, no further statement is made.
    """
    outer = getattr(_this_thread, "limit", None)
    _this_thread.limit = _TimeLimit(seconds)
    try:
        with connection.execute_wrapper(_counted):
            yield
    finally:
        _this_thread.limit = outer


@contextmanager
def waiting_for_database() -> Iterator[float | None]:
    """The time inside counts towards this thread's limit.

    Yields the seconds left, or None if there is no limit. Raises OperationalError if none are
    left.
    """
    limit: _TimeLimit | None = getattr(_this_thread, "limit", None)
    if limit is None:
        yield None
        return
    with limit.waiting() as left_s:
        yield left_s


def _counted(execute: Callable[..., Any], *statement: Any) -> Any:
    with waiting_for_database():
        return execute(*statement)


def give_back_connection() -> None:
    """Return this thread's connection to the pool, unless a transaction is open in it.

    On PostgreSQL hundreds of threads share a few connections. A thread that kept its
    connection while it waits for another thread, which needs one to go on, could wait for
    ever: call this before every wait. On SQLite, where each thread has a connection of its
    own (CONN_MAX_AGE), it does nothing.
    """
    if not connection.in_atomic_block:
        close_old_connections()
