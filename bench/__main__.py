"""Print all figures as Markdown tables.

python -m bench [--quick] [fanout] [records] [orders] [neighbours] [browser] [postgresql]
"""

import os
import platform
import statistics
import sys
import tempfile
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path

from tests.browser import find_browser
from tests.postgresql import postgresql_server, programs
from tests.stack import Stack

from . import browser, fanout, neighbours, orders, postgresql, records
from .servers import percentile


def main() -> None:
    is_quick = "--quick" in sys.argv
    with tempfile.TemporaryDirectory(prefix="inflight-bench-") as folder:
        stack = Stack(Path(folder) / "data").start()
        try:
            print(f"Run on {os.cpu_count()} cores, Python {platform.python_version()}, SQLite;")
            print("the load generator is on the same cores.\n")
            parts = {
                "fanout": _fanout, "browser": _browser, "records": _records, "orders": _orders,
                "neighbours": _neighbours, "postgresql": _postgresql,
            }  # fmt: skip
            chosen = [name for name in sys.argv[1:] if name in parts] or list(parts)
            for name in chosen:
                parts[name](stack, is_quick)
        finally:
            stack.stop()


def _fanout(stack: Stack, is_quick: bool) -> None:
    sizes = [(200, 20)] if is_quick else [(300, 20), (1000, 50), (1000, 100)]
    seconds = 5.0 if is_quick else 10.0
    print("## Class fan-out\n")
    print("| sockets × events/s | live path | delivered | lost | doubled | p50 ms | p99 ms |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for sockets, rate in sizes:
        for measure in (fanout.ours, fanout.group_send):
            o = measure(stack, sockets, rate, seconds)
            lost = 1 - o.delivered / o.expected
            print(
                f"| {sockets} × {rate} | {o.name} | {o.delivered:,} of {o.expected:,} "
                f"| {lost:.1%} | {o.doubled} | {o.p50_ms:.0f} | {o.p99_ms:.0f} |",
                flush=True,
            )


def _browser(stack: Stack, is_quick: bool) -> None:
    if find_browser() is None:
        print("\n(No Chromium: the page was not measured.)")
        return
    rate, seconds = (500, 10.0) if is_quick else (500, 30.0)
    print(f"\n## The page at {rate} records/s for {seconds:g} s\n")
    print("| page | frames per s | longest task ms | tasks over 50 ms | |")
    print("| --- | --- | --- | --- | --- |")
    for o in browser.smoothness(stack, rate, seconds):
        longest = f"{o.longest_ms:.0f}" if o.long_tasks else "under 50"
        print(f"| {o.name} | {o.fps:.1f} | {longest} | {o.long_tasks} | {o.note} |", flush=True)
    w = browser.weight(stack)
    m = browser.memory(stack, 100, 60.0 if is_quick else 600.0)
    print("\n| what | goal | measured |")
    print("| --- | --- | --- |")
    print(
        f"| memory at {m.rate} records/s for {m.minutes:g} min, history full before "
        f"| flat | {m.before_mb:.1f} MB before, {m.after_mb:.1f} MB after |"
    )
    print(f"| own JavaScript and CSS of the first page, gzip | ≤ 100 KB | {w.own_kb:.0f} KB |")
    print(f"| press to the first dot | ≤ 50 ms | {w.first_dot_ms:.0f} ms |", flush=True)


def _records(stack: Stack, is_quick: bool) -> None:
    cost = records.cost(stack, 5_000 if is_quick else 50_000)
    tasks = records.tasks_per_1000_messages(stack, 20, 3 if is_quick else 20)
    print("\n## Records and tasks\n")
    print("| what | ours | rival | ratio |")
    print("| --- | --- | --- | --- |")
    print(
        f"| a record against a bare XADD, µs | {cost.ours_us:.0f} | {cost.bare_us:.0f} "
        f"| {cost.ratio:.1f} |"
    )
    print(
        f"| Celery tasks per 1,000 messages in a rush | {tasks:.0f} | 1000 | {tasks / 1000:.2f} |"
    )


def _orders(stack: Stack, is_quick: bool) -> None:
    count, rounds = (200, 1) if is_quick else (1000, 5)
    with ExitStack() as servers:
        postgresql = servers.enter_context(postgresql_server()) if programs() else None
        compared = orders.compare(stack, count, rounds, postgresql)
    print(f"\n## Orders, accepted and finished ({count} orders, {rounds} rounds in turn)\n")
    _print_outcomes([*compared.theirs, *compared.ours])
    if postgresql is None:
        print("\n(No PostgreSQL here: Procrastinate, which needs one, was not measured.)")
    for name, ratios in compared.ratios.items():
        each_round = ", ".join(f"{ratio:.2f}" for ratio in ratios)
        print(
            f"\n{name}: **{statistics.median(ratios):.2f}** × bare Django + Celery "
            f"(rounds: {each_round})"
        )


def _postgresql(stack: Stack, is_quick: bool) -> None:
    if programs() is None:
        print("\n(No PostgreSQL here: it was not measured.)")
        return
    count, rounds = (200, 1) if is_quick else (1000, 3)
    with postgresql_server() as url:
        compared = postgresql.compare(stack.data_dir / "pg", url, count, rounds)
    print(f"\n## Orders on PostgreSQL ({count} orders, {rounds} rounds)\n")
    _print_outcomes(compared.outcomes)
    for title, ratios in (
        ("Two of each to one of each", compared.ratios),
        ("Two of each to the bare app", compared.to_bare),
    ):
        each_round = ", ".join(f"{ratio:.2f}" for ratio in ratios)
        print(f"\n{title}: **{statistics.median(ratios):.2f}** × (rounds: {each_round})")
    print(f"\nStatuses of {postgresql.AT_ONCE} orders at once: {dict(compared.at_once)}")


def _print_outcomes(outcomes: Iterable[orders.Outcome]) -> None:
    print("| app | finished per s | answer p50 ms | answer p99 ms |")
    print("| --- | --- | --- | --- |")
    for o in outcomes:
        print(f"| {o.name} | {o.per_s:.0f} | {o.p50_ms:.0f} | {o.p99_ms:.0f} |")


def _neighbours(stack: Stack, is_quick: bool) -> None:
    alone, beside, customers = neighbours.compare(stack, 1 if is_quick else 3)
    print("\n## A learner's orders beside nine hostile neighbours\n")
    print("| | answer p50 ms | answer p95 ms | finished p50 ms | finished p95 ms |")
    print("| --- | --- | --- | --- | --- |")
    for o in (alone, beside):
        figures = [percentile(ms, p) for ms in (o.answered_ms, o.finished_ms) for p in (50, 95)]
        print(f"| {o.name} | " + " | ".join(f"{figure:.0f}" for figure in figures) + " |")
    answer = percentile(beside.answered_ms, 95) / percentile(alone.answered_ms, 95)
    finished = percentile(beside.finished_ms, 95) / percentile(alone.finished_ms, 95)
    print(f"\nBeside neighbours the p95 of the answer is **{answer:.2f}** × that alone (goal 1.5),")
    print(f"of the whole order {finished:.2f} ×. The neighbours' customers: {customers}.")


if __name__ == "__main__":
    main()
