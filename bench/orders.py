"""Order throughput: orders accepted and finished per second, against the bare app."""

import asyncio
import json
import sqlite3
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from redis import Redis

from playground.company.topology import SERVICES
from tests.stack import ORDER, Stack
from webapp.ports import free_port

from .http_load import send
from .servers import ROOT, percentile, running, wait_for_port

CONNECTIONS = 16
WORKER_THREADS = "48"
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


@dataclass(frozen=True)
class Comparison:
    bare: Outcome  # medians, of this and the next
    ours: list[Outcome]  # one of each design
    ratios: dict[str, list[float]]  # finished per second, ours to bare, round by round


def compare(stack: Stack, orders: int, rounds: int) -> Comparison:
    redis_url = (stack.data_dir / "redis.url").read_text()
    database = stack.data_dir / "bare.sqlite3"
    port = free_port()
    environment = {"REDIS_URL": redis_url, "BARE_DATABASE": str(database)}
    create = "from bench.rivals.bare import create_table; create_table()"
    subprocess.run(
        [sys.executable, "-c", create], cwd=ROOT, check=True,
        env={"PATH": "", **environment},
    )  # fmt: skip
    web = ("daphne", "-p", str(port), "-v", "0", "bench.rivals.bare:application")
    worker = (
        "celery", "-A", "bench.rivals.bare", "worker", "-P", "threads", "-c", WORKER_THREADS,
        "-Q", "bare", "-l", "ERROR", "--without-gossip", "--without-mingle",
    )  # fmt: skip
    theirs: list[Outcome] = []
    with running(web, environment), running(worker, environment):
        wait_for_port(port)
        bare = _bare(port, Redis.from_url(redis_url))
        ours = [_ours(stack, name, design) for name, design in DESIGNS.items()]
        for measure in (bare, *ours):
            measure(50)  # warm
        rows: list[list[Outcome]] = [[] for _ in ours]
        for _ in range(rounds):
            theirs.append(bare(orders))
            for row, measure in zip(rows, ours, strict=True):
                row.append(measure(orders))
    ratios = {
        row[0].name: [ours.per_s / bare.per_s for ours, bare in zip(row, theirs, strict=True)]
        for row in rows
    }
    return Comparison(_median(theirs), [_median(row) for row in rows], ratios)


def _ours(stack: Stack, name: str, design: dict[str, Any]) -> Callable[[int], Outcome]:
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
            _count(stack.data_dir / "inflight.sqlite3", playground, effect) >= wanted
            for effect in ("EmailSent", "TicketPrinted", "CourierAssigned")
        )

    def measure(orders: int) -> Outcome:
        nonlocal wanted
        wanted += orders
        return _run(f"Inflight, {name}", stack.port, "/api/orders", headers, orders, finished)

    return measure


def _bare(port: int, redis: Redis) -> Callable[[int], Outcome]:
    def finished() -> bool:
        return not redis.llen("bare") and not redis.hlen("unacked")

    def measure(orders: int) -> Outcome:
        headers = {"Content-Type": "application/json"}
        return _run("bare Django + Celery", port, "/orders", headers, orders, finished)

    return measure


def _run(
    name: str, port: int, path: str, headers: dict[str, str], orders: int,
    finished: Callable[[], bool],
) -> Outcome:  # fmt: skip
    body = json.dumps(ORDER).encode()
    started = time.perf_counter()
    answers = asyncio.run(send(port, path, body, headers, orders, CONNECTIONS, expected=202))
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


def _median(outcomes: list[Outcome]) -> Outcome:
    def of(name: str) -> float:
        return statistics.median(getattr(o, name) for o in outcomes)

    return Outcome(outcomes[0].name, of("per_s"), of("p50_ms"), of("p99_ms"))
