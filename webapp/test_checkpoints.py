"""What is written gets from SQLite's log into the database itself, and nobody waits for it."""

import fcntl
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from . import checkpoints
from .checkpoints import LONG, Checkpointer

PAGE = 4096


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "company.sqlite3"


@pytest.fixture
def writer(database: Path) -> Iterator[sqlite3.Connection]:
    """Somebody who writes, and never makes a checkpoint."""
    writer = sqlite3.connect(database, isolation_level=None)
    writer.execute("PRAGMA journal_mode=WAL")
    writer.execute("PRAGMA wal_autocheckpoint=0")
    writer.execute("CREATE TABLE mail (text)")
    yield writer
    writer.close()


def test_what_was_written_is_in_the_database_itself_after_a_look(
    database: Path, writer: sqlite3.Connection, tmp_path: Path
) -> None:
    writer.execute("INSERT INTO mail VALUES ('hello')")
    assert _without_log(database, tmp_path) == 0
    assert Checkpointer(database).look()
    assert _without_log(database, tmp_path) == 1


def test_nothing_is_done_while_nothing_is_written(
    database: Path, writer: sqlite3.Connection
) -> None:
    checkpointer = Checkpointer(database)
    assert checkpointer.look() > 0
    assert checkpointer.look() == 0
    writer.execute("INSERT INTO mail VALUES ('news')")
    assert checkpointer.look() > 0


def test_before_there_is_a_database_there_is_nothing_to_do(database: Path) -> None:
    assert Checkpointer(database).look() == 0
    assert not database.exists()


def test_whoever_is_writing_is_neither_disturbed_nor_waited_for(
    database: Path, writer: sqlite3.Connection, tmp_path: Path
) -> None:
    writer.execute("INSERT INTO mail VALUES ('before')")
    writer.execute("BEGIN IMMEDIATE")
    writer.execute("INSERT INTO mail VALUES ('meanwhile')")
    assert Checkpointer(database).look() > 0
    writer.execute("COMMIT")
    assert writer.execute("SELECT COUNT(*) FROM mail").fetchone() == (2,)
    assert _without_log(database, tmp_path) == 1


def test_what_a_reader_has_held_up_is_copied_once_he_is_gone(
    database: Path, writer: sqlite3.Connection, tmp_path: Path
) -> None:
    reader = sqlite3.connect(database, isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT * FROM mail").fetchone()
    writer.execute("INSERT INTO mail VALUES ('unseen')")
    checkpointer = Checkpointer(database)
    assert checkpointer.look() > 0
    assert _without_log(database, tmp_path) == 0
    reader.close()
    assert checkpointer.look() > 0, "though nothing was written since"
    assert _without_log(database, tmp_path) == 1
    assert checkpointer.look() == 0


def test_a_long_log_is_begun_anew_even_if_somebody_writes_all_the_time(
    database: Path, writer: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Or it would grow for ever: it ends only where nothing was written since the copy."""
    copy = checkpoints._checkpoint
    others = sqlite3.connect(database, isolation_level=None)  # there is always one at it

    def copy_while_others_are_at_it(connection: sqlite3.Connection) -> tuple[int, int]:
        if _must_writers_wait() and others.in_transaction:
            others.execute("ROLLBACK")
        return copy(connection)

    monkeypatch.setattr(checkpoints, "_checkpoint", copy_while_others_are_at_it)
    checkpointer, log = Checkpointer(database), database.with_name("company.sqlite3-wal")
    for _ in range(3):
        writer.execute("INSERT INTO mail VALUES (zeroblob(?))", (LONG * PAGE,))
        if not others.in_transaction:
            others.execute("BEGIN")
            others.execute("SELECT * FROM mail").fetchone()
        writer.execute("INSERT INTO mail VALUES ('meanwhile')")
        assert checkpointer.look() >= LONG
    assert log.stat().st_size < 2 * LONG * PAGE
    others.close()


def _must_writers_wait() -> bool:
    with (settings.DATA_DIR / "write.lock").open("wb") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def _without_log(database: Path, folder: Path) -> int:
    """How many mails a copy of the database's file alone has."""
    copy = folder / "copy.sqlite3"
    copy.write_bytes(database.read_bytes())
    if not copy.stat().st_size:
        return 0
    reader = sqlite3.connect(f"file:{copy}?immutable=1", uri=True)
    try:
        return int(reader.execute("SELECT COUNT(*) FROM mail").fetchone()[0])
    except sqlite3.DatabaseError:  # not even the table, or only half of what belongs together
        return 0
    finally:
        reader.close()
