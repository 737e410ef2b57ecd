"""Each request runs in one thread from its first signal to its last, and is always finished."""

import asyncio
import hashlib
import inspect
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from asgiref.testing import ApplicationCommunicator
from django.core import signals
from django.core.handlers.asgi import ASGIHandler
from django.core.handlers.base import BaseHandler
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import path

from ..handler import OneThreadHandler

LONG_S = 20  # a limit, never reached
threads: list[int] = []
may_end, has_begun = threading.Event(), threading.Event()


def note_thread(get_response: Any) -> Any:
    def middleware(request: HttpRequest) -> HttpResponse:
        threads.append(threading.get_ident())
        response: HttpResponse = get_response(request)
        return response

    return middleware


def echo(request: HttpRequest) -> HttpResponse:
    threads.append(threading.get_ident())
    return HttpResponse(request.body)


def stream(request: HttpRequest) -> StreamingHttpResponse:
    return StreamingHttpResponse(piece for piece in (b"one ", b"two"))


def slow(request: HttpRequest) -> HttpResponse:
    has_begun.set()
    may_end.wait(LONG_S)
    return HttpResponse(b"slow")


urlpatterns = [path("echo", echo), path("stream", stream), path("slow", slow)]


@pytest.fixture
def handler(settings: Any) -> Iterator[OneThreadHandler]:
    settings.ROOT_URLCONF = __name__
    settings.MIDDLEWARE = [f"{__name__}.note_thread"] * 3
    threads.clear()
    may_end.clear()
    has_begun.clear()
    finished.clear()
    signals.request_started.connect(note_signal)
    signals.request_finished.connect(note_end)
    yield OneThreadHandler()
    signals.request_started.disconnect(note_signal)
    signals.request_finished.disconnect(note_end)


finished: list[int] = []


def note_signal(**_: Any) -> None:
    threads.append(threading.get_ident())


def note_end(**_: Any) -> None:
    note_signal()
    finished.append(1)


async def test_signals_middleware_and_view_share_one_thread(handler: OneThreadHandler) -> None:
    assert await _ask(handler, "/echo", b"hello") == (200, b"hello")
    assert len(threads) == 6  # two signals, three middlewares, one view
    assert len(set(threads)) == 1
    assert threads[0] != threading.get_ident()


@pytest.mark.filterwarnings("ignore:StreamingHttpResponse must consume")
async def test_a_streamed_answer_arrives_whole_and_is_closed(handler: OneThreadHandler) -> None:
    assert await _ask(handler, "/stream") == (200, b"one two")
    assert finished == [1]


async def test_a_request_that_waits_does_not_keep_another_waiting(
    handler: OneThreadHandler,
) -> None:
    waiting = asyncio.ensure_future(_ask(handler, "/slow"))
    await asyncio.to_thread(has_begun.wait, LONG_S)
    assert await _ask(handler, "/echo", b"quick") == (200, b"quick")
    may_end.set()
    assert await waiting == (200, b"slow")


async def test_work_that_has_begun_is_finished_when_the_client_hangs_up(
    handler: OneThreadHandler,
) -> None:
    caller = asyncio.ensure_future(_ask(handler, "/slow"))
    await asyncio.to_thread(has_begun.wait, LONG_S)
    caller.cancel()
    may_end.set()
    async with asyncio.timeout(LONG_S):
        while not finished:
            await asyncio.sleep(0.01)


@pytest.mark.parametrize(
    ("method", "digest"),
    [
        (ASGIHandler.handle, "98faeb5bef80"),
        (ASGIHandler.read_body, "cf4aa904631d"),
        (ASGIHandler.create_request, "5eae59c66960"),
        (ASGIHandler.send_response, "77eda2b08689"),
        (BaseHandler.get_response, "3d6a79b124c2"),
        (BaseHandler.load_middleware, "a1fb7ee5f858"),
    ],
)
def test_djangos_handler_is_still_the_one_that_ours_was_written_for(
    method: Any, digest: str
) -> None:
    """If it fails after an update: read what changed, carry it over, and note the new digest."""
    assert hashlib.sha256(inspect.getsource(method).encode()).hexdigest()[:12] == digest


async def _ask(handler: OneThreadHandler, path: str, body: bytes = b"") -> tuple[int, bytes]:
    scope = {
        "type": "http", "method": "POST", "path": path, "headers": [], "query_string": b"",
        "http_version": "1.1", "server": ("localhost", 80),
    }  # fmt: skip
    client = ApplicationCommunicator(handler, scope)
    await client.send_input({"type": "http.request", "body": body})
    start = await client.receive_output(LONG_S)
    answer = b""
    while (message := await client.receive_output(LONG_S)).get("more_body"):
        answer += message["body"]
    await client.wait(LONG_S)
    return start["status"], answer + message.get("body", b"")
