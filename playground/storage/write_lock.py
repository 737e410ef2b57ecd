"""Short write transactions, one after the other where the database lets only one in."""

import fcntl
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import cache
from pathlib import Path
from threading import Lock
from typing import IO, Any

from django.conf import settings
from django.db import connection, transaction

_in_this_process = Lock()


@contextmanager
def write_transaction() -> Iterator[None]:
    """A short transaction that writes. Keep everything else out of it."""
    with _turn(), transaction.atomic():
        yield


def _turn() -> AbstractContextManager[Any]:
    """SQLite lets one writer in, and makes the others sleep in steps that grow: up to a
    tenth of a second for a transaction of less than a millisecond. So writers queue for
    locks that wake them at once, among threads and then among processes; it doubles the
    throughput and halves the answers' p99 (docs/benchmarks.md).
    """
    return writers_wait() if connection.vendor == "sqlite" else nullcontext()


@contextmanager
def writers_wait() -> Iterator[None]:
    """No other short transaction writes meanwhile, in this process or in another."""
    with _in_this_process:
        lock = _lock_file()
        fcntl.flock(lock, fcntl.LOCK_EX)  # the system frees it if we die
        try:
            yield
        finally:
            fcntl.flock(lock, fcntl.LOCK_UN)


@cache
def _lock_file() -> IO[bytes]:
    path: Path = settings.DATA_DIR / "write.lock"
    path.parent.mkdir(parents=True, exist_ok=True)
    return path.open("wb")
