"""The pump: one per web process, from the streams of the flow log to the sockets.

One XREAD over all playgrounds that have sockets here; what it brings is made into one
frame per playground and tick. Why not a channel layer: docs/adr/0002.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from functools import partial
from typing import Any
from weakref import WeakKeyDictionary

from channels.db import database_sync_to_async

from ..bootstrap import new_log_tail
from ..flow.log import BEGINNING
from ..flow.redis_log import Entry, RedisLogTail
from ..messaging.parts import UNAVAILABLE
from . import frames, status
from .cursor import order
from .feed import Feed, Socket

logger = logging.getLogger(__name__)

TICK_S = 0.03  # frames to one socket are at least so far apart
BLOCK_MS = 100  # how long a read waits; a new feed is read for after at most so long
READ_COUNT = 500  # entries per stream and read
CATCH_UP = 200  # records per frame on the way from a cursor to now
RECENT = 200  # records for somebody who comes without a cursor
SEQUENCE_S = 0.25  # between two sequence diagrams of one trace
REDIS_CONNECTIONS = 12  # a class that joins at once queues for these instead of opening hundreds
PULSE_S = 1.0  # between two stats frames

COMES_BACK_S = 5.0  # between two polls of one browser, at most
REDIS_AWAY = 4503


class Pump:
    def __init__(self, log: RedisLogTail) -> None:
        self._log = log
        self._feeds: dict[str, Feed] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}

    async def join(self, playground: str, socket: Socket, after: str | None) -> None:
        """Bring the socket from its cursor to now, then keep it there.  Raises StoreUnavailable."""
        feed = await self._feed_of(playground)
        await socket.send_frame(frames.welcome(playground, await self._log.last(playground)))
        for text in (*_state_frames(feed), feed.stats_frame):
            await socket.send_frame(text)
        socket.cursor = await self._start(playground, socket, after)
        await self._catch_up(feed, socket)

    async def attend(
        self,
        playground: str,
        socket: Socket,
        after: str | None,
        *,
        knows: Callable[[Feed], bool],
    ) -> Feed:
        """Join for one poll: no welcome for whoever comes again, and state only if it is
        unknown.  Raises StoreUnavailable."""
        if after is None:
            await self.join(playground, socket, None)
            return self._feeds[playground]
        feed = await self._feed_of(playground)
        for text in () if knows(feed) else _state_frames(feed):
            await socket.send_frame(text)
        await socket.send_frame(feed.stats_frame)
        socket.cursor = await self._start(playground, socket, after)
        await self._catch_up(feed, socket)
        return self._feeds[playground]

    async def resume(self, playground: str, socket: Socket, after: str) -> None:
        """The socket has lost a frame: send all after its cursor again."""
        feed = await self._feed_of(playground)
        feed.sockets.discard(socket)
        socket.cursor = await self._start(playground, socket, after)
        await self._catch_up(feed, socket)

    async def watch(self, playground: str, socket: Socket, trace: str | None) -> None:
        """Send sequence diagrams of this trace ("": of the newest), or (None) of none."""
        socket.watched = trace
        feed = self._feeds.get(playground)
        if feed is None or trace is None:
            return
        wanted = trace or feed.newest_trace
        if wanted and wanted not in feed.traces:
            feed.traces[wanted] = await status.read_trace(playground, wanted)
        if feed.traces.get(wanted):
            await socket.send_frame(frames.sequence(wanted, feed.traces[wanted]))

    def leave(self, playground: str, socket: Socket, *, comes_back: bool = False) -> None:
        """`comes_back`: it polls, and is held to be there until it should have come again."""
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
        """The playground's feed, made and read for if it is the first socket's."""
        if playground not in self._feeds:
            feed = Feed(playground, position=await self._log.last(playground))
            await status.recall(feed)
            await status.refresh([feed])
            # Somebody else may have been as fast.
            self._feeds.setdefault(playground, feed)
        self._keep_loops_going()
        return self._feeds[playground]

    def _keep_loops_going(self) -> None:
        self._keep_going("read", self._read)
        self._keep_going("draw", partial(self._every, SEQUENCE_S, self._draw_sequences))
        self._keep_going("beat", partial(self._every, PULSE_S, self._beat))

    def _keep_going(self, name: str, loop: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Each loop ends when nobody is there any more, and begins again with the next."""
        if name not in self._tasks or self._tasks[name].done():
            self._tasks[name] = asyncio.create_task(loop())

    async def _start(self, playground: str, socket: Socket, after: str | None) -> str:
        """Where to begin sending: the cursor, or the beginning if what followed it is gone."""
        if after is None:
            return await self._log.before_newest(playground, RECENT)
        if order(after) == order(BEGINNING) or await self._log.holds(playground, after):
            return after
        await socket.send_frame(frames.gap(after, await self._log.oldest(playground)))
        return BEGINNING

    async def _catch_up(self, feed: Feed, socket: Socket) -> None:
        while True:
            # If all others left meanwhile, the feed went with them.
            feed = self._feeds.setdefault(feed.playground, feed)
            entries = await self._log.after(feed.playground, socket.cursor, CATCH_UP)
            if entries:
                await socket.send_frame(frames.records(socket.cursor, entries))
                socket.cursor = entries[-1][0]
            if not entries or (
                len(entries) < CATCH_UP and order(socket.cursor) >= order(feed.position)
            ):
                break
        # No await between the last look and this line: nothing can slip in between.
        self._feeds.setdefault(feed.playground, feed).sockets.add(socket)
        self._keep_loops_going()  # they end when the last feed goes, and it may have gone

    async def _read(self) -> None:
        clock = asyncio.get_running_loop().time
        while self._feeds:
            positions = {name: feed.position for name, feed in self._feeds.items()}
            feeds = dict(self._feeds)
            try:
                answer = await self._log.newer(positions, limit=READ_COUNT, wait_ms=BLOCK_MS)
                started = clock()
                for playground, entries in answer.items():
                    await self._hand_out(feeds[playground], entries)
            except UNAVAILABLE as trouble:
                # Whoever joins while the others are let go is read for in the next round.
                await self._lose_everybody(trouble)
                continue
            # Under load the ticks stretch: half of the time is left to everything else.
            took = clock() - started
            await asyncio.sleep(max(TICK_S - took, took if answer else 0.0))

    async def _hand_out(self, feed: Feed, entries: list[Entry]) -> None:
        after, feed.position = feed.position, entries[-1][0]
        # Serialise and queue first: a socket that joins meanwhile is at `position` or beyond.
        outgoing = list(feed.frames_for(after, entries))
        for socket, text in outgoing:
            socket.cursor = feed.position
            await _send(feed, socket, text)
        feed.take(entries)
        if feed.is_outdated:
            await self._refresh([feed])

    async def _draw_sequences(self) -> None:
        for feed in list(self._feeds.values()):
            for socket, text in feed.sequences():
                await _send(feed, socket, text)

    async def _beat(self) -> None:
        for name, feed in list(self._feeds.items()):
            if not feed.sockets and not self._is_awaited(feed):
                del self._feeds[name]
        feeds = list(self._feeds.values())
        await self._refresh(feeds)
        await database_sync_to_async(status.report_presence)(
            {a.playground: max(len(a.sockets), int(self._is_awaited(a))) for a in feeds}
        )
        for feed in feeds:
            await self._send_to_all(feed, feed.stats_frame)

    async def _refresh(self, feeds: list[Feed]) -> None:
        """Make the frames of state anew, and send those that are not what they were."""
        before = {a.playground: _state_frames(a) for a in feeds}
        await status.refresh(feeds)
        for feed in feeds:
            old = before[feed.playground]
            for text in _state_frames(feed):
                if text not in old:
                    await self._send_to_all(feed, text)

    async def _send_to_all(self, feed: Feed, text: str) -> None:
        for socket in list(feed.sockets):
            await _send(feed, socket, text)

    async def _every(self, seconds: float, step: Callable[[], Awaitable[None]]) -> None:
        while self._feeds:
            await asyncio.sleep(seconds)
            try:
                await step()
            except UNAVAILABLE as trouble:
                logger.warning("no %s this time: %s", step.__name__, trouble)
            except Exception:
                logger.exception("%s has a fault of its own; it goes on", step.__name__)

    async def _lose_everybody(self, trouble: Exception) -> None:
        logger.warning("Redis is away; sockets will come back by themselves: %s", trouble)
        feeds, self._feeds = self._feeds, {}
        # The other connections are as dead as this one; let nobody come back over them.
        await self._log.disconnect()
        for feed in feeds.values():
            for socket in feed.sockets:
                await socket.lose(REDIS_AWAY, "the flow log (Redis) is away")


async def _send(feed: Feed, socket: Socket, text: str) -> None:
    try:
        await socket.send_frame(text)
    except Exception as trouble:  # whatever a dying socket raises, the others go on
        logger.info("a socket cannot be sent to any more: %r", trouble)
        feed.sockets.discard(socket)


def _state_frames(feed: Feed) -> tuple[str, str, str]:
    return feed.design_frame, feed.topology_frame, feed.faults_frame


_pumps: WeakKeyDictionary[asyncio.AbstractEventLoop, Pump] = WeakKeyDictionary()


def pump() -> Pump:
    """The pump of this process (of this event loop: tests have many)."""
    loop = asyncio.get_running_loop()
    if loop not in _pumps:
        _pumps[loop] = Pump(new_log_tail(REDIS_CONNECTIONS))
    return _pumps[loop]
