"""The pump: sends records from the flow log to the sockets of this web process.

One XREAD covers all playgrounds that have sockets here; each playground's new entries become
one frame per tick. Why not a channel layer: docs/adr/0002.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from functools import partial
from typing import Any
from weakref import WeakKeyDictionary

from channels.db import database_sync_to_async

from ..bootstrap import new_log_tail
from ..fairness.shares import LIVE_BATCH
from ..flow.cursor import order
from ..flow.log import BEGINNING
from ..flow.redis_log import Entry, RedisLogTail
from ..messaging.parts import UNAVAILABLE
from ..storage.connections import DATABASE_UNAVAILABLE
from . import frames, status
from .feed import Feed, Socket, Unread
from .slices import in_slices

logger = logging.getLogger(__name__)

TICK_S = 0.03  # the least time between two records frames to one socket
BLOCK_MS = 100  # how long one read waits, and so how long a new feed may have to wait
CATCH_UP = 200  # records in one read while a socket catches up
RECENT = 200  # records for a client without a cursor
SEQUENCE_S = 0.25  # between two sequence diagrams of one trace
REDIS_CONNECTIONS = 12  # a class that joins at once queues for these instead of opening hundreds
STATS_S = 1.0  # between two stats frames

COMES_BACK_S = 5.0  # the longest time between two polls of one client
REDIS_UNAVAILABLE = 4503


class Pump:
    def __init__(self, log: RedisLogTail) -> None:
        self._log = log
        self._feeds: dict[str, Feed] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        # Two that send at once could leave a socket with the older of two states.
        self._refreshing = asyncio.Lock()

    async def join(self, playground: str, socket: Socket, after: str | None) -> None:
        """Send what followed the cursor, then everything new until `leave`.

        `after` None: the newest RECENT records first.  Raises StoreUnavailable, Unread.
        """
        feed = await self._feed_of(playground)
        await socket.send_frame(frames.welcome(playground, await self._log.last(feed.key)))
        for text in (*_state_frames(feed), feed.stats_frame):
            await socket.send_frame(text)
        socket.cursor = await self._start(feed, socket, after)
        await self._catch_up(feed, socket)

    async def attend(
        self,
        playground: str,
        socket: Socket,
        after: str | None,
        *,
        knows_state: Callable[[Feed], bool],
    ) -> Feed:
        """Join for one poll. A client with a cursor gets no welcome frame, and frames of state
        only if it does not know the state. What is too much for one answer comes with the next.
        Raises StoreUnavailable."""
        if after is None:
            await self.join(playground, socket, None)
            return self._feeds[playground]
        feed = await self._feed_of(playground)
        for text in () if knows_state(feed) else _state_frames(feed):
            await socket.send_frame(text)
        await socket.send_frame(feed.stats_frame)
        socket.cursor = await self._start(feed, socket, after)
        with suppress(Unread):
            await self._catch_up(feed, socket)
        return self._feeds[playground]

    async def resume(self, playground: str, socket: Socket, after: str) -> None:
        """Send everything after this cursor again: the client has missed a frame.

        Raises StoreUnavailable, Unread.
        """
        feed = await self._feed_of(playground)
        feed.sockets.discard(socket)
        socket.cursor = await self._start(feed, socket, after)
        await self._catch_up(feed, socket)

    async def watch(self, playground: str, socket: Socket, trace: str | None) -> None:
        """Send sequence diagrams of this trace ("": of the newest), or (None) of none."""
        socket.watched = trace
        feed = self._feeds.get(playground)
        if feed is None or trace is None:
            return
        trace_id = trace or feed.newest_trace
        if trace_id and trace_id not in feed.traces:
            feed.keep_trace(trace_id, await status.read_trace(feed.key, trace_id))
        if records := feed.traces.get(trace_id):
            await socket.send_frame(await frames.sequence(trace_id, records))

    def leave(self, playground: str, socket: Socket, *, comes_back: bool = False) -> None:
        """`comes_back`: it is a poll; its playground counts as watched until the next is due."""
        feed = self._feeds.get(playground)
        if feed is None:
            return
        feed.sockets.discard(socket)
        if comes_back:
            feed.kept_until = asyncio.get_running_loop().time() + COMES_BACK_S
        elif not feed.sockets and not self._is_awaited(feed):
            del self._feeds[playground]

    def _is_awaited(self, feed: Feed) -> bool:
        return feed.kept_until > asyncio.get_running_loop().time()

    async def _feed_of(self, playground: str) -> Feed:
        """The playground's feed; created for its first socket.  Raises StoreUnavailable."""
        if playground not in self._feeds:
            key = await status.key_of(playground)
            feed = Feed(playground, key, position=await self._log.last(key))
            await status.recall(feed)
            await status.refresh([feed])
            # Another socket may have created it meanwhile.
            self._feeds.setdefault(playground, feed)
        self._start_loops()
        return self._feeds[playground]

    def _start_loops(self) -> None:
        """Start the loops that are not running: each ends when there is no feed."""
        self._start_loop("read", self._read)
        self._start_loop("sequences", partial(self._every, SEQUENCE_S, self._send_sequences))
        self._start_loop("stats", partial(self._every, STATS_S, self._send_stats))

    def _start_loop(self, name: str, loop: Callable[[], Coroutine[Any, Any, None]]) -> None:
        if name not in self._tasks or self._tasks[name].done():
            self._tasks[name] = asyncio.create_task(loop())

    async def _start(self, feed: Feed, socket: Socket, after: str | None) -> str:
        """The cursor to send from: `after`, or BEGINNING if the log no longer holds it.

        Sends a gap frame in the second case.
        """
        if after is None:
            return await self._log.before_newest(feed.key, RECENT)
        if order(after) == order(BEGINNING) or await self._log.holds(feed.key, after):
            return after
        await socket.send_frame(frames.gap(after, await self._log.oldest(feed.key)))
        return BEGINNING

    async def _catch_up(self, feed: Feed, socket: Socket) -> None:
        while True:
            # If all other sockets have left meanwhile, the feed was deleted.
            feed = self._feeds.setdefault(feed.playground, feed)
            position = feed.position
            entries = await self._log.after(feed.key, socket.cursor, CATCH_UP)
            async for portion in in_slices(frames.portions(entries)):
                await socket.send_frame(frames.records(socket.cursor, portion))
                socket.cursor = portion[-1][0]
                await socket.until_read()
            # What the others have been sent since the read began may be missing from it.
            has_all = feed.position == position or order(socket.cursor) >= order(feed.position)
            if len(entries) < CATCH_UP and has_all:
                break
        # No await between the comparison and this line, so no entry is missed.
        self._feeds.setdefault(feed.playground, feed).sockets.add(socket)
        self._start_loops()  # they may have ended meanwhile, with the last feed

    async def _read(self) -> None:
        clock = asyncio.get_running_loop().time
        while self._feeds:
            feeds = {feed.key: feed for feed in self._feeds.values()}
            positions = {key: feed.position for key, feed in feeds.items()}
            try:
                answer = await self._log.newer(positions, limit=LIVE_BATCH, wait_ms=BLOCK_MS)
                started = clock()
                # The shortest first: a flood does not keep a single record waiting.
                for key, entries in sorted(answer.items(), key=lambda item: len(item[1])):
                    # Not if it was reset meanwhile; what follows, once the sockets know of it.
                    if feeds[key].key == key and not feeds[key].has_begun_anew:
                        await self._send_records(feeds[key], entries)
            except UNAVAILABLE as error:
                # Sockets that join meanwhile are read for in the next round.
                await self._lose_all_sockets(error)
                continue
            # Under load the ticks grow longer: a frame of more records costs less. Other tasks have
            # had their turns between the slices, and connections have sent.
            took = clock() - started
            await asyncio.sleep(max(TICK_S - took, took / 2 if answer else 0.0))

    async def _send_records(self, feed: Feed, entries: list[Entry]) -> None:
        key = feed.key
        async for portion in in_slices(frames.portions(entries)):
            if feed.key != key:
                break
            position = portion[-1][0]
            # A socket that joins meanwhile is at this position or beyond.
            after, feed.position = feed.position, position
            async for socket, text in feed.frames_for(after, portion):
                socket.cursor = position
                await _send(feed, socket, text)
        if feed.key == key:
            await feed.take(entries)
        if feed.is_outdated:
            await self._refresh([feed])

    async def _send_sequences(self) -> None:
        for feed in list(self._feeds.values()):
            async for socket, text in feed.sequences():
                await _send(feed, socket, text)

    async def _send_stats(self) -> None:
        """Drop feeds without sockets, refresh the rest, report presence, send stats frames."""
        for name, feed in list(self._feeds.items()):
            if not feed.sockets and not self._is_awaited(feed):
                del self._feeds[name]
        feeds = list(self._feeds.values())
        await self._refresh(feeds)
        await database_sync_to_async(status.report_presence)(
            {f.key: max(len(f.sockets), int(self._is_awaited(f))) for f in feeds}
        )
        async for feed in in_slices(feeds):
            await self._send_to_all(feed, feed.stats_frame)

    async def _refresh(self, feeds: list[Feed]) -> None:
        """Rebuild the frames of state, and send those that have changed."""
        async with self._refreshing:
            before = {f.playground: _state_frames(f) for f in feeds}
            await status.refresh(feeds)
            async for feed in in_slices(feeds):
                if feed.has_begun_anew:
                    await self._begin_anew(feed)
                old = before[feed.playground]
                for text in _state_frames(feed):
                    if text not in old:
                        await self._send_to_all(feed, text)

    async def _begin_anew(self, feed: Feed) -> None:
        """Tell the sockets that the records they have are followed by those of another log."""
        oldest = await self._log.oldest(feed.key)
        former = [(socket, socket.cursor) for socket in feed.sockets]
        async for socket, cursor in in_slices(former):
            # One that has joined again meanwhile reads the new log already.
            if socket in feed.sockets and socket.cursor == cursor:
                socket.cursor = BEGINNING
                await _send(feed, socket, frames.gap(cursor, oldest))
        feed.has_begun_anew = False

    async def _send_to_all(self, feed: Feed, text: str) -> None:
        async for socket in in_slices(list(feed.sockets)):
            if socket in feed.sockets:
                await _send(feed, socket, text)

    async def _every(self, seconds: float, step: Callable[[], Awaitable[None]]) -> None:
        while self._feeds:
            await asyncio.sleep(seconds)
            try:
                await step()
            except (*UNAVAILABLE, *DATABASE_UNAVAILABLE) as error:
                logger.warning("%s was skipped: %s", step.__name__, error)
            except Exception:
                logger.exception("a bug in %s; the next round goes on", step.__name__)

    async def _lose_all_sockets(self, error: Exception) -> None:
        logger.warning("Redis is unavailable; all sockets are closed and will reconnect: %s", error)
        feeds, self._feeds = self._feeds, {}
        # The other connections are probably broken, too: sockets that return need new ones.
        await self._log.disconnect()
        sockets = [socket for feed in feeds.values() for socket in feed.sockets]
        async for socket in in_slices(sockets):
            await socket.lose(REDIS_UNAVAILABLE, str(error))


async def _send(feed: Feed, socket: Socket, text: str) -> None:
    try:
        await socket.send_frame(text)
    except Exception as error:  # a failing socket must not disturb the others
        logger.info("a socket was dropped: %r", error)
        feed.sockets.discard(socket)


def _state_frames(feed: Feed) -> tuple[str, str, str]:
    return feed.design_frame, feed.topology_frame, feed.faults_frame


_pumps: WeakKeyDictionary[asyncio.AbstractEventLoop, Pump] = WeakKeyDictionary()


def pump() -> Pump:
    """The pump of this process. (One per event loop: tests have several.)"""
    loop = asyncio.get_running_loop()
    if loop not in _pumps:
        _pumps[loop] = Pump(new_log_tail(REDIS_CONNECTIONS))
    return _pumps[loop]
