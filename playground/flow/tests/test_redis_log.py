"""The flow log on a real Redis, as steps write it and as the pump reads it while it grows."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from redis import Redis
from redis import asyncio as aioredis
from redis.asyncio.retry import Retry as AsyncRetry
from redis.backoff import NoBackoff
from redis.retry import Retry

from playground.bounds import KEPT_RECORDS
from playground.flow.log import BEGINNING
from playground.flow.promises import Promise
from playground.flow.records import Kind, Record, decode
from playground.flow.redis_log import RedisFlowLog, RedisLogTail, stream_key
from playground.storage.redis_adapter import StoreUnavailable
from webapp.ports import free_port

PG, OTHER_PG = "playground", "another"


def ticks(count: int, first: int = 0) -> list[Record]:
    return [Record(Kind.NOTE, f"Tick {n}", float(n)) for n in range(first, first + count)]


def names(records: list[Record]) -> list[str]:
    return [record.name for record in records]


@pytest.fixture
def log(redis: Redis) -> RedisFlowLog:
    return RedisFlowLog(redis)


@pytest.fixture
async def tail(redis: Redis, redis_server: str) -> AsyncIterator[RedisLogTail]:
    client = aioredis.Redis.from_url(redis_server)
    yield RedisLogTail(client)
    await client.aclose()


# Steps write


def test_records_are_read_in_the_order_in_which_they_were_appended(log: RedisFlowLog) -> None:
    log.append(PG, ticks(3))
    log.append(PG, ticks(2, first=3))
    assert names(log.read(PG)) == [f"Tick {n}" for n in range(5)]


def test_ids_increase_strictly_and_each_is_the_cursor_to_read_on_from(log: RedisFlowLog) -> None:
    log.append(PG, ticks(5))
    records = log.read(PG)
    ids = [tuple(map(int, record.id.split("-"))) for record in records]
    assert ids == sorted(set(ids))
    for n, record in enumerate(records):
        assert names(log.read(PG, record.id)) == [f"Tick {m}" for m in range(n + 1, 5)]


def test_reading_page_by_page_gives_each_record_once(log: RedisFlowLog) -> None:
    log.append(PG, ticks(10))
    cursor, read = BEGINNING, list[str]()
    while page := log.read(PG, cursor, 3):
        read += names(page)
        cursor = page[-1].id
    assert read == [f"Tick {n}" for n in range(10)]


def test_the_last_cursor_is_that_of_the_newest_record(log: RedisFlowLog) -> None:
    assert log.last(PG) == BEGINNING
    log.append(PG, ticks(3))
    assert log.last(PG) == log.read(PG)[-1].id
    assert log.read(PG, log.last(PG)) == []


def test_a_log_that_was_never_written_is_empty(log: RedisFlowLog) -> None:
    assert (log.read(PG), log.promises(PG)) == ([], [])
    log.append(PG, [])
    assert log.read(PG) == []


def test_more_records_than_one_command_takes_keep_their_order(log: RedisFlowLog) -> None:
    log.append(PG, ticks(2300), [Promise("order/A", "run")])
    assert names(log.read(PG, limit=KEPT_RECORDS)) == [f"Tick {n}" for n in range(2300)]
    assert log.promises(PG) == [Promise("order/A", "run")]


def test_the_oldest_records_go_when_there_are_too_many(log: RedisFlowLog) -> None:
    log.append(PG, ticks(KEPT_RECORDS + 1000))
    kept = log.read(PG, limit=2 * KEPT_RECORDS)
    assert KEPT_RECORDS <= len(kept) < KEPT_RECORDS + 500, "whole blocks are trimmed"
    assert kept[-1].name == f"Tick {KEPT_RECORDS + 999}"


def test_the_first_promise_about_a_subject_counts(log: RedisFlowLog) -> None:
    log.append(PG, ticks(1), [Promise("order/A", "first", ("loyalty",)), Promise("order/B", "b")])
    log.append(PG, ticks(1), [Promise("order/A", "second")])
    log.append(PG, [], [Promise("order/A", "third")])
    assert sorted(log.promises(PG), key=lambda p: p.subject) == [
        Promise("order/A", "first", ("loyalty",)), Promise("order/B", "b"),
    ]  # fmt: skip


def test_deleting_takes_records_and_promises_of_this_playground_only(log: RedisFlowLog) -> None:
    for playground in (PG, OTHER_PG):
        log.append(playground, ticks(1), [Promise("order/A", "run")])
    log.delete(PG)
    assert (log.read(PG), log.promises(PG), log.last(PG)) == ([], [], BEGINNING)
    assert (len(log.read(OTHER_PG)), len(log.promises(OTHER_PG))) == (1, 1)


@pytest.mark.parametrize(
    "ask",
    [
        lambda log: log.append(PG, ticks(1)),
        lambda log: log.append(PG, [], [Promise("order/A", "run")]),
        lambda log: log.read(PG),
        lambda log: log.last(PG),
        lambda log: log.promises(PG),
        lambda log: log.delete(PG),
    ],
    ids=["append", "promise", "read", "last", "promises", "delete"],
)
def test_when_redis_is_away_every_method_says_that_the_store_is_unavailable(
    ask: Callable[[RedisFlowLog], Any],
) -> None:
    nobody = Redis(port=free_port(), retry=Retry(NoBackoff(), 0))
    with pytest.raises(StoreUnavailable):
        ask(RedisFlowLog(nobody))
    nobody.close()


# The pump reads


def told(entries: list[tuple[str, bytes]]) -> list[str]:
    return [decode(cursor, text).name for cursor, text in entries]


async def test_what_is_newer_than_each_position_comes_for_every_playground_at_once(
    log: RedisFlowLog, tail: RedisLogTail
) -> None:
    log.append(PG, ticks(3))
    log.append(OTHER_PG, ticks(1, first=7))
    seen = log.read(PG)[0].id
    newer = await tail.newer({PG: seen, OTHER_PG: BEGINNING}, limit=10, wait_ms=1)
    assert {pg: told(entries) for pg, entries in newer.items()} == {
        PG: ["Tick 1", "Tick 2"], OTHER_PG: ["Tick 7"],
    }  # fmt: skip


async def test_a_playground_with_nothing_new_is_left_out(
    log: RedisFlowLog, tail: RedisLogTail
) -> None:
    log.append(PG, ticks(1))
    positions = {PG: log.last(PG), OTHER_PG: BEGINNING}
    assert await tail.newer(positions, limit=10, wait_ms=1) == {}


async def test_no_more_than_the_limit_comes_and_the_rest_comes_next(
    log: RedisFlowLog, tail: RedisLogTail
) -> None:
    log.append(PG, ticks(5))
    cursor, read = BEGINNING, list[str]()
    while newer := await tail.newer({PG: cursor}, limit=2, wait_ms=1):
        assert len(newer[PG]) <= 2
        read += told(newer[PG])
        cursor = newer[PG][-1][0]
    assert read == [f"Tick {n}" for n in range(5)]


async def test_entries_after_a_cursor_are_those_that_the_log_reads(
    log: RedisFlowLog, tail: RedisLogTail
) -> None:
    log.append(PG, ticks(4))
    second = log.read(PG)[1]
    assert told(await tail.after(PG, second.id, 10)) == names(log.read(PG, second.id))
    assert told(await tail.after(PG, BEGINNING, 1)) == ["Tick 0"]
    assert await tail.last(PG) == log.last(PG)


async def test_the_cursor_before_the_newest_leaves_exactly_so_many_to_read(
    log: RedisFlowLog, tail: RedisLogTail
) -> None:
    log.append(PG, ticks(5))
    for count in range(1, 5):
        cursor = await tail.before_newest(PG, count)
        assert len(await tail.after(PG, cursor, 10)) == count
    assert await tail.before_newest(PG, 5) == await tail.before_newest(PG, 99) == BEGINNING


async def test_a_cursor_is_held_until_its_entry_is_trimmed(
    log: RedisFlowLog, tail: RedisLogTail, redis: Redis
) -> None:
    log.append(PG, ticks(3))
    first, second, _third = (record.id for record in log.read(PG))
    assert await tail.holds(PG, first)
    assert await tail.oldest(PG) == first
    redis.xtrim(stream_key(PG), maxlen=2, approximate=False)
    assert not await tail.holds(PG, first)
    assert await tail.holds(PG, second)
    assert await tail.oldest(PG) == second


async def test_of_an_empty_log_every_cursor_is_the_beginning(tail: RedisLogTail) -> None:
    assert await tail.last(PG) == await tail.oldest(PG) == BEGINNING
    assert await tail.before_newest(PG, 10) == BEGINNING
    assert await tail.after(PG, BEGINNING, 10) == []
    assert not await tail.holds(PG, "1-0")


async def test_after_its_idle_connections_were_dropped_it_reads_on(
    log: RedisFlowLog, tail: RedisLogTail
) -> None:
    log.append(PG, ticks(1))
    await tail.last(PG)
    await tail.disconnect()
    assert await tail.last(PG) == log.last(PG)


@pytest.mark.parametrize(
    "ask",
    [
        lambda tail: tail.newer({PG: BEGINNING}, limit=1, wait_ms=1),
        lambda tail: tail.after(PG, BEGINNING, 1),
        lambda tail: tail.last(PG),
        lambda tail: tail.before_newest(PG, 1),
        lambda tail: tail.holds(PG, "1-0"),
        lambda tail: tail.oldest(PG),
    ],
    ids=["newer", "after", "last", "before_newest", "holds", "oldest"],
)
async def test_when_redis_is_away_every_question_says_that_the_store_is_unavailable(
    ask: Callable[[RedisLogTail], Any],
) -> None:
    nobody = aioredis.Redis(port=free_port(), retry=AsyncRetry(NoBackoff(), 0))
    with pytest.raises(StoreUnavailable):
        await ask(RedisLogTail(nobody))
    await nobody.aclose()
