"""A learner's orders, alone and beside nine playgrounds that take whatever they can get."""

import sqlite3
import time
from collections import Counter
from collections.abc import Collection, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.stack import ORDER, Script, Stack, until

NEIGHBOURS = 9
CROWD = {"action": "order", "rate": 20, "seconds": 30}  # of each neighbour
SLOW = ("restaurant", "notification", "dispatch", "crm", "analytics", "loyalty")
SLOW_DESIGN = {
    "service_time_ms": dict.fromkeys(SLOW, 10_000),
    "replicas": dict.fromkeys(SLOW, 8),
    "subscribers": {"loyalty": True},
}
EFFECTS = ("TicketPrinted", "EmailSent", "CourierAssigned")
ORDERS, EVERY_S = 28, 0.9  # between two orders of the learner; the courier takes 0.6
PATIENCE_S = 120.0  # a limit for everything that is waited for


@dataclass
class Outcome:
    name: str
    answered_ms: list[float] = field(default_factory=list)
    finished_ms: list[float] = field(default_factory=list)  # from sending to the last effect


def compare(stack: Stack, rounds: int) -> tuple[Outcome, Outcome, str]:
    """The learner alone, the learner beside the neighbours, and what these were answered."""
    learner = Learner(stack)
    alone, beside = Outcome("alone"), Outcome(f"beside {NEIGHBOURS} neighbours")
    for _ in range(rounds):
        learner.place_orders(alone)
    neighbours = [stack.script() for _ in range(NEIGHBOURS)]
    _prepare(neighbours)
    customers = Counter[str]()
    for _ in range(rounds):
        _rush(neighbours, CROWD)
        until(lambda: all(_progress(n)["offered"] > 20 for n in neighbours), "all have come")
        learner.place_orders(beside)
        for neighbour in neighbours:
            neighbour("DELETE", "/api/playground/rush")
        _until_over(neighbours)
        for neighbour in neighbours:
            shown = _progress(neighbour)
            customers.update({name: shown[name] for name in ("offered", "refused", "timed_out")})
    return alone, beside, ", ".join(f"{n:,} {name}" for name, n in customers.items())


class Learner:
    def __init__(self, stack: Stack) -> None:
        self._database = f"file:{stack.data_dir / 'inflight.sqlite3'}?mode=ro"
        self._script = stack.script()
        self._playground = self._script("GET", "/api/playground").json()["id"]
        for _ in range(3):
            self._script.order()  # warm

    def place_orders(self, outcome: Outcome) -> None:
        """Place an order every EVERY_S, and wait until each has all its effects."""
        sent: dict[str, float] = {}
        headers = {"Authorization": f"Bearer {self._script.token}"}
        with httpx.Client(base_url=self._script.url, headers=headers, timeout=60) as client:
            began = time.monotonic()
            for number in range(ORDERS):
                time.sleep(max(0.0, began + number * EVERY_S - time.monotonic()))
                started, sent_at = time.perf_counter(), time.time()
                order = _done(client.post("/api/orders", json=ORDER))["id"]
                outcome.answered_ms.append((time.perf_counter() - started) * 1000)
                sent[f"order/{order}"] = sent_at
        done = until(lambda: self._when_finished(sent), "all is done", PATIENCE_S)
        outcome.finished_ms += [(done[order] - sent_at) * 1000 for order, sent_at in sent.items()]

    def _when_finished(self, orders: Collection[str]) -> dict[str, float] | None:
        """When each order had its last effect (unix seconds); None while one lacks some."""
        names = ", ".join("?" * len(EFFECTS))
        query = f"""SELECT subject, MAX(at) FROM playground_effect
            WHERE playground_id = ? AND name IN ({names})
            GROUP BY subject HAVING COUNT(DISTINCT name) = {len(EFFECTS)}"""
        with closing(sqlite3.connect(self._database, uri=True)) as connection:
            done = dict(connection.execute(query, (self._playground, *EFFECTS)).fetchall())
        return done if done.keys() >= set(orders) else None


def _prepare(neighbours: Sequence[Script]) -> None:
    """Messages wait for eight slow replicas of six services, or (the last) for a broker that is
    down; and payments hangs."""
    *slow, cut_off = neighbours
    _fault(cut_off, "broker_down", "broker")
    _rush([cut_off], {"action": "order", "rate": 70, "seconds": 10})
    _until_over([cut_off])
    for neighbour in slow:
        _done(neighbour("PATCH", "/api/playground/design", SLOW_DESIGN))
    for action in ("order", "register"):
        _rush(slow, {"action": action, "rate": 8, "seconds": 4})
        _until_over(slow)
    for neighbour in neighbours:
        _fault(neighbour, "hang", "payments")


def _fault(script: Script, kind: str, target: str) -> None:
    _done(
        script(
            "POST", "/api/playground/faults", {"kind": kind, "target": target, "duration_s": 600}
        )
    )


def _rush(scripts: Sequence[Script], plan: dict[str, Any]) -> None:
    for script in scripts:
        _done(script("POST", "/api/playground/rush", plan))


def _until_over(scripts: Sequence[Script]) -> None:
    until(
        lambda: all(_progress(s)["state"] in ("done", "stopped") for s in scripts),
        "they went",
        PATIENCE_S,
    )


def _progress(script: Script) -> dict[str, Any]:
    """The neighbour's rush. It asks again while its own customers have taken all its turns."""

    def ask() -> httpx.Response | None:
        answer = script("GET", "/api/playground/rush")
        return None if answer.status_code == httpx.codes.SERVICE_UNAVAILABLE else answer

    return _done(until(ask, "an answer", PATIENCE_S))


def _done(answer: httpx.Response) -> dict[str, Any]:
    if not answer.is_success:
        raise RuntimeError(f"{answer.status_code}: {answer.text}")
    found: dict[str, Any] = answer.json()
    return found
