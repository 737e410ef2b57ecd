"""Carry out a twin: every step on both sides at the same moment, with the same requests.

Customers come at the planned moments, answered or not (an open system, as in
rush/customers.py), so a slow side gets as many as a fast one.
"""

import asyncio
import secrets
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Protocol

import aiohttp
from django.db import DatabaseError

from ..company.trace import traceparent
from ..flow.ledger import Row
from ..flow.records import Record
from ..messaging.parts import UNAVAILABLE
from ..rush.customers import CONNECTIONS, UNANSWERED, answer_to, http_client
from .outcome import outcome
from .plan import Customer, Step, TwinPlan, customers_of
from .story import CustomerRequest, Story

LOOK_EVERY_S = 0.5
# Computing the ledger costs more than reading records, so only every second look does it.
COUNT_EVERY = 2
# A side has settled after this many looks in a row without work: a message that only a worker
# has is not seen by one look.
QUIET_LOOKS = 2


@dataclass(frozen=True, slots=True)
class SideTotals:
    """What the database and the broker hold for a side at one moment."""

    rows: list[Row] = field(default_factory=list)
    hits: dict[str, int] = field(default_factory=dict)  # by the fault's id
    on_the_way: int = 0  # messages in queues and in the outbox


class Observer(Protocol):
    """What the runner can read of a side."""

    def records(self, after: str) -> tuple[list[Record], str]:
        """The records after a cursor, and the next cursor."""

    def totals(self) -> SideTotals: ...


@dataclass(slots=True)
class Side:
    name: str  # a or b
    headers: dict[str, str]
    observer: Observer
    story: Story
    cursor: str = "0-0"
    totals: SideTotals = field(default_factory=SideTotals)
    quiet_looks: int = 0

    @property
    def is_quiet(self) -> bool:
        return self.quiet_looks >= QUIET_LOOKS

    def look(self, count: bool) -> None:
        """Read the new records and, with `count`, the totals. Blocks on Redis and the database."""
        if count:
            # Before the records, which then include everything that the totals count.
            self.totals = self.observer.totals()
        records, self.cursor = self.observer.records(self.cursor)
        for record in records:
            self.story.feed(record)
        # A copy, because the event loop adds requests meanwhile.
        has_unanswered = any(
            request.answered_at is None for request in list(self.story.requests.values())
        )
        if has_unanswered or records or self.story.open_work or self.totals.on_the_way:
            self.quiet_looks = 0
        elif count:
            self.quiet_looks += 1


class Twin:
    """One twin run. Times are unix seconds."""

    def __init__(
        self,
        plan: TwinPlan,
        run: str,
        sides: Mapping[str, Side],
        report: Callable[[dict[str, Any]], None],
        is_stopped: Callable[[], bool],
    ) -> None:
        self._plan, self._run, self._sides = plan, run, sides
        self._report, self._is_stopped = report, is_stopped
        self._state, self._step, self._looks = "running", 0, 0
        self._stopped = asyncio.Event()
        self._began_at = time.time()

    async def carry_out(self, url: str) -> None:
        """Take all steps, wait for the remaining work, and report all along and at the end."""
        async with http_client(url, 2 * CONNECTIONS) as client:
            watcher = asyncio.create_task(self._watch())
            requests: list[asyncio.Task[None]] = []
            try:
                await self._take_steps(client, requests)
                self._state = "settling"
                await asyncio.gather(*requests)
                await self._until_quiet(self._plan.settle_s)
            finally:
                watcher.cancel()
                await asyncio.gather(watcher, return_exceptions=True)
        self._state = "stopped" if self._stopped.is_set() else "done"
        await asyncio.to_thread(self._look_and_report, True)

    async def _take_steps(
        self, client: aiohttp.ClientSession, requests: list[asyncio.Task[None]]
    ) -> None:
        first = 0
        for number, step in enumerate(self._plan.steps, 1):
            self._step = number
            if self._stopped.is_set():
                return
            if step.customers:
                await self._send_customers(client, step, first, requests)
                first += step.customers
            elif step.settle is not None:
                await self._until_quiet(step.settle)
            elif step.pause is not None:
                await self._wait(step.pause)
            else:
                await self._change_both_sides(client, step)

    async def _send_customers(
        self,
        client: aiohttp.ClientSession,
        step: Step,
        first: int,
        requests: list[asyncio.Task[None]],
    ) -> None:
        started = time.monotonic()
        for customer in customers_of(step, first, self._run):
            await self._wait(started + customer.at_s - time.monotonic())
            if self._stopped.is_set():
                return
            requests += [
                asyncio.create_task(self._send(client, side, customer))
                for side in self._sides.values()
            ]
        await self._wait(started + step.length_s - time.monotonic())

    async def _send(self, client: aiohttp.ClientSession, side: Side, customer: Customer) -> None:
        request = CustomerRequest(customer.number, customer.action, time.time())
        side.story.requests[customer.number] = request
        parent = traceparent(customer.trace(self._run), secrets.token_hex(8))
        headers = side.headers | {"traceparent": parent}
        try:
            request.code, _ = await answer_to(
                client, customer.method, customer.path, customer.body, headers
            )
        except UNANSWERED:
            request.code = 0
        request.answered_at = time.time()

    async def _change_both_sides(self, client: aiohttp.ClientSession, step: Step) -> None:
        """Send a fault, repair or design to both sides, by the control API.

        Raises ClientResponseError for an error, and what is in UNANSWERED.
        """
        method, path, body = self._request_of(step)

        async def change(side: Side) -> None:
            async with client.request(method, path, json=body, headers=side.headers) as answer:
                answer.raise_for_status()

        await asyncio.gather(*map(change, self._sides.values()))

    def _request_of(self, step: Step) -> tuple[str, str, dict[str, Any] | None]:
        if step.fault:
            return "POST", "/api/playground/faults", self._plan.seeded(step.fault)
        if step.repair:
            return "DELETE", "/api/playground/faults", None
        return "PATCH", "/api/playground/design", step.design

    async def _until_quiet(self, at_most_s: float) -> None:
        gives_up_at = time.monotonic() + at_most_s
        for side in self._sides.values():
            side.quiet_looks = 0  # earlier looks may have missed what has just been sent
        while time.monotonic() < gives_up_at and not self._stopped.is_set():
            if all(side.is_quiet for side in self._sides.values()):
                return
            await self._wait(0.1)

    async def _wait(self, seconds: float) -> None:
        """Sleep, or return earlier if the twin is stopped."""
        try:
            await asyncio.wait_for(self._stopped.wait(), max(0.0, seconds))
        except TimeoutError:
            return

    async def _watch(self) -> None:
        while True:
            with suppress(*UNAVAILABLE, DatabaseError):  # the next look tries again
                if await asyncio.to_thread(self._is_stopped):
                    self._stopped.set()
                await asyncio.to_thread(self._look_and_report)
            await asyncio.sleep(LOOK_EVERY_S)

    def _look_and_report(self, count: bool = False) -> None:
        self._looks += 1
        for side in self._sides.values():
            side.look(count or self._looks % COUNT_EVERY == 0)
        self._report(self._as_json())

    def _as_json(self) -> dict[str, Any]:
        sides = {
            name: outcome(
                side.story, side.totals.rows, side.totals.hits,
                on_the_way=side.totals.on_the_way + side.story.open_work, began_at=self._began_at,
            ) | {"is_settled": side.is_quiet}
            for name, side in self._sides.items()
        }  # fmt: skip
        return {
            "state": self._state,
            "step": self._step,
            "elapsed_ms": round((time.time() - self._began_at) * 1000),
            "sides": sides,
        }
