"""Order throughput: orders accepted and finished per second, against the bare app."""

import asyncio
import json
import os
import sqlite3
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

from playground.company.topology import SERVICES
from tests.stack import ORDER, Stack
from webapp.ports import free_port

from .http_load import send
from .servers import ROOT, percentile, running, wait_for_port

CONNECTIONS = 16
WORKER_THREADS = "128"
QUEUES = ("celery", "dramatiq", "huey")
# Limits that are checked for every order, but so wide that none is refused.
DESIGNS: Mapping[str, dict[str, Any]] = {
    "as built": {},
    "production": {"preset": "production", "queue_bound": 10_000, "request_slots": 100},
}
LOOKS_EVERY_S = 0.1  # to count all effects of a long round takes processor time, too


@dataclass(frozen=True)
class Outcome:
    name: str
    per_s: float  # finished
    p50_ms: float  # of the answer
    p99_ms: float


Measure = Callable[[int], Outcome]  # of so many orders
Count = Callable[[str, str], int]  # effects of this name in this playground


@dataclass(frozen=True)
class Comparison:
    theirs: list[Outcome]  # medians, the bare app on Celery first
    ours: list[Outcome]  # medians, one of each design
    ratios: dict[str, list[float]]  # finished per second, ours to bare on Celery, round by round


def compare(stack: Stack, orders: int, rounds: int, postgresql: str | None) -> Comparison:
    """`postgresql` is the URL of an empty database; without it there is no Procrastinate."""
    queues = [*QUEUES, "procrastinate"] if postgresql else QUEUES
    with ExitStack() as servers:
        theirs = [
            servers.enter_context(
                bare(stack, queue, postgresql if queue == "procrastinate" else None)
            )
            for queue in queues
        ]
        count = partial(_count, stack.data_dir / "inflight.sqlite3")
        measures = [
            *theirs,
            *(ours(stack, name, design, count) for name, design in DESIGNS.items()),
        ]
        for measure in measures:
            measure(50)  # warm
        table = [[measure(orders) for measure in measures] for _ in range(rounds)]
    columns = list(zip(*table, strict=True))
    medians = [median(column) for column in columns]
    ratios = {
        column[0].name: [o.per_s / b.per_s for o, b in zip(column, columns[0], strict=True)]
        for column in columns[1:]
    }
    return Comparison(medians[: len(theirs)], medians[len(theirs) :], ratios)


def ours(
    stack: Stack, name: str, design: dict[str, Any], count: Count, ports: Sequence[int] = ()
) -> Measure:
    """Orders in a playground of their own, to the stack's port or to these."""
    script = stack.script()
    playground = script("GET", "/api/playground").json()["id"]
    no_time = {name: 0 for name, s in SERVICES.items() if s.party.value != "actor"}
    script("PATCH", "/api/playground/design", design | {"service_time_ms": no_time})
    headers = {
        "Authorization": f"Bearer {script.token}",
        "Content-Type": "application/json",
    }
    wanted = 0

    def finished() -> bool:
        """Whether the database has every effect of every order."""
        return all(
            count(playground, effect) >= wanted
            for effect in ("EmailSent", "TicketPrinted", "CourierAssigned")
        )

    def measure(orders: int) -> Outcome:
        nonlocal wanted
        wanted += orders
        return _run(
            f"Inflight, {name}", ports or [stack.port], "/api/orders", headers, orders, finished
        )

    return measure


@contextmanager
def bare(stack: Stack, queue: str, postgresql: str | None) -> Iterator[Measure]:
    """The bare app on this queue (a module of bench.rivals), with web and worker running.

    Its orders are in SQLite, or in the PostgreSQL of this URL.
    """
    module = f"bench.rivals.on_{queue}"
    environment = {
        "BARE_QUEUE": module,
        "BARE_DATABASE": str(stack.data_dir / f"bare-{queue}.sqlite3"),
        "REDIS_URL": (stack.data_dir / "redis.url").read_text(),
    }
    if postgresql:
        environment["BARE_POSTGRESQL"] = postgresql
    create = "from bench.rivals.bare import create_tables; create_tables()"
    subprocess.run(
        [sys.executable, "-c", create], cwd=ROOT, check=True, env={"PATH": "", **environment}
    )
    os.environ.update(environment)  # what the module reads when it is imported
    rival = import_module(module)
    port = free_port()
    web = ("daphne", "-p", str(port), "-v", "0", "bench.rivals.bare:application")
    worker = tuple(word.format(threads=WORKER_THREADS) for word in rival.WORKER)
    headers = {"Content-Type": "application/json"}

    def measure(orders: int) -> Outcome:
        name = f"bare Django + {queue.capitalize()}"
        return _run(name, [port], "/orders", headers, orders, rival.has_finished)

    with running(web, environment), running(worker, environment):
        wait_for_port(port)
        yield measure


def _run(
    name: str, ports: Sequence[int], path: str, headers: dict[str, str], orders: int,
    finished: Callable[[], bool],
) -> Outcome:  # fmt: skip
    body = json.dumps(ORDER).encode()
    started = time.perf_counter()
    answers = asyncio.run(send(ports, path, body, headers, orders, CONNECTIONS, expected=202))
    if answers.good != orders:
        raise RuntimeError(f"{name}: {orders - answers.good} orders were not accepted")
    while not finished():
        if time.perf_counter() - started > 120:
            raise RuntimeError(f"{name}: not finished after two minutes")
        time.sleep(LOOKS_EVERY_S)
    seconds = time.perf_counter() - started
    return Outcome(
        name, orders / seconds, percentile(answers.took_ms, 50), percentile(answers.took_ms, 99)
    )


def _count(database: Path, playground: str, effect: str) -> int:
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as connection:
        query = "SELECT COUNT(*) FROM playground_effect WHERE playground_id = ? AND name = ?"
        count: int = connection.execute(query, (playground, effect)).fetchone()[0]
    return count


def median(outcomes: Sequence[Outcome]) -> Outcome:
    def of(name: str) -> float:
        return statistics.median(getattr(o, name) for o in outcomes)

    return Outcome(outcomes[0].name, of("per_s"), of("p50_ms"), of("p99_ms"))
