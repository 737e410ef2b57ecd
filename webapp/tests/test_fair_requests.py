"""One visitor's requests never hold all threads: the others go on, and the rest waits its turn."""

import asyncio
import threading
from collections.abc import Iterator
from typing import Any

import orjson
import pytest
from asgiref.testing import ApplicationCommunicator
from django.http import HttpRequest, HttpResponse
from django.urls import path

from playground.fairness.shares import REQUESTS, Share

from .. import urls
from ..handler import OneThreadHandler

LONG_S = 10  # a limit, never reached
NEIGHBOUR, VICTIM = b"Bearer neighbour", b"Bearer victim"
ALONE = 128  # what one visitor has at most
begun, ends = threading.Semaphore(0), threading.Semaphore(0)  # as many requests may end


def hang(request: HttpRequest) -> HttpResponse:
    begun.release()
    ends.acquire(timeout=LONG_S)
    return HttpResponse(b"at last")


def quick(request: HttpRequest) -> HttpResponse:
    return HttpResponse(b"quick")


urlpatterns = [
    path("api/hang", hang), path("api/quick", quick), path("hang", hang), *urls.urlpatterns,
]  # fmt: skip


@pytest.fixture(autouse=True)
def site(settings: Any) -> Iterator[None]:
    settings.ROOT_URLCONF = __name__
    settings.MIDDLEWARE = []
    for semaphore in (begun, ends):
        while semaphore.acquire(blocking=False):
            pass
    yield
    ends.release(1_000)


@pytest.fixture
def handler() -> OneThreadHandler:
    return OneThreadHandler()


def ask(
    handler: OneThreadHandler, path: str, *headers: tuple[bytes, bytes], address: str = "10.0.0.1"
) -> "asyncio.Task[tuple[int, dict[bytes, bytes], bytes]]":
    """Send a request; the task's result is status, headers and body."""
    return asyncio.ensure_future(_ask(handler, path, headers, address))


async def _ask(
    handler: OneThreadHandler, path: str, headers: Any, address: str
) -> tuple[int, dict[bytes, bytes], bytes]:
    scope = {
        "type": "http", "method": "GET", "path": path, "headers": headers, "query_string": b"",
        "http_version": "1.1", "server": ("localhost", 80), "client": (address, 4000),
    }  # fmt: skip
    client = ApplicationCommunicator(handler, scope)
    await client.send_input({"type": "http.request", "body": b""})
    try:
        start = await client.receive_output(LONG_S)
        body = await client.receive_output(LONG_S)
        await client.wait(LONG_S)
    finally:
        client.stop(exceptions=False)
    headers = {name.lower(): value for name, value in start["headers"]}
    return start["status"], headers, body["body"]


async def have_begun(count: int) -> None:
    for _ in range(count):
        assert await asyncio.to_thread(begun.acquire, timeout=LONG_S)


def flood(handler: OneThreadHandler, count: int, *headers: tuple[bytes, bytes]) -> list[Any]:
    return [ask(handler, "/api/hang", *headers) for _ in range(count)]


async def test_four_hundred_requests_that_hang_leave_threads_for_the_others(
    handler: OneThreadHandler,
) -> None:
    flooding = flood(handler, 400, (b"authorization", NEIGHBOUR))
    await have_begun(ALONE)
    status, _, body = await ask(handler, "/api/quick", (b"authorization", VICTIM))
    assert (status, body) == (200, b"quick")
    ends.release(1_000)
    await asyncio.gather(*flooding)


@pytest.mark.parametrize(
    ("flooding", "other"),
    [
        ((b"authorization", NEIGHBOUR), (b"cookie", b"sessionid=ada")),
        ((b"cookie", b"theme=dark; sessionid=ben"), (b"cookie", b"sessionid=ada")),
        ((b"accept", b"*/*"), (b"cookie", b"sessionid=ada")),
    ],
)
async def test_a_visitor_is_known_by_token_session_or_address(
    handler: OneThreadHandler, flooding: tuple[bytes, bytes], other: tuple[bytes, bytes]
) -> None:
    waiting = flood(handler, ALONE + 50, flooding)
    await have_begun(ALONE)
    assert (await ask(handler, "/api/quick", other))[0] == 200
    assert not begun.acquire(blocking=False), "the flood holds more than its share"
    ends.release(1_000)
    assert {status for status, *_ in await asyncio.gather(*waiting)} == {200}


async def test_what_is_beyond_the_share_is_done_in_its_turn(handler: OneThreadHandler) -> None:
    waiting = flood(handler, ALONE + 50, (b"authorization", NEIGHBOUR))
    await have_begun(ALONE)
    ends.release(1_000)
    assert [answer[2] for answer in await asyncio.gather(*waiting)] == [b"at last"] * (ALONE + 50)


async def test_when_all_threads_are_taken_the_next_is_for_who_has_none(
    handler: OneThreadHandler,
) -> None:
    waiting = []
    for number in range(6):  # 60, 60, 60, 8, 3 and 1 at work
        waiting += flood(handler, 60, (b"authorization", b"Bearer %d" % number))
    await have_begun(REQUESTS.places)
    victim = ask(handler, "/api/quick", (b"authorization", VICTIM))
    ends.release(1)
    assert (await victim)[0] == 200
    ends.release(1_000)
    await asyncio.gather(*waiting)


async def test_who_waits_too_long_is_told_whom_the_server_protects() -> None:
    hasty = OneThreadHandler(Share(4, of_free=1), waits_s=0)
    waiting = flood(hasty, 2, (b"authorization", NEIGHBOUR))
    await have_begun(2)

    status, headers, body = await ask(hasty, "/api/hang", (b"authorization", NEIGHBOUR))
    problem = orjson.loads(body)
    assert (status, headers[b"retry-after"]) == (503, b"5")
    assert headers[b"content-type"] == b"application/problem+json"
    assert "Inflight" in problem["detail"] and "other playgrounds" in problem["detail"]
    assert problem["kept"] == "Nothing was changed."

    status, headers, body = await ask(hasty, "/hang", (b"authorization", NEIGHBOUR))
    assert (status, headers[b"retry-after"]) == (503, b"5")
    assert headers[b"content-type"].startswith(b"text/html") and b"other playgrounds" in body
    ends.release(2)
    await asyncio.gather(*waiting)
    assert not begun.acquire(blocking=False), "a request that was turned away was carried out"


async def test_no_more_than_a_bounded_number_waits() -> None:
    handler = OneThreadHandler(Share(4, of_free=1), most_waiting=3)
    begun_or_waiting = flood(handler, 5, (b"authorization", NEIGHBOUR))
    await have_begun(2)
    assert (await ask(handler, "/api/hang", (b"authorization", NEIGHBOUR)))[0] == 503
    ends.release(5)
    assert [answer[0] for answer in await asyncio.gather(*begun_or_waiting)] == [200] * 5


async def test_a_client_that_hangs_up_while_it_waits_leaves_the_line() -> None:
    handler = OneThreadHandler(Share(2, of_free=1))
    at_work, hung_up, stays = flood(handler, 3, (b"authorization", NEIGHBOUR))
    await have_begun(1)
    hung_up.cancel()
    ends.release(2)
    assert [(await task)[2] for task in (at_work, stays)] == [b"at last"] * 2
    assert (await ask(handler, "/api/quick", (b"authorization", NEIGHBOUR)))[0] == 200
    assert begun.acquire(blocking=False) and not begun.acquire(blocking=False)
