"""Django's adapter for PostgreSQL, in which a thread's time limit ends every wait.

Without it, a server or a network that says nothing any more makes a thread wait for ever:
statement_timeout would be the server's to keep, and it is the server that is silent.
"""

from typing import Any

import psycopg
from django.db.backends.postgresql import base
from psycopg.errors import _WaitTimeout

from ..connections import waiting_for_database

# The system ends a connection whose other side has gone without a word (s; the last in ms).
LIVENESS = {
    "connect_timeout": 5,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 25_000,
}
LOOKS_UP_EVERY_S = 0.1  # for Ctrl-C: psycopg's default


class PatientConnection(psycopg.Connection[Any]):
    """Waits for the server's answer for as long as the thread's time limit allows."""

    def wait(
        self, gen: Any, interval: float = LOOKS_UP_EVERY_S, timeout: float | None = None
    ) -> Any:
        if timeout is not None:  # psycopg's own
            return super().wait(gen, interval, timeout)
        with waiting_for_database() as left_s:
            try:
                return super().wait(gen, interval, left_s)
            except _WaitTimeout:
                # Its answer may still come: nobody may use this connection again.
                self.pgconn.finish()
                raise psycopg.OperationalError("PostgreSQL takes too long to answer") from None


class DatabaseWrapper(base.DatabaseWrapper):
    """Django looks for this name."""

    def __init__(self, settings_dict: dict[str, Any], *alias: Any, **named: Any) -> None:
        super().__init__(settings_dict, *alias, **named)
        if pool := settings_dict["OPTIONS"].get("pool"):
            pool["connection_class"] = PatientConnection

    def get_connection_params(self) -> dict[str, Any]:
        return LIVENESS | super().get_connection_params()

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        pool = self.pool
        if pool is None:
            return super().get_new_connection(conn_params)
        self.isolation_level = psycopg.IsolationLevel.READ_COMMITTED  # as Django's own does
        pool.open()
        with waiting_for_database() as left_s:
            return pool.getconn(timeout=left_s)
