"""Nothing that is sent live holds the event loop for long, whatever was written and by how many."""

import asyncio
import json
from collections.abc import Callable, Coroutine, Mapping
from typing import Any

import pytest
from channels.testing import HttpCommunicator, WebsocketCommunicator
from redis import Redis

from playground.bounds import KEPT_RECORDS, MAX_FRAME, MAX_RECORD
from playground.fairness.shares import LIVE_BATCH
from playground.flow.log import BEGINNING
from playground.flow.records import Kind, Record, encode
from playground.flow.redis_log import Entry, RedisFlowLog
from playground.live import pump as pumping
from playground.live import status
from playground.live.consumer import PlaygroundConsumer
from playground.live.feed import Feed
from playground.live.pump import Pump
from playground.models import Playground
from playground.storage import playgrounds
from tests.loop_watchdog import assert_it_lets_go, watch_from_here
from webapp.asgi import application

TRACE = "f" * 32
MANY = 10_000  # sockets


def widest(number: int) -> Record:
    """As many bytes as a record may have, of characters that take most."""
    return Record(Kind.NOTE, "Something", float(number), trace=TRACE, data={"t": "😀" * 900})


def fullest(number: int) -> Record:
    """As many values as a record has room for."""
    return Record(Kind.NOTE, "Something", float(number), trace=TRACE, data={"n": [0] * 1800})


def longest_named(number: int) -> Record:
    name = "GET /" + ";" * (MAX_RECORD // 2)
    return Record(Kind.REQUEST, name, float(number), source="gateway", target="menu", trace=TRACE)


def entries(records: list[Record]) -> list[Entry]:
    return [(f"{number}-0", encode(record)) for number, record in enumerate(records, 1)]


# --- one playground's news to its sockets


class Browser:
    cursor, watched = BEGINNING, ""

    def __init__(self) -> None:
        self.frames: list[str] = []

    async def send_frame(self, text: str) -> None:
        self.frames.append(text)

    async def until_read(self) -> None: ...

    async def lose(self, code: int, reason: str) -> None:
        self.frames.append(reason)


class Log:
    """The log's tail with these entries."""

    def __init__(self, held: list[Entry]) -> None:
        self.held = held

    async def newer(
        self, positions: Mapping[str, str], *, limit: int, wait_ms: int
    ) -> dict[str, list[Entry]]:
        await asyncio.sleep(0)
        [(key, cursor)] = positions.items()
        newer = await self.after(key, cursor, limit)
        return {key: newer} if newer else {}

    async def after(self, key: str, cursor: str, limit: int) -> list[Entry]:
        start = int(cursor.partition("-")[0])
        return self.held[start : start + limit]

    async def holds(self, key: str, cursor: str) -> bool:
        return True

    async def before_newest(self, key: str, count: int) -> str:
        return BEGINNING

    async def last(self, key: str) -> str:
        return self.held[-1][0]

    async def oldest(self, key: str) -> str:
        return self.held[0][0]

    async def disconnect(self) -> None: ...


def a_pump(log: Log, sockets: int) -> tuple[Pump, Feed]:
    pump, feed = Pump(log), Feed("p", "p", is_outdated=False)  # type: ignore[arg-type]
    feed.sockets.update(Browser() for _ in range(sockets))
    feed.design_frame = feed.topology_frame = feed.faults_frame = feed.stats_frame = "{}"
    pump._feeds["p"] = feed
    return pump, feed


Make = Callable[[int], Record]


@pytest.mark.parametrize("make", [widest, fullest, longest_named])
def test_a_burst_of_the_largest_records(make: Make) -> None:
    held = entries([make(n) for n in range(LIVE_BATCH)])

    async def burst() -> None:
        pump, feed = a_pump(Log(held), sockets=1)
        reading = asyncio.create_task(pump._read())
        while feed.position != held[-1][0] or len(feed.traces[TRACE]) < LIVE_BATCH:
            await asyncio.sleep(0)
        reading.cancel()
        await pump._send_sequences()

    assert_it_lets_go(burst)


@pytest.mark.parametrize("make", [widest, fullest])
def test_a_socket_that_catches_up_with_the_largest_records(make: Make) -> None:
    held = entries([make(n) for n in range(3 * pumping.CATCH_UP)])

    async def join() -> None:
        pump, feed = a_pump(Log(held), sockets=0)
        feed.position = held[-1][0]
        browser: Any = Browser()
        await pump.join("p", browser, BEGINNING)
        for task in pump._tasks.values():
            task.cancel()
        assert browser.cursor == held[-1][0]

    assert_it_lets_go(join)


def _few_records(pump: Pump, feed: Feed) -> Coroutine[Any, Any, None]:
    return pump._send_records(feed, entries([widest(1)]))


def _a_sequence(pump: Pump, feed: Feed) -> Coroutine[Any, Any, None]:
    feed.keep_trace(TRACE, [longest_named(1)])
    feed.grown_traces.add(TRACE)
    feed.newest_trace = TRACE
    return pump._send_sequences()


def _a_change(pump: Pump, feed: Feed) -> Coroutine[Any, Any, None]:
    return pump._send_to_all(feed, "the new design")


def _a_reset(pump: Pump, feed: Feed) -> Coroutine[Any, Any, None]:
    feed.begin_anew("q")
    return pump._begin_anew(feed)


def _a_loss(pump: Pump, feed: Feed) -> Coroutine[Any, Any, None]:
    return pump._lose_all_sockets(RuntimeError("Redis is away"))


@pytest.mark.parametrize("send", [_few_records, _a_sequence, _a_change, _a_reset, _a_loss])
def test_what_goes_to_thousands_of_sockets(
    send: Callable[[Pump, Feed], Coroutine[Any, Any, None]],
) -> None:
    sockets: list[Any] = []

    async def fan_out() -> None:
        pump, feed = a_pump(Log(entries([widest(1)])), MANY)
        sockets[:] = feed.sockets
        await watch_from_here()
        await send(pump, feed)

    assert_it_lets_go(fan_out)
    assert len(sockets) == MANY
    assert all(len(socket.frames) == 1 for socket in sockets)


# --- the way from the network to Redis and back


@pytest.fixture
def token(redis: Redis, transactional_db: None) -> str:
    return playgrounds.issue_token(playgrounds.create())


def fill(redis: Redis, make: Make, count: int) -> None:
    playground = Playground.objects.get()
    RedisFlowLog(redis).append(playground.key, [make(n) for n in range(count)])


async def _put_away() -> None:
    pump = pumping.pump()
    for task in pump._tasks.values():
        task.cancel()
    await pump._log._redis.aclose()


def _a_conversation(token: str, *sayings: dict[str, Any], ends_with: str) -> Any:
    async def talk() -> None:
        path = f"/ws/playground/?token={token}"
        socket = WebsocketCommunicator(application, path, [(b"host", b"localhost")])
        await socket.connect()
        for saying in sayings:
            await socket.send_to(text_data=json.dumps(saying))
        while ends_with not in await socket.receive_from(5):
            pass
        await socket.disconnect()
        await _put_away()

    return talk


def test_a_socket_that_asks_for_everything_again(token: str, redis: Redis) -> None:
    fill(redis, widest, 600)
    hello, resume = {"type": "hello", "after": None}, {"type": "resume", "after": "0"}
    assert_it_lets_go(_a_conversation(token, hello, resume, ends_with='"at":599.0'))


def test_a_socket_that_watches_the_longest_trace(token: str, redis: Redis) -> None:
    fill(redis, longest_named, KEPT_RECORDS)
    hello, watch = {"type": "hello", "after": None}, {"type": "watch", "trace": TRACE}
    assert_it_lets_go(_a_conversation(token, hello, watch, ends_with='"sequence"'))


def test_a_poll_of_as_much_as_one_answer_holds(token: str, redis: Redis) -> None:
    fill(redis, widest, 600)
    headers = [(b"host", b"localhost"), (b"authorization", f"Bearer {token}".encode())]

    async def poll() -> None:
        path = f"/api/playground/live?after=0&watch={TRACE}"
        answer = await HttpCommunicator(application, "GET", path, headers=headers).get_response(9)
        assert answer["status"] == 200
        await _put_away()

    assert_it_lets_go(poll)


def test_stats_of_a_busy_minute(token: str, redis: Redis) -> None:
    feed = Feed("p", "p")
    for number in range(50_000):
        feed.meter.feed(Record(Kind.RESPONSE, "x", 1e12, target="customer", duration_ms=number))

    async def report() -> None:
        await status.refresh([feed])

    assert_it_lets_go(report, runs=2)


@pytest.mark.parametrize("part", ["0,", "1.5,", '"",', "[],", '{"":0},'])
def test_the_largest_frame_of_a_client(part: str) -> None:
    parts = part * (MAX_FRAME // len(part))
    text = f"[{parts}"[: MAX_FRAME - 2].rpartition(",")[0] + "]"
    assert len(text) > MAX_FRAME - 20

    async def say() -> None:
        consumer = PlaygroundConsumer()
        consumer.playground = "p"
        consumer.lose = lose  # type: ignore[method-assign]
        await consumer.receive(text_data=text)

    async def lose(code: int, reason: str) -> None: ...

    assert_it_lets_go(say)
