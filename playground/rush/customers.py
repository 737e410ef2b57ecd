"""Customers who come at a steady rate and do not wait for each other (an open system).

Customers who waited for an answer before the next request would slow down with the server and
so hide its slowness (Schroeder, Wierman, Harchol-Balter, "Open Versus Closed: A Cautionary
Tale", 2006).
"""

import asyncio
import json
import secrets
import time
from collections.abc import Callable
from contextlib import suppress
from http import HTTPStatus
from typing import Any

import aiohttp

from ..company.trace import trace_in, traceparent
from ..flow.meter import percentiles
from ..storage.redis_adapter import StoreUnavailable
from .plan import Progress, RushPlan

PATIENCE_S = 10.0  # for a whole request: connection, answer and all
REPORT_EVERY_S = 0.25
CONNECTIONS = 200

# No answer: nobody is there, the connection broke, or PATIENCE_S is over.
UNANSWERED = (aiohttp.ClientError, TimeoutError)

Report = Callable[[Progress], None]
# Called with the subject that a customer was promised, and when the request was sent (unix s).
NoteSent = Callable[[str, float], None]

_PROMISED = {"order": "order/{id}", "register": "user/{id}", "profile": ""}

ORDER = {
    "user": 1,
    "restaurant": 1,
    "items": [{"dish": "margherita", "quantity": 1}],
    "card": "4242 4242 4242 4242",
}


def request_of(plan: RushPlan, number: int) -> tuple[str, str, dict[str, Any]]:
    """Method, path and body of the customer with this number."""
    match plan.action:
        case "order":
            return "POST", "/api/orders", ORDER
        case "register":
            email = f"guest.{plan.run}.{number}@example.com"
            person = {"name": f"Guest {number}", "email": email, "city": "Leeds"}
            return "POST", "/api/users", {**person, "password": secrets.token_hex(8)}
        case _:
            city = ("Turin", "Leeds", "Lyon")[number % 3]
            ada = {"name": "Ada Okafor", "email": "ada@example.com", "city": city}
            return "PUT", "/api/users/1", ada


def http_client(url: str, connections: int) -> aiohttp.ClientSession:
    """Connections to the company's API, for requests with paths below `url`; without cookies."""
    return aiohttp.ClientSession(
        url,
        connector=aiohttp.TCPConnector(limit=connections),
        timeout=aiohttp.ClientTimeout(total=PATIENCE_S),
        cookie_jar=aiohttp.DummyCookieJar(),
    )


async def answer_to(
    client: aiohttp.ClientSession, method: str, path: str, body: Any, headers: dict[str, str]
) -> tuple[int, bytes]:
    """Status and body of the answer to a request. Raises what is in UNANSWERED."""
    async with client.request(
        method, path, json=body, headers=headers, allow_redirects=False
    ) as answer:
        return answer.status, await answer.read()


async def rush(
    plan: RushPlan, url: str, headers: dict[str, str], report: Report, is_stopped: Callable[[], bool],
    note_sent: NoteSent,
) -> Progress:  # fmt: skip
    """Send all customers at the plan's rate, and wait for their answers.

    Reports the progress every REPORT_EVERY_S and at the end; stops sending when `is_stopped`.
    """
    progress, took_ms = Progress(state="running"), list[float]()
    async with http_client(url, CONNECTIONS) as client:
        reporter = asyncio.create_task(_report(progress, took_ms, report, is_stopped))
        customers = []
        started = time.monotonic()
        for number in range(plan.count):
            await asyncio.sleep(max(0.0, started + number / plan.rate - time.monotonic()))
            if progress.state == "stopped":
                break
            progress.offered += 1
            request = _send(client, plan, number, headers, progress, took_ms, note_sent)
            customers.append(asyncio.create_task(request))
        await asyncio.gather(*customers)
        reporter.cancel()
    progress.state = "stopped" if progress.state == "stopped" else "done"
    progress.answer_ms = percentiles(took_ms)
    report(progress)
    return progress


async def _send(
    client: aiohttp.ClientSession, plan: RushPlan, number: int, headers: dict[str, str],
    progress: Progress, took_ms: list[float], note_sent: NoteSent,
) -> None:  # fmt: skip
    method, path, body = request_of(plan, number)
    trace = traceparent(trace_in(plan.run, number), secrets.token_hex(8))
    started, sent_at = time.monotonic(), time.time()
    try:
        status, said = await answer_to(client, method, path, body, headers | {"traceparent": trace})
    except UNANSWERED:
        progress.timed_out += 1
        return
    took_ms.append((time.monotonic() - started) * 1000)
    if status < HTTPStatus.MULTIPLE_CHOICES:
        progress.accepted += 1
        if promised := _PROMISED[plan.action]:
            note_sent(promised.format(id=json.loads(said)["id"]), sent_at)
    elif status == HTTPStatus.GATEWAY_TIMEOUT:
        progress.timed_out += 1
    else:
        progress.refused += 1


async def _report(
    progress: Progress, took_ms: list[float], report: Report, is_stopped: Callable[[], bool]
) -> None:
    while True:
        with suppress(StoreUnavailable):  # the next report tries again
            if is_stopped():
                progress.state = "stopped"
            progress.answer_ms = percentiles(took_ms)
            report(progress)
        await asyncio.sleep(REPORT_EVERY_S)
