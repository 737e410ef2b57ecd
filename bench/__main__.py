"""Print both figures as Markdown tables.

python -m bench [--quick]
"""

import os
import platform
import statistics
import sys
import tempfile
from pathlib import Path

from tests.stack import Stack

from . import fanout, orders, records


def main() -> None:
    is_quick = "--quick" in sys.argv
    with tempfile.TemporaryDirectory(prefix="inflight-bench-") as folder:
        stack = Stack(Path(folder) / "data").start()
        try:
            print(f"Run on {os.cpu_count()} cores, Python {platform.python_version()}, SQLite;")
            print("the load generator is on the same cores.\n")
            _fanout(stack, is_quick)
            _records(stack, is_quick)
            _orders(stack, is_quick)
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
    ours, bare, ratios = orders.compare(stack, count, rounds)
    print(f"\n## Orders, accepted and finished ({count} orders, {rounds} rounds in turn)\n")
    print("| app | finished per s | answer p50 ms | answer p99 ms |")
    print("| --- | --- | --- | --- |")
    for o in (bare, ours):
        print(f"| {o.name} | {o.per_s:.0f} | {o.p50_ms:.0f} | {o.p99_ms:.0f} |")
    told = ", ".join(f"{ratio:.2f}" for ratio in ratios)
    print(f"\nRatio to the bare app: **{statistics.median(ratios):.2f}** (rounds: {told})")


if __name__ == "__main__":
    main()
