"""The socket as a browser uses it: resume without loss and duplicates, gap, state, close codes."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from channels.testing import WebsocketCommunicator
from django.db import OperationalError
from django.test import Client
from redis import Redis
from redis.exceptions import ConnectionError as Away

from playground.bootstrap import parts
from playground.control import changes, faults
from playground.control.lifecycle import reset
from playground.faults.fault import FaultRequest
from playground.flow.cursor import order
from playground.flow.records import Kind, Record, encode
from playground.flow.redis_log import RedisFlowLog
from playground.live import pump as pumping
from playground.live.consumer import PlaygroundConsumer
from playground.live.tests.manual import check_heard
from playground.models import Playground
from playground.storage import playgrounds
from webapp.asgi import application

pytestmark = pytest.mark.django_db(transaction=True)

OWN_ORIGIN = (b"origin", b"http://localhost:8000")


class Browser:
    """A browser's socket. It checks every frame against docs/asyncapi.yaml and keeps it."""

    def __init__(self, query: str = "", headers: list[tuple[bytes, bytes]] | None = None) -> None:
        headers = headers if headers is not None else [OWN_ORIGIN]
        headers = [(b"host", b"localhost:8000"), *headers]
        self.socket = WebsocketCommunicator(application, f"/ws/playground/{query}", headers)
        self.frames: list[dict[str, Any]] = []

    async def open(self) -> bool:
        connected, _ = await self.socket.connect()
        return connected

    async def hello(self, after: str | None = None) -> None:
        await self.say(type="hello", after=after)
        await self.until("welcome")

    async def say(self, **message: Any) -> None:
        await self.socket.send_to(text_data=json.dumps(message))

    async def next(self, timeout: float = 3) -> dict[str, Any]:
        frame = json.loads(await self.socket.receive_from(timeout))
        check_heard(frame)
        self.frames.append(frame)
        return frame

    async def until(self, kind: str, **having: Any) -> dict[str, Any]:
        while True:
            frame = await self.next()
            if frame["type"] == kind and all(frame.get(k) == v for k, v in having.items()):
                return frame

    async def take(self, count: int) -> list[dict[str, Any]]:
        """Read until so many records have come."""
        while len(self.records) < count:
            await self.next()
        return self.records

    @property
    def records(self) -> list[dict[str, Any]]:
        return [r for f in self.frames if f["type"] == "records" for r in f["records"]]

    async def closed_with(self) -> int:
        while True:
            event = await self.socket.receive_output(3)
            if event["type"] == "websocket.close":
                return event["code"]

    async def leave(self) -> None:
        await self.socket.disconnect()


@pytest.fixture
async def playground(redis: Redis) -> AsyncIterator[Playground]:
    yield await sync_to_async(playgrounds.create)()
    for task in pumping.pump()._tasks.values():
        task.cancel()
    await pumping.pump()._log._redis.aclose()


@pytest.fixture
async def query(playground: Playground) -> str:
    token = await sync_to_async(playgrounds.issue_token)(playground)
    return f"?token={token}"


@pytest.fixture
async def browser(query: str) -> AsyncIterator[Browser]:
    browser = Browser(query)
    assert await browser.open()
    yield browser
    await browser.leave()


def write(redis: Redis, playground: Playground, count: int, start: int = 0) -> None:
    records = [
        Record(Kind.EFFECT, "TicketPrinted", float(n), target="restaurant", data={"n": n})
        for n in range(start, start + count)
    ]
    RedisFlowLog(redis).append(playground.id, records)


def numbers(records: list[dict[str, Any]]) -> list[int]:
    return [r["data"]["n"] for r in records]


async def test_a_new_socket_gets_the_state_and_then_new_records(
    browser: Browser, redis: Redis, playground: Playground
) -> None:
    await browser.hello()
    write(redis, playground, 3)
    assert numbers(await browser.take(3)) == [0, 1, 2]
    types = [f["type"] for f in browser.frames]
    assert types[0] == "welcome"
    assert {"design", "diagram", "faults", "stats"} <= set(types)


async def test_a_socket_without_a_cursor_gets_only_the_most_recent_records(
    browser: Browser, redis: Redis, playground: Playground
) -> None:
    write(redis, playground, pumping.RECENT + 50)
    await browser.hello()
    assert numbers(await browser.take(pumping.RECENT)) == list(range(50, pumping.RECENT + 50))


async def test_a_socket_that_reconnects_gets_each_record_exactly_once(
    query: str, redis: Redis, playground: Playground
) -> None:
    """After any time away, and while more records are being written."""
    seen: list[int] = []
    cursor = "0-0"
    for visit in range(6):
        browser = Browser(query)
        await browser.open()
        write(redis, playground, 150, start=visit * 300)
        await browser.hello(cursor)
        write(redis, playground, 150, start=visit * 300 + 150)
        frames = 0
        while len(seen) + len(browser.records) < (visit + 1) * 300 - 100 * (visit % 3):
            await browser.next()
            frames += 1
        for frame in browser.frames:
            if frame["type"] == "records":
                assert frame["after"] == cursor
                assert frame["cursor"] == frame["records"][-1]["id"]
                cursor = frame["cursor"]
        seen += numbers(browser.records)
        await browser.leave()
    assert seen == list(range(len(seen)))
    assert len(seen) >= 1600


async def test_many_sockets_of_one_playground_see_the_same(
    query: str, redis: Redis, playground: Playground
) -> None:
    browsers = [Browser(query) for _ in range(10)]
    for i, browser in enumerate(browsers):
        await browser.open()
        write(redis, playground, 20, start=20 * i)
        await browser.hello("0-0")
    write(redis, playground, 20, start=200)
    for browser in browsers:
        assert numbers(await browser.take(220)) == list(range(220))
    for browser in browsers:
        await browser.leave()


async def test_a_lost_frame_can_be_requested_again(
    browser: Browser, redis: Redis, playground: Playground
) -> None:
    await browser.hello("0-0")
    write(redis, playground, 5)
    await browser.take(5)
    third = browser.records[2]["id"]
    await browser.say(type="resume", after=third)
    assert numbers((await browser.take(7))[5:]) == [3, 4]
    write(redis, playground, 1, start=5)
    assert numbers((await browser.take(8))[7:]) == [5]


async def test_a_cursor_older_than_the_log_gets_a_gap_and_then_the_whole_log(
    browser: Browser, redis: Redis, playground: Playground
) -> None:
    write(redis, playground, 10)
    old = RedisFlowLog(redis).read(playground.id)[0].id
    redis.xtrim(f"inflight:{playground.id}:log", maxlen=4, approximate=False)
    await browser.say(type="hello", after=old)
    gap = await browser.until("gap")
    assert gap["after"] == old
    assert numbers(await browser.take(4)) == [6, 7, 8, 9]
    assert browser.records[0]["id"] == gap["oldest"]


async def test_a_cursor_from_before_a_reset_gets_a_gap(
    browser: Browser, redis: Redis, playground: Playground
) -> None:
    write(redis, playground, 1)
    old = RedisFlowLog(redis).last(playground.id)
    RedisFlowLog(redis).delete(playground.id)
    await browser.say(type="hello", after=old)
    await browser.until("gap")


async def test_a_socket_goes_on_with_what_follows_a_reset(
    browser: Browser, redis: Redis, playground: Playground
) -> None:
    write(redis, playground, 2)
    await browser.hello()
    await browser.take(2)
    await sync_to_async(reset)(playground)
    gap = await browser.until("gap")
    log = RedisFlowLog(redis)
    log.append(playground.key, [Record(Kind.NOTE, "after", 1.0)])
    while not browser.records or browser.records[-1]["name"] != "after":
        await browser.next()
    frames = [f for f in browser.frames[browser.frames.index(gap) :] if f["type"] == "records"]
    assert frames[0]["after"] == "0-0"
    names = [record["name"] for frame in frames for record in frame["records"]]
    assert names == ["Reset", "after"]


async def test_a_socket_goes_on_after_a_reset_on_a_clock_that_was_set_back(
    browser: Browser, redis: Redis, playground: Playground
) -> None:
    key = f"inflight:{playground.key}:log"
    redis.xadd(key, {"r": encode(Record(Kind.NOTE, "ahead", 1.0))}, id="9999999999999-0")
    await browser.hello()
    await sync_to_async(reset)(playground)
    await browser.until("gap")
    while not browser.records or browser.records[-1]["name"] != "Reset":
        await browser.next()


async def test_a_socket_that_joins_after_a_reset_sees_nothing_from_before(
    query: str, redis: Redis, playground: Playground
) -> None:
    write(redis, playground, 3)
    await sync_to_async(reset)(playground)
    browser = Browser(query)
    assert await browser.open()
    await browser.hello()
    await browser.take(1)
    assert [record["name"] for record in browser.records] == ["Reset"]
    await browser.leave()


async def test_a_fault_is_sent_at_once_and_a_class_fault_to_every_playground(
    browser: Browser, redis: Redis, playground: Playground
) -> None:
    await browser.hello()
    await asyncio.sleep(1.2)  # presence is reported once a second
    started = asyncio.get_running_loop().time()
    await sync_to_async(faults.inject_everywhere)(FaultRequest("unreachable", "crm"))
    while not (frame := await browser.until("faults"))["faults"]:
        pass
    assert asyncio.get_running_loop().time() - started < 1
    assert frame["faults"][0]["scope"] == "class"


async def test_a_design_change_sends_a_new_topology(
    browser: Browser, redis: Redis, playground: Playground
) -> None:
    await browser.hello()
    first = await browser.until("diagram")
    choices = {"styles": {"gateway->users": "text"}}
    await sync_to_async(changes.change_design)(playground, choices)
    second = await browser.until("diagram")
    assert "gateway__broker" not in first["source"]
    assert "gateway__broker" in second["source"]
    assert {e["id"] for e in second["edges"] if e["flippable"]} >= {"q_users__users"}


async def test_a_socket_gets_the_sequence_of_the_trace_that_it_watches(
    browser: Browser, redis: Redis, playground: Playground
) -> None:
    await browser.hello()
    await browser.say(type="watch", trace=None)
    step = Record(
        Kind.REQUEST, "POST /api/orders", 1.0,
        source="customer", target="gateway", trace="a" * 32, message="m",
    )  # fmt: skip
    RedisFlowLog(redis).append(playground.id, [step])
    frame = await browser.until("diagram", diagram="sequence")
    assert frame["trace"] == "a" * 32
    assert "customer->>gateway" in frame["source"]


async def test_depths_are_sent_once_a_second_with_their_cursor(
    browser: Browser, redis: Redis, playground: Playground
) -> None:
    await browser.hello()
    write(redis, playground, 1)
    await browser.take(1)
    stats = await browser.until("stats", cursor=browser.records[-1]["id"])
    assert stats["queues"]["notification"] == {
        "ready": 0, "unacked": 0, "delayed": 0, "dead": 0,
    }  # fmt: skip
    assert stats["worker"] == {"alive": False, "heartbeat_age_s": None}
    assert stats["slots"] == {"taken": 0, "of": None, "waiting": 0}


async def test_a_socket_that_joins_while_redis_recovers_gets_its_records(
    browser: Browser,
    query: str,
    redis: Redis,
    playground: Playground,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Closing the sockets takes a while, and another socket joins meanwhile."""
    other = Browser(query)
    has_joined = asyncio.Event()
    lose, xread = PlaygroundConsumer.lose, pumping.pump()._log._redis.xread

    async def lose_slowly(self: PlaygroundConsumer, code: int, reason: str) -> None:
        await other.open()
        await other.hello("0-0")
        has_joined.set()
        await lose(self, code, reason)

    async def be_away(*_: Any, **__: Any) -> Any:
        monkeypatch.setattr(pumping.pump()._log._redis, "xread", xread)
        raise Away

    await browser.hello()
    monkeypatch.setattr(PlaygroundConsumer, "lose", lose_slowly)
    monkeypatch.setattr(pumping.pump()._log._redis, "xread", be_away)
    assert await browser.closed_with() == pumping.REDIS_UNAVAILABLE
    assert has_joined.is_set()
    write(redis, playground, 3)
    assert numbers(await asyncio.wait_for(other.take(3), 5)) == [0, 1, 2]
    await other.leave()


async def test_a_socket_that_joins_while_redis_fails_gets_its_records_in_the_end(
    browser: Browser, redis: Redis, playground: Playground, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The feed is deleted, and the read loop ends, while a socket is joining."""
    start = pumping.Pump._start

    async def start_late(self: pumping.Pump, *args: Any) -> str:
        await self._lose_all_sockets(Away())
        await asyncio.sleep(3 * pumping.BLOCK_MS / 1000)  # without feeds the read loop ends
        return await start(self, *args)

    monkeypatch.setattr(pumping.Pump, "_start", start_late)
    await browser.hello("0-0")
    await asyncio.sleep(4 * pumping.BLOCK_MS / 1000)
    write(redis, playground, 3)
    assert numbers(await asyncio.wait_for(browser.take(3), 5)) == [0, 1, 2]


async def test_a_new_sockets_figures_include_the_last_minutes(
    query: str, redis: Redis, playground: Playground
) -> None:
    def fail() -> None:
        now = parts().clock.now()
        answer = Record(Kind.RESPONSE, "POST /api/orders", now, target="customer", status="error")
        answer.duration_ms = 40
        RedisFlowLog(redis).append(playground.id, [answer] * 5)

    await sync_to_async(fail)()
    browser = Browser(query)
    await browser.open()
    await browser.hello()
    stats = await browser.until("stats")
    assert stats["errors_per_s"] == 1
    assert stats["answer_ms"]["p50"] == 40
    await browser.leave()


@pytest.mark.parametrize(
    "text",
    [
        "no json",
        "[]",
        '{"type": "hello"}',
        '{"type": "hello", "after": 7}',
        '{"type": "hello", "after": "../../etc"}',
        '{"type": "resume", "after": "1-0"}',  # before hello
        '{"type": "watch", "trace": {"a": 1}}',
        '{"type": "shout"}',
        '{"type": "hello", "after": "' + "1" * 5000 + '"}',
        "[" * 1500,
        '{"a":' * 800,
        "9" * 4096,
        '{"type": "watch", "trace": "\\ud800"}',
        '{"type": "hello", "after": "99999999999999999999"}',
        '{"type": "hello", "after": "18446744073709551615-18446744073709551615"}',
        '{"type": "hello", "after": "١-٠"}',
        '{"type": "hello", "after": "1-0\\n"}',
    ],
)
async def test_a_malformed_frame_closes_the_socket_with_a_reason(
    browser: Browser, text: str
) -> None:
    await browser.socket.send_to(text_data=text)
    assert await browser.closed_with() == 4400


async def test_a_binary_frame_is_refused(browser: Browser) -> None:
    await browser.socket.send_to(bytes_data=b"\x00\x01")
    assert await browser.closed_with() == 4400


async def test_an_invalid_token_is_refused(playground: Playground) -> None:
    browser = Browser("?token=invented")
    await browser.open()
    assert await browser.closed_with() == 4403


async def test_without_token_and_session_there_is_no_playground(playground: Playground) -> None:
    browser = Browser()
    await browser.open()
    assert await browser.closed_with() == 4401


@pytest.mark.parametrize("query", ["?token=a-token", ""])
async def test_while_the_database_is_away_a_socket_is_told_to_try_again_later(
    cookie: tuple[bytes, bytes], monkeypatch: pytest.MonkeyPatch, query: str
) -> None:
    def away(_: object) -> None:
        raise OperationalError("connection refused")

    for finding in ("of_token", "of_session"):
        monkeypatch.setattr(playgrounds, finding, away)
    browser = Browser(query, headers=[OWN_ORIGIN, cookie])
    await browser.open()
    assert await browser.closed_with() == 1013


@pytest.fixture
async def learner(redis: Redis) -> Client:
    """A browser that has a playground."""
    client = Client()
    await sync_to_async(client.post)("/playground/")
    return client


@pytest.fixture
async def cookie(learner: Client) -> tuple[bytes, bytes]:
    return (b"cookie", f"sessionid={learner.cookies['sessionid'].value}".encode())


async def test_a_browsers_session_opens_its_own_playground(
    learner: Client, cookie: tuple[bytes, bytes], playground: Playground
) -> None:
    browser = Browser(headers=[OWN_ORIGIN, cookie])
    await browser.open()
    await browser.say(type="hello", after=None)
    welcome = await browser.until("welcome")
    own = await sync_to_async(learner.get)("/api/playground")
    assert welcome["playground"] == own.json()["id"]
    await browser.leave()


@pytest.mark.parametrize(
    "origin",
    [
        b"http://evil.example", b"http://localhost:9999", b"http://localhost",
        b"https://localhost:8000", b"http://localhost:8000.evil.example", b"null", b"",
    ],
)  # fmt: skip
async def test_another_origins_page_may_not_open_a_socket(
    query: str, cookie: tuple[bytes, bytes], origin: bytes
) -> None:
    for intruder in (
        Browser(headers=[(b"origin", origin), cookie]),
        Browser(query, headers=[(b"origin", origin)]),
    ):
        assert not await intruder.open()


async def test_a_trusted_origin_may_open_a_socket_behind_a_proxy_that_changes_the_host(
    cookie: tuple[bytes, bytes], playground: Playground, settings: Any
) -> None:
    settings.CSRF_TRUSTED_ORIGINS = ["https://inflight.example"]
    browser = Browser(headers=[(b"origin", b"https://inflight.example"), cookie])
    assert await browser.open()
    await browser.hello()
    await browser.leave()


async def test_a_script_with_a_token_needs_no_origin(query: str, playground: Playground) -> None:
    bearer = f"Bearer {query.removeprefix('?token=')}".encode()
    for script in (Browser(query, headers=[]), Browser(headers=[(b"authorization", bearer)])):
        assert await script.open()
        await script.hello()
        await script.leave()


async def test_a_cookie_without_an_origin_opens_nothing(
    cookie: tuple[bytes, bytes], playground: Playground
) -> None:
    browser = Browser(headers=[cookie])
    await browser.open()
    assert await browser.closed_with() == 4401


async def test_a_socket_to_a_host_that_is_not_served_here_is_refused(query: str) -> None:
    path = f"/ws/playground/{query}"
    stranger = WebsocketCommunicator(application, path, [(b"host", b"evil.example")])
    assert (await stranger.connect())[0] is False


async def test_a_client_that_does_not_read_is_sent_one_frame_and_then_closed_with_a_reason(
    query: str, redis: Redis, playground: Playground
) -> None:
    has_waited_long_enough = asyncio.Event()

    async def wait() -> None:
        await has_waited_long_enough.wait()
        raise TimeoutError

    write(redis, playground, 3 * pumping.CATCH_UP)
    browser = Browser(query)
    browser.socket.scope["extensions"] = {"inflight.until_read": {"wait": wait}}
    await browser.open()
    await browser.hello("0-0")
    for _ in range(20):
        await browser.say(type="resume", after="0-0")
    await browser.take(pumping.CATCH_UP)
    assert await browser.socket.receive_nothing()
    has_waited_long_enough.set()
    event = await browser.socket.receive_output(3)
    assert (event["code"], event["reason"]) == (4408, "you do not read what you are sent")
    assert await browser.socket.receive_nothing()
    await browser.leave()


async def test_a_socket_at_an_address_that_is_none_is_a_404() -> None:
    headers = [(b"host", b"localhost:8000"), OWN_ORIGIN]
    socket = WebsocketCommunicator(application, "/ws/no/such/", headers)
    socket.scope["extensions"] = {"websocket.http.response": {}}
    await socket.send_input({"type": "websocket.connect"})
    assert (await socket.receive_output(3))["status"] == 404
    await socket.receive_output(3)
    assert (await WebsocketCommunicator(application, "/", headers).connect())[0] is False


def test_cursors_are_ordered_as_numbers() -> None:
    assert order("9-0") < order("10-0") < order("10-2") < order("10-10")
