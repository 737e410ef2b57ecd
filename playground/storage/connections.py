"""Give a pooled database connection back before waiting; which errors mean there is none."""

from django.db import InterfaceError, OperationalError, close_old_connections, connection

# The database is away, too slow, or locked for too long. Nothing of the open transaction is stored.
DATABASE_UNAVAILABLE = (OperationalError, InterfaceError)


def give_back_connection() -> None:
    """Return this thread's connection to the pool, unless a transaction is open in it.

    On PostgreSQL hundreds of threads share a few connections. A thread that kept its
    connection while it waits for another thread, which needs one to go on, could wait for
    ever: call this before every wait. On SQLite, where each thread has a connection of its
    own (CONN_MAX_AGE), it does nothing.
    """
    if not connection.in_atomic_block:
        close_old_connections()
