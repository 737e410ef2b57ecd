"""`manage.py migrate`: Django's, by one process at a time."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.management.commands import migrate
from django.db import connection

# Any number will do that no other program locks in the same database.
LOCK = 0x1F11687


class Command(migrate.Command):
    """Web hosts that start together on one PostgreSQL wait for the first one's migrations."""

    def handle(self, *args: Any, **options: Any) -> None:
        with alone():
            super().handle(*args, **options)


@contextmanager
def alone() -> Iterator[None]:
    """Hold a lock in the database. (With SQLite, `manage.py up` runs once for each directory.)"""
    if connection.vendor != "postgresql":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])
