"""The pump: one playground's flood of records does not keep another's waiting."""

import asyncio
from collections.abc import Mapping
from typing import Any

from playground.flow.records import Kind, Record, encode
from playground.flow.redis_log import Entry
from playground.live.feed import Feed
from playground.live.pump import Pump

FLOOD, QUIET = "flood", "quiet"


class Log:
    """The log's tail: a playground writes as fast as it is read, another has one record."""

    def __init__(self) -> None:
        self.read: list[str] = []

    async def newer(
        self, positions: Mapping[str, str], *, limit: int, wait_ms: int
    ) -> dict[str, list[Entry]]:
        await asyncio.sleep(0)
        self.read += [FLOOD] * limit
        return {
            FLOOD: entries(limit, first=len(self.read)),
            QUIET: entries(1, first=len(self.read)),
        }


class Browser:
    cursor, watched = "0-0", None

    def __init__(self, name: str, sent: list[str]) -> None:
        self._name, self._sent = name, sent

    async def send_frame(self, text: str) -> None:
        self._sent.append(self._name)

    async def lose(self, code: int, reason: str) -> None: ...


def entries(count: int, first: int) -> list[Entry]:
    text = encode(Record(Kind.NOTE, "Something", 1.0))
    return [(f"{first + n}-0", text) for n in range(count)]


async def test_who_has_little_to_send_comes_first_and_a_flood_is_sent_in_pieces() -> None:
    log, sent = Log(), list[str]()
    pump = Pump(log)  # type: ignore[arg-type]
    for name in (FLOOD, QUIET):
        feed: Any = Feed(name, name, is_outdated=False)
        feed.sockets.add(Browser(name, sent))
        pump._feeds[name] = feed
    reading = asyncio.create_task(pump._read())
    async with asyncio.timeout(10):
        while QUIET not in sent:
            await asyncio.sleep(0)
    reading.cancel()
    assert sent[0] == QUIET
    assert len(log.read) <= 100, "a turn of one playground is longer than the others can wait"
