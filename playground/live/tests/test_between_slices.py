"""What changes while the pump is at work, between two slices of it: nothing is lost or doubled."""

import asyncio
import json
from collections.abc import Sequence
from random import Random
from typing import Any

import pytest

from playground.flow.log import BEGINNING
from playground.flow.records import Kind, Record, encode
from playground.flow.redis_log import Entry
from playground.live import pump as pumping
from playground.live import slices, status
from playground.live.feed import KEPT_TRACES, Feed
from playground.live.pump import Pump
from playground.live.tests.test_event_loop import TRACE, Browser, Log, a_pump, entries


@pytest.fixture(autouse=True)
def slices_of_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """The pump lets go of the loop before every record and every socket."""
    monkeypatch.setattr(slices, "SLICE_S", -1.0)
    monkeypatch.setattr(pumping, "TICK_S", 0.0)


def some(count: int, first: int = 0) -> list[Record]:
    return [
        Record(Kind.NOTE, "Something", float(n), trace=TRACE) for n in range(first, first + count)
    ]


def received(browser: Any) -> list[float]:
    frames = [json.loads(text) for text in browser.frames]
    return [r["at"] for f in frames if f["type"] == "records" for r in f["records"]]


def two_browsers(pump_and_feed: tuple[Pump, Feed]) -> tuple[Pump, Feed, Any, Any]:
    pump, feed = pump_and_feed
    first, second = list(feed.sockets)
    return pump, feed, first, second


async def until_sent(browser: Any) -> None:
    async with asyncio.timeout(5):
        while not browser.frames:
            await asyncio.sleep(0)


@pytest.mark.parametrize("seed", range(5))
async def test_sockets_that_come_and_go_get_each_record_once_and_in_order(seed: int) -> None:
    chance, log = Random(seed), Log([])
    pump, feed = a_pump(log, sockets=4)
    browsers: list[Any] = list(feed.sockets)
    reading = asyncio.create_task(pump._read())

    async def come_and_go(browser: Any) -> None:
        for _ in range(30):
            for _ in range(chance.randrange(12)):
                await asyncio.sleep(0)
            await pump.resume("p", browser, browser.cursor)

    async def write() -> None:
        for number in range(200):
            log.held += [(f"{number + 1}-0", encode(some(1, first=number)[0]))]
            for _ in range(chance.randrange(4)):
                await asyncio.sleep(0)

    def has_all(browser: Any) -> bool:
        return browser.cursor == "200-0"

    pump._tasks["read"] = reading
    async with asyncio.timeout(20):
        await asyncio.gather(write(), *map(come_and_go, browsers))
        while not all(map(has_all, browsers)):
            await asyncio.sleep(0)
    for task in pump._tasks.values():
        task.cancel()
    for browser in browsers:
        assert received(browser) == list(range(200))


async def test_who_leaves_or_reads_for_itself_meanwhile_gets_nothing_twice() -> None:
    pump, feed, first, second = two_browsers(a_pump(Log([]), sockets=2))
    sending = asyncio.create_task(pump._send_records(feed, entries(some(3))))
    while not (first.frames or second.frames):
        await asyncio.sleep(0)
    late = first if second.frames else second
    feed.sockets.discard(late)
    await sending
    assert not late.frames


async def test_a_reset_meanwhile_ends_the_sending_of_what_was_before_it() -> None:
    pump, feed, first, second = two_browsers(a_pump(Log([]), sockets=2))
    sending = asyncio.create_task(pump._send_records(feed, entries(some(3))))
    while not (first.frames or second.frames):
        await asyncio.sleep(0)
    feed.begin_anew("q")
    feed.is_outdated = False
    await sending
    late = first if second.frames else second
    assert not late.frames
    assert feed.position == BEGINNING
    assert not feed.traces, "of the log that has begun"


async def test_nothing_of_a_new_log_is_sent_before_the_sockets_know_of_it() -> None:
    held = entries(some(3))
    pump, feed = a_pump(Log(held), sockets=1)
    [browser] = list[Any](feed.sockets)
    browser.cursor = "0-1"
    feed.begin_anew("p")
    feed.is_outdated = False
    reading = asyncio.create_task(pump._read())
    for _ in range(20):
        await asyncio.sleep(0)
    assert not browser.frames
    await pump._begin_anew(feed)
    async with asyncio.timeout(5):
        while len(browser.frames) < 2:
            await asyncio.sleep(0)
    reading.cancel()
    assert [json.loads(text)["type"] for text in browser.frames] == ["gap", "records"]
    assert received(browser) == [0, 1, 2]


async def test_who_has_joined_the_new_log_meanwhile_is_not_sent_back() -> None:
    pump, feed, first, second = two_browsers(a_pump(Log(entries(some(3))), sockets=2))
    feed.begin_anew("q")
    telling = asyncio.create_task(pump._begin_anew(feed))
    while not (first.frames or second.frames):
        await asyncio.sleep(0)
    late = first if second.frames else second
    late.cursor = "3-0"
    await telling
    assert (late.frames, late.cursor) == ([], "3-0")


async def test_what_is_sent_while_a_socket_reads_the_end_of_the_log_reaches_it() -> None:
    class Slow(Log):
        async def after(self, key: str, cursor: str, limit: int) -> list[Entry]:
            answer = await super().after(key, cursor, limit)
            if not sent.is_set():
                is_reading.set()
                await sent.wait()
            return answer

    is_reading, sent = asyncio.Event(), asyncio.Event()
    log = Slow(entries(some(3)))
    pump, feed = a_pump(log, sockets=0)
    feed.position = "3-0"
    browser: Any = Browser()
    joining = asyncio.create_task(pump.resume("p", browser, "3-0"))
    await is_reading.wait()
    log.held = entries(some(4))
    await pump._send_records(feed, log.held[3:])
    sent.set()
    await joining
    for task in pump._tasks.values():
        task.cancel()
    assert received(browser) == [3]


async def test_of_two_changes_at_once_every_socket_has_the_last(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pump, feed = a_pump(Log([]), sockets=5)
    browsers: list[Any] = list(feed.sockets)
    feed.faults_frame = "off"
    states = iter(["on", "off"])

    async def refresh(feeds: Sequence[Feed]) -> None:
        await asyncio.sleep(0)
        feed.faults_frame = next(states)

    monkeypatch.setattr(status, "refresh", refresh)
    await asyncio.gather(pump._refresh([feed]), pump._refresh([feed]))
    assert {browser.frames[-1] for browser in browsers} == {"off"}


async def test_a_trace_that_grows_while_its_diagram_is_sent_is_sent_again() -> None:
    pump, feed = a_pump(Log([]), sockets=9)
    browsers: list[Any] = list(feed.sockets)
    for browser in browsers:
        browser.watched = TRACE
    await feed.take(entries(some(1)))
    sending = asyncio.create_task(pump._send_sequences())
    while not any(browser.frames for browser in browsers):
        await asyncio.sleep(0)
    await feed.take(entries(some(1)))
    await sending
    assert feed.grown_traces == {TRACE}


async def test_traces_that_are_only_asked_for_are_not_kept_without_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def read_trace(key: str, trace: str) -> list[Record]:
        return some(3)

    monkeypatch.setattr(status, "read_trace", read_trace)
    pump, feed = a_pump(Log([]), sockets=0)
    browser: Any = Browser()
    for number in range(100):
        await pump.watch("p", browser, f"{number:032x}")
    assert len(feed.traces) == KEPT_TRACES
