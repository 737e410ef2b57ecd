"""SQLite's write-ahead log, copied back into the database beside the work, not within it.

By default the connection whose commit makes the log longer than 1000 pages copies them back
before it goes on, and every other writer waits for it: four times a second under load, some
20 ms each. A passive checkpoint keeps neither readers nor writers waiting
(https://www.sqlite.org/c3ref/wal_checkpoint_v2.html); a thread makes one each second in
which something was written. What it saves is in docs/benchmarks.md.
"""

import logging
import sqlite3
import time
from pathlib import Path
from threading import Thread

from django.db import connection

from playground.storage.write_lock import writers_wait

logger = logging.getLogger(__name__)

PAUSE_S = 1.0
LONG = 2000  # pages; from here on the log is begun anew, for which all of it must be copied


class Checkpointer:
    """Looks after the log of one database file."""

    def __init__(self, database: Path) -> None:
        self._database = database
        self._log = database.with_name(f"{database.name}-wal")
        self._copied: object = None  # the log's state when all of it was copied

    def look(self) -> int:
        """Copy back what has not been copied yet. Returns the pages in the log.

        What a reader holds up stays for the next time.  Raises sqlite3.Error, OSError.
        """
        if not self._log.exists() or self._state() == self._copied:
            return 0
        state = self._state()
        connection = sqlite3.connect(self._database, timeout=0)
        try:
            pages, copied = _checkpoint(connection)
            if pages >= LONG:
                _checkpoint(connection)  # what was written during the first, so that
                with writers_wait():  # the others wait for a few pages only
                    pages, copied = _checkpoint(connection)
        finally:
            connection.close()
        if copied == pages >= 0:
            self._copied = state
        return pages

    def _state(self) -> tuple[int, int]:
        status = self._log.stat()
        return status.st_mtime_ns, status.st_size


def _checkpoint(connection: sqlite3.Connection) -> tuple[int, int]:
    """The pages in the log, and those that are copied; -1 both if somebody else is at it."""
    _is_busy, pages, copied = connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
    return pages, copied


def checkpoint_in_background() -> None:
    """For the life of this process, if its database is SQLite."""
    if connection.vendor == "sqlite":
        checkpointer = Checkpointer(Path(connection.settings_dict["NAME"]))
        Thread(target=_run, args=(checkpointer,), name="checkpoints", daemon=True).start()


def _run(checkpointer: Checkpointer) -> None:
    while True:
        time.sleep(PAUSE_S)
        try:
            checkpointer.look()
        except (sqlite3.Error, OSError) as error:
            logger.warning("no checkpoint this time: %s", error)
        except Exception:
            logger.exception("the checkpoints have a fault of their own; they go on")
