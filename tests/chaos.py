"""Chaos: kill processes while orders come, at random moments that a seed repeats.

python -m tests.chaos [--orders 300] [--rate 20] [--seed 1] [--kills 6] [--database postgresql]

On PostgreSQL, it has a server of its own, whose power is cut as one of the kills.
"""

import argparse
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from random import Random
from threading import Thread

import httpx

from .postgresql import Server, own_server, programs
from .stack import ORDER, Script, Stack, until

VICTIMS = ("worker", "web", "redis")
DATABASE = "postgresql"  # a victim more, if it is there
DATABASE_AWAY_S = 1.0
# All service times are short: the test is about deaths, not about waiting.
FAST = ("gateway", "menu", "payments", "orders", "restaurant", "notification", "dispatch")
FAST_MS = 20
PATIENCE_S = 120.0
COLUMNS = ("lost", "doubled", "pending", "dead")


@dataclass(frozen=True)
class Outcome:
    offered: int
    accepted: int
    answers: Counter[int]  # how many had which status, repetitions as well
    killed: list[str]
    rows: dict[str, dict[str, int]]
    recovery_s: float  # from the last order to the last effect

    @property
    def is_exact(self) -> bool:
        return not any(row[column] for row in self.rows.values() for column in COLUMNS)

    @property
    def is_good(self) -> bool:
        """Exact, and who could not be served was told why: a 500 is a bug of ours."""
        return self.is_exact and not self.answers[500]


@dataclass(frozen=True)
class Kill:
    after_s: float  # from the first order
    victim: str


def planned(
    seed: int, *, seconds: float, kills: int, victims: Sequence[str] = VICTIMS
) -> list[Kill]:
    """The kills, by time. The same seed gives the same kills."""
    chance = Random(seed)
    moments = sorted(chance.uniform(0.5, seconds) for _ in range(kills))
    return [Kill(moment, chance.choice(victims)) for moment in moments]


def report(outcome: Outcome) -> list[str]:
    """The report's lines."""
    sums = {
        column: sum(row[column] for row in outcome.rows.values())
        for column in (*COLUMNS, "unasked")
    }
    return [
        f"killed: {', '.join(outcome.killed)}",
        f"orders: {outcome.accepted} of {outcome.offered} accepted",
        f"answers: {', '.join(f'{n} x {status}' for status, n in sorted(outcome.answers.items()))}",
        *(f"{column:>8}: {count}" for column, count in sums.items()),
        f"time to recover: {outcome.recovery_s:.1f} s after the last order",
    ]


def chaos(
    stack: Stack, database: Server | None = None, *, orders: int, rate: float, seed: int, kills: int
) -> Outcome:
    """Run it. Every accepted order must have its effects once, whatever was killed.

    `database`: the PostgreSQL that the stack uses, to be killed as well.
    """
    script = stack.script()
    script(
        "PATCH", "/api/playground/design",
        {
            "preset": "production",
            "service_time_ms": dict.fromkeys((*FAST, "email-provider"), FAST_MS),
        },
    )  # fmt: skip
    killed: list[str] = []
    victims = (*VICTIMS, DATABASE) if database else VICTIMS
    plan = planned(seed, seconds=orders / rate, kills=kills, victims=victims)
    killer = Thread(target=_kill, args=(stack, database, plan, killed))
    killer.start()
    accepted, answers = _order(script, orders, rate)
    killer.join()
    last_order_at = time.monotonic()
    until(stack.is_well, "well again", PATIENCE_S)
    rows = until(lambda: _settled(script), "settled", PATIENCE_S)
    recovery_s = time.monotonic() - last_order_at
    return Outcome(orders, accepted, answers, killed, rows, recovery_s)


def _order(script: Script, orders: int, rate: float) -> tuple[int, Counter[int]]:
    """Send orders at a steady rate, each with a key, and retry each a few times.

    How many were accepted, and all answers by their status.
    """
    accepted = [False] * orders
    answers: list[int] = []
    customers = []
    started = time.monotonic()

    def visit(number: int) -> None:
        headers = {"Authorization": f"Bearer {script.token}", "Idempotency-Key": f"order-{number}"}
        for _ in range(40):
            try:
                answer = httpx.post(
                    f"{script.url}/api/orders", json=ORDER, headers=headers, timeout=10
                )
                answers.append(answer.status_code)
                if answer.status_code == httpx.codes.ACCEPTED:
                    accepted[number] = True
                    return
            except httpx.HTTPError:
                pass
            time.sleep(0.5)

    for number in range(orders):
        time.sleep(max(0.0, started + number / rate - time.monotonic()))
        customers.append(Thread(target=visit, args=(number,)))
        customers[-1].start()
    for customer in customers:
        customer.join()
    return sum(accepted), Counter(answers)


def _kill(stack: Stack, database: Server | None, plan: Sequence[Kill], killed: list[str]) -> None:
    began = time.monotonic()
    for kill in plan:
        time.sleep(max(0.0, began + kill.after_s - time.monotonic()))
        if kill.victim == DATABASE and database:
            database.cut()
            time.sleep(DATABASE_AWAY_S)
            database.start()
        else:
            # A process that was killed a moment ago may still be restarting.
            until(lambda kill=kill: kill.victim in stack.pids(), f"{kill.victim} back", PATIENCE_S)
            stack.kill(kill.victim)
        killed.append(f"{kill.victim} at {kill.after_s:.1f} s")


def _settled(script: Script) -> dict[str, dict[str, int]] | None:
    try:
        rows = script.ledger()
    except (httpx.HTTPError, KeyError):
        return None
    return rows if all(row["pending"] == 0 for row in rows.values()) else None


def main() -> None:
    parser = argparse.ArgumentParser()
    for name, default in (("orders", 300), ("rate", 20), ("seed", 1), ("kills", 6)):
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--database", choices=("sqlite", DATABASE), default="sqlite")
    options = parser.parse_args()
    if options.database == DATABASE and programs() is None:
        raise SystemExit("There is no PostgreSQL here (on Debian: apt install postgresql).")
    with ExitStack() as on_the_way_out:
        folder = on_the_way_out.enter_context(tempfile.TemporaryDirectory(prefix="inflight-chaos-"))
        stack, database = Stack(Path(folder) / "data"), None
        if options.database == DATABASE:
            database = on_the_way_out.enter_context(own_server())
            stack.settings["DATABASE_URL"] = database.url
        on_the_way_out.callback(stack.stop)
        outcome = chaos(
            stack.start(),
            database,
            orders=options.orders,
            rate=options.rate,
            seed=options.seed,
            kills=options.kills,
        )
    print("\n".join(report(outcome)))
    raise SystemExit(0 if outcome.is_good else 1)


if __name__ == "__main__":
    main()
