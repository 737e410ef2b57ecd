"""Short write transactions. On SQLite, which allows one writer, they queue for a lock of ours."""

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
    """A short transaction that writes. Do no slow work in it: on SQLite all writers wait for it."""
    with _lock(), transaction.atomic():
        yield


def _lock() -> AbstractContextManager[Any]:
    """On SQLite, a lock among threads and one among processes; elsewhere none.

    SQLite makes waiting writers sleep in growing steps, up to a tenth of a second for a
    transaction of less than a millisecond. Our locks wake the next writer at once
    (measured in docs/benchmarks.md).
    """
    return writers_wait() if connection.vendor == "sqlite" else nullcontext()


@contextmanager
def writers_wait() -> Iterator[None]:
    """Make all other `write_transaction`s wait, in this process and in others."""
    with _in_this_process:
        lock = _lock_file()
        fcntl.flock(lock, fcntl.LOCK_EX)  # the system releases it if this process dies
        try:
            yield
        finally:
            fcntl.flock(lock, fcntl.LOCK_UN)


@cache
def _lock_file() -> IO[bytes]:
    path: Path = settings.DATA_DIR / "write.lock"
    path.parent.mkdir(parents=True, exist_ok=True)
    return path.open("wb")
