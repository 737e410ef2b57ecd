"""Orders on PostgreSQL: with one web and one worker process, then with two of each."""

import asyncio
import json
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import psycopg

from tests.stack import ORDER, Stack

from .orders import Measure, Outcome, bare, median, ours

AT_ONCE = 200


@dataclass(frozen=True)
class Comparison:
    outcomes: list[Outcome]  # medians: bare, one of each, two of each
    ratios: list[float]  # finished per second, two of each to one of each, round by round
    to_bare: list[float]  # two of each to the bare app
    at_once: Counter[int]  # statuses of AT_ONCE requests at once


def compare(folder: Path, url: str, orders: int, rounds: int) -> Comparison:
    """`url` is that of an empty PostgreSQL database."""
    with ExitStack() as servers:
        first = servers.enter_context(
            _running(Stack(folder / "first", settings={"DATABASE_URL": url}))
        )
        shared = {
            "DATABASE_URL": url,
            "REDIS_URL": (first.data_dir / "redis.url").read_text(),
            "SECRET_KEY": (first.data_dir / "secret-key").read_text(),
        }

        def count(playground: str, effect: str) -> int:
            query = "SELECT COUNT(*) FROM playground_effect WHERE playground_id = %s AND name = %s"
            with psycopg.connect(url) as connection:
                row = connection.execute(query, (playground, effect)).fetchone()
            return int(row[0]) if row else 0

        rival = servers.enter_context(bare(first, "celery", url))
        alone = ours(first, "one web, one worker", {}, count)
        rival(50)
        alone(50)  # warm
        theirs, one = _in_turn([rival, alone], orders, rounds)
        second = servers.enter_context(
            _running(Stack(folder / "web", settings=shared, arguments=("--only", "web")))
        )
        servers.enter_context(
            _running(
                Stack(
                    folder / "worker",
                    settings=shared | {"INTERNAL_URL": first.url},
                    arguments=("--only", "worker"),
                )
            )
        )
        double = ours(first, "two webs, two workers", {}, count, [first.port, second.port])
        double(50)
        again, two = _in_turn([rival, double], orders, rounds)
        at_once = asyncio.run(_at_once(first))
    return Comparison(
        [median(theirs + again), median(one), median(two)],
        [t.per_s / o.per_s for t, o in zip(two, one, strict=True)],
        [t.per_s / b.per_s for t, b in zip(two, again, strict=True)],
        at_once,
    )


def _in_turn(measures: list[Measure], orders: int, rounds: int) -> list[list[Outcome]]:
    table = [[measure(orders) for measure in measures] for _ in range(rounds)]
    return [list(column) for column in zip(*table, strict=True)]


async def _at_once(stack: Stack) -> Counter[int]:
    """The statuses of AT_ONCE orders that are all sent before the first is answered."""
    script = stack.script()
    headers = {"Authorization": f"Bearer {script.token}"}
    limits = httpx.Limits(max_connections=AT_ONCE)
    async with httpx.AsyncClient(
        base_url=stack.url, headers=headers, timeout=60, limits=limits
    ) as client:
        answers = await asyncio.gather(
            *(client.post("/api/orders", content=json.dumps(ORDER)) for _ in range(AT_ONCE))
        )
    return Counter(answer.status_code for answer in answers)


@contextmanager
def _running(stack: Stack) -> Iterator[Stack]:
    try:
        yield stack.start()
    finally:
        stack.stop()
