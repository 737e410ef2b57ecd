"""Long polling: the same frames as on the socket, exactly once, without holding a thread."""

import asyncio
import json
import threading
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from channels.testing import HttpCommunicator
from django.db import OperationalError
from django.test import Client
from redis import Redis

from playground.bounds import MAX_POLLED
from playground.control import changes
from playground.control.presence import live_playgrounds
from playground.flow.records import Kind, Record
from playground.flow.redis_log import RedisFlowLog
from playground.live.tests.manual import check_heard
from playground.live.tests.test_sockets import (  # the fixture also drops the pump
    Browser,
    numbers,
    playground,
    query,
    write,
)
from playground.models import Playground
from playground.storage import playgrounds
from webapp.asgi import application

__all__ = ["playground", "query"]
pytestmark = pytest.mark.django_db(transaction=True)


class Poller:
    """A client that polls. It checks every frame against docs/asyncapi.yaml."""

    def __init__(self, token: str) -> None:
        self.token, self.cursor, self.state = token, "", ""
        self.frames: list[dict[str, Any]] = []

    async def ask(self, query: str = "", method: str = "GET", **headers: str) -> tuple[int, Any]:
        sent = {"host": "localhost", "authorization": f"Bearer {self.token}"} | headers
        raw = [(name.encode(), value.encode()) for name, value in sent.items()]
        path = f"/api/playground/live?{query}"
        answer = await HttpCommunicator(application, method, path, headers=raw).get_response(25)
        self.headers = dict(answer["headers"])
        return answer["status"], json.loads(answer["body"])

    async def poll(self, wait: float = 0) -> list[dict[str, Any]]:
        """Poll once. Returns the frames of the answer."""
        after = f"after={self.cursor}&state={self.state}&" if self.cursor else ""
        status, answer = await self.ask(f"{after}wait={wait}")
        assert status == 200, answer
        self.cursor, self.state = answer["cursor"], answer["state"]
        for frame in answer["frames"]:
            check_heard(frame)
        self.frames += answer["frames"]
        return list(answer["frames"])

    @property
    def records(self) -> list[dict[str, Any]]:
        return [r for f in self.frames if f["type"] == "records" for r in f["records"]]


@pytest.fixture
async def poller(playground: Playground) -> Poller:
    return Poller(await sync_to_async(playgrounds.issue_token)(playground))


def types(frames: list[dict[str, Any]]) -> list[str]:
    return [frame["type"] for frame in frames]


async def test_the_first_answer_has_the_frames_that_a_socket_gets_first(
    poller: Poller, redis: Redis, playground: Playground
) -> None:
    write(redis, playground, 3)
    frames = await poller.poll()
    assert types(frames) == ["welcome", "design", "diagram", "faults", "stats", "records"]
    assert numbers(poller.records) == [0, 1, 2]


async def test_a_poller_gets_each_record_exactly_once_and_in_order(
    poller: Poller, redis: Redis, playground: Playground
) -> None:
    await poller.poll()
    for n in range(8):
        write(redis, playground, 70, start=n * 140)
        waiting = asyncio.create_task(poller.poll(wait=2))
        await asyncio.sleep(0.01 * n)
        write(redis, playground, 70, start=n * 140 + 70)
        await waiting
    await poller.poll()
    assert numbers(poller.records) == list(range(8 * 140))


async def test_an_answer_is_bounded_and_the_next_one_goes_on(
    poller: Poller, redis: Redis, playground: Playground
) -> None:
    note = "x" * 3000
    records = [Record(Kind.NOTE, "Tick", 1.0, data={"n": n, "note": note}) for n in range(1500)]
    RedisFlowLog(redis).append(playground.id, records)
    poller.cursor = "0-0"
    sizes = [len("".join(map(json.dumps, await poller.poll()))) for _ in range(6)]
    assert numbers(poller.records) == list(range(1500))
    assert max(sizes) < 2 * MAX_POLLED


async def test_a_new_record_ends_the_waiting_at_once(
    poller: Poller, redis: Redis, playground: Playground
) -> None:
    await poller.poll()
    loop = asyncio.get_running_loop()
    started = loop.time()
    waiting = asyncio.create_task(poller.poll(wait=15))
    await asyncio.sleep(0.3)
    write(redis, playground, 1)
    await waiting
    assert loop.time() - started < 5
    assert numbers(poller.records) == [0]


async def test_a_poll_gets_only_the_state_that_has_changed(
    poller: Poller, redis: Redis, playground: Playground
) -> None:
    await poller.poll()
    assert set(types(await poller.poll())) == {"stats"}
    await sync_to_async(changes.change_design)(playground, {"styles": {"gateway->users": "text"}})
    seen = types(await poller.poll(wait=3)) + types(await poller.poll(wait=1))
    assert {"design", "diagram", "records"} <= set(seen)


async def test_a_cursor_older_than_the_log_gets_a_gap(
    poller: Poller, redis: Redis, playground: Playground
) -> None:
    write(redis, playground, 5)
    await poller.poll()
    redis.xtrim(f"inflight:{playground.id}:log", maxlen=0, approximate=False)
    write(redis, playground, 2, start=5)
    poller.cursor = "1-0"
    assert "gap" in types(await poller.poll())
    assert numbers(poller.records)[5:] == [5, 6]


async def test_thirty_waiting_polls_hold_no_thread(poller: Poller, redis: Redis) -> None:
    await poller.poll()
    before = threading.active_count()
    others = [Poller(poller.token) for _ in range(30)]
    for other in others:
        other.cursor, other.state = poller.cursor or "0-0", poller.state
    waiting = [asyncio.create_task(other.poll(wait=2)) for other in others]
    await asyncio.sleep(0.8)
    assert not any(task.done() for task in waiting)
    assert threading.active_count() - before <= 2
    await asyncio.gather(*waiting)


async def test_a_playground_counts_as_watched_between_two_polls(
    poller: Poller, redis: Redis, playground: Playground
) -> None:
    await poller.poll()
    await asyncio.sleep(1.3)  # presence is reported once a second
    present = await sync_to_async(live_playgrounds)()
    assert [p.playground for p in present] == [playground.id]


async def test_a_poll_and_a_socket_of_one_playground_get_the_same_records(
    poller: Poller, query: str, redis: Redis, playground: Playground
) -> None:
    browser = Browser(query)
    await browser.open()
    await browser.hello()
    await poller.poll()
    write(redis, playground, 4)
    await poller.poll(wait=2)
    assert numbers(await browser.take(4)) == numbers(poller.records) == [0, 1, 2, 3]
    await browser.leave()


@pytest.mark.parametrize(
    "query",
    [
        "after=../etc", "after=99999999999999999999", "after=%D9%A1-0", "after=1-0%0A",
        "wait=21", "wait=soon", "wait=-1", "wait=nan", "wait=%D9%A1", "wait=1_0",
    ],
)  # fmt: skip
async def test_an_invalid_poll_is_a_problem(poller: Poller, redis: Redis, query: str) -> None:
    status, problem = await poller.ask(query)
    assert (status, problem["status"]) == (422, 422)


async def test_a_request_without_a_playground_is_a_401(poller: Poller, redis: Redis) -> None:
    assert (await poller.ask(authorization="Bearer invented"))[0] == 401
    assert poller.headers[b"www-authenticate"] == b'Bearer realm="playground"'
    assert (await poller.ask(authorization="Basic YTpi"))[0] == 401
    assert (await poller.ask(host="evil.example"))[0] == 400


async def test_a_cookie_opens_a_poll_only_for_pages_of_our_own(
    playground: Playground, redis: Redis
) -> None:
    client = Client()
    await sync_to_async(client.post)("/playground/")
    page = {"authorization": "", "host": "localhost:8000"}
    page["cookie"] = f"sessionid={client.cookies['sessionid'].value}"
    browser = Poller("")
    # A browser sends no Origin when a page reads from its own server.
    assert (await browser.ask(**page))[0] == 200
    assert (await browser.ask(**page, origin="http://localhost:8000"))[0] == 200
    assert (await browser.ask(**page, origin="http://localhost:9999"))[0] == 401


async def test_while_the_database_is_unavailable_a_poll_gets_a_503(
    poller: Poller, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(_: object) -> None:
        raise OperationalError("connection refused")

    monkeypatch.setattr(playgrounds, "of_token", away)
    assert (await poller.ask())[0] == 503
    assert poller.headers[b"retry-after"] == b"5"


async def test_while_redis_is_unavailable_a_poll_gets_a_503(
    poller: Poller, redis: Redis, playground: Playground, monkeypatch: pytest.MonkeyPatch
) -> None:
    from playground.live import pump as pumping
    from playground.storage.redis_adapter import StoreUnavailable as Away

    async def away(*_: object, **__: object) -> None:
        raise Away

    await poller.poll()
    monkeypatch.setattr(pumping.Pump, "attend", away)
    status, problem = await poller.ask(f"after={RedisFlowLog(redis).last(playground.id)}")
    assert (status, problem["title"]) == (503, "Service Unavailable")


async def test_a_poll_may_be_asked_for_its_head_but_takes_nothing_else(
    poller: Poller, redis: Redis
) -> None:
    assert (await poller.ask(method="HEAD"))[0] == 200
    assert (await poller.ask(method="POST"))[0] == 405
    assert poller.headers[b"allow"] == b"GET, HEAD"
