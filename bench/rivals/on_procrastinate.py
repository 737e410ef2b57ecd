"""Three tasks for each order on Procrastinate, in the PostgreSQL that has the orders, too."""

import os
from functools import cache

import psycopg
from procrastinate import App, PsycopgConnector

URL = os.environ["BARE_POSTGRESQL"]
WORKER = (
    "procrastinate", "--app=bench.rivals.on_procrastinate.app", "worker", "-c", "{threads}",
    "--delete-jobs", "always",
)  # fmt: skip

app = App(connector=PsycopgConnector(conninfo=URL))


@app.task
def noop(order: int) -> None:
    pass


def start_noop(order: int) -> None:
    _opened()
    noop.defer(order=order)


def has_finished() -> bool:
    with psycopg.connect(URL, autocommit=True) as connection:
        row = connection.execute("SELECT COUNT(*) FROM procrastinate_jobs").fetchone()
    return row == (0,)


def create_tables() -> None:
    _opened().schema_manager.apply_schema()


@cache
def _opened() -> App:
    return app.open()
