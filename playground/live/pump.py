"""The pump: one per web process, from the streams of the flow log to the sockets.

One XREAD over all playgrounds that have sockets here; what it brings is made into one
frame per playground and tick. Why not a channel layer: docs/adr/0002.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from functools import partial
from typing import Any
from weakref import WeakKeyDictionary

from channels.db import database_sync_to_async
from django.conf import settings
from redis.asyncio import BlockingConnectionPool, Redis
from redis.exceptions import RedisError

from ..flow.log import BEGINNING, stream_key
from . import frames
from . import status as pulse
from .cursor import order
from .watchers import Audience, Socket

logger = logging.getLogger(__name__)

TICK_S = 0.03  # frames to one socket are at least so far apart
BLOCK_MS = 100  # how long a read waits; a new audience is read for after at most so long
READ_COUNT = 500  # entries per stream and read
CATCH_UP = 200  # records per frame on the way from a cursor to now
RECENT = 200  # records for somebody who comes without a cursor
SEQUENCE_S = 0.25  # between two sequence diagrams of one trace
REDIS_CONNECTIONS = 12  # a class that joins at once queues for these instead of opening hundreds
PULSE_S = 1.0  # between two stats frames

COMES_BACK_S = 5.0  # between two polls of one browser, at most
REDIS_AWAY = 4503


class Pump:
    def __init__(self, redis: Redis) -> None:
        self._redis: Any = redis
        self._audiences: dict[str, Audience] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}

    async def join(self, playground: str, socket: Socket, after: str | None) -> None:
        """Bring the socket from its cursor to now, then keep it there.  Raises RedisError."""
        audience = await self._audience(playground)
        await socket.send_frame(frames.welcome(playground, await self._last(playground)))
        for text in (*_state_frames(audience), audience.stats_frame):
            await socket.send_frame(text)
        socket.cursor = await self._start(playground, socket, after)
        await self._catch_up(audience, socket)

    async def attend(
        self,
        playground: str,
        socket: Socket,
        after: str | None,
        *,
        knows: Callable[[Audience], bool],
    ) -> Audience:
        """Join for one poll: no welcome for whoever comes again, and state only if it is
        unknown.  Raises RedisError."""
        if after is None:
            await self.join(playground, socket, None)
            return self._audiences[playground]
        audience = await self._audience(playground)
        for text in () if knows(audience) else _state_frames(audience):
            await socket.send_frame(text)
        await socket.send_frame(audience.stats_frame)
        socket.cursor = await self._start(playground, socket, after)
        await self._catch_up(audience, socket)
        return self._audiences[playground]

    async def resume(self, playground: str, socket: Socket, after: str) -> None:
        """The socket has lost a frame: send all after its cursor again."""
        audience = await self._audience(playground)
        audience.sockets.discard(socket)
        socket.cursor = await self._start(playground, socket, after)
        await self._catch_up(audience, socket)

    async def watch(self, playground: str, socket: Socket, trace: str | None) -> None:
        """Send sequence diagrams of this trace ("": of the newest), or (None) of none."""
        socket.watched = trace
        audience = self._audiences.get(playground)
        if audience is None or trace is None:
            return
        wanted = trace or audience.newest_trace
        if wanted and wanted not in audience.traces:
            audience.traces[wanted] = await pulse.read_trace(playground, wanted)
        if audience.traces.get(wanted):
            await socket.send_frame(frames.sequence(wanted, audience.traces[wanted]))

    def leave(self, playground: str, socket: Socket, *, comes_back: bool = False) -> None:
        """`comes_back`: it polls, and is held to be there until it should have come again."""
        audience = self._audiences.get(playground)
        if audience is None:
            return
        audience.sockets.discard(socket)
        if comes_back:
            audience.kept_until = asyncio.get_running_loop().time() + COMES_BACK_S
        elif not audience.sockets and not self._is_awaited(audience):
            del self._audiences[playground]

    def _is_awaited(self, audience: Audience) -> bool:
        return audience.kept_until > asyncio.get_running_loop().time()

    async def _audience(self, playground: str) -> Audience:
        """The playground's audience, made and read for if it is the first socket's."""
        if playground not in self._audiences:
            audience = Audience(playground, position=await self._last(playground))
            await pulse.recall(audience)
            await pulse.refresh([audience])
            # Somebody else may have been as fast.
            self._audiences.setdefault(playground, audience)
        self._keep_loops_going()
        return self._audiences[playground]

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
        key = stream_key(playground)
        if after is None:
            recent = await self._redis.xrevrange(key, count=RECENT + 1)
            return recent[-1][0].decode() if len(recent) > RECENT else BEGINNING
        if order(after) == order(BEGINNING) or await self._redis.xrange(key, after, after):
            return after
        oldest = await self._redis.xrange(key, count=1)
        await socket.send_frame(frames.gap(after, oldest[0][0].decode() if oldest else BEGINNING))
        return BEGINNING

    async def _catch_up(self, audience: Audience, socket: Socket) -> None:
        key = stream_key(audience.playground)
        while True:
            # If all others left meanwhile, the audience went with them.
            audience = self._audiences.setdefault(audience.playground, audience)
            found = await self._redis.xrange(key, f"({socket.cursor}", "+", count=CATCH_UP)
            if found:
                entries = _entries(found)
                await socket.send_frame(frames.records(socket.cursor, entries))
                socket.cursor = entries[-1][0]
            if not found or (
                len(found) < CATCH_UP and order(socket.cursor) >= order(audience.position)
            ):
                break
        # No await between the last look and this line: nothing can slip in between.
        self._audiences.setdefault(audience.playground, audience).sockets.add(socket)
        self._keep_loops_going()  # they end when the last audience goes, and it may have gone

    async def _last(self, playground: str) -> str:
        newest = await self._redis.xrevrange(stream_key(playground), count=1)
        return newest[0][0].decode() if newest else BEGINNING

    async def _read(self) -> None:
        clock = asyncio.get_running_loop().time
        while self._audiences:
            audiences = {stream_key(name): a for name, a in self._audiences.items()}
            positions = {key: audience.position for key, audience in audiences.items()}
            try:
                answer = await self._redis.xread(positions, count=READ_COUNT, block=BLOCK_MS)
                started = clock()
                for key, found in answer:
                    await self._hand_out(audiences[key.decode()], _entries(found))
            except RedisError as trouble:
                # Whoever joins while the others are let go is read for in the next round.
                await self._lose_everybody(trouble)
                continue
            # Under load the ticks stretch: half of the time is left to everything else.
            took = clock() - started
            await asyncio.sleep(max(TICK_S - took, took if answer else 0.0))

    async def _hand_out(self, audience: Audience, entries: list[frames.Entry]) -> None:
        after, audience.position = audience.position, entries[-1][0]
        # Serialise and queue first: a socket that joins meanwhile is at `position` or beyond.
        outgoing = list(audience.frames_for(after, entries))
        for socket, text in outgoing:
            socket.cursor = audience.position
            await _send(audience, socket, text)
        audience.take(entries)
        if audience.is_outdated:
            await self._refresh([audience])

    async def _draw_sequences(self) -> None:
        for audience in list(self._audiences.values()):
            for socket, text in audience.sequences():
                await _send(audience, socket, text)

    async def _beat(self) -> None:
        for name, audience in list(self._audiences.items()):
            if not audience.sockets and not self._is_awaited(audience):
                del self._audiences[name]
        audiences = list(self._audiences.values())
        await self._refresh(audiences)
        await database_sync_to_async(pulse.tell_presence)(
            {a.playground: max(len(a.sockets), int(self._is_awaited(a))) for a in audiences}
        )
        for audience in audiences:
            await self._send_to_all(audience, audience.stats_frame)

    async def _refresh(self, audiences: list[Audience]) -> None:
        """Make the frames of state anew, and send those that are not what they were."""
        before = {a.playground: _state_frames(a) for a in audiences}
        await pulse.refresh(audiences)
        for audience in audiences:
            old = before[audience.playground]
            for text in _state_frames(audience):
                if text not in old:
                    await self._send_to_all(audience, text)

    async def _send_to_all(self, audience: Audience, text: str) -> None:
        for socket in list(audience.sockets):
            await _send(audience, socket, text)

    async def _every(self, seconds: float, step: Callable[[], Awaitable[None]]) -> None:
        while self._audiences:
            await asyncio.sleep(seconds)
            try:
                await step()
            except RedisError as trouble:
                logger.warning("no %s this time: %s", step.__name__, trouble)
            except Exception:
                logger.exception("%s has a fault of its own; it goes on", step.__name__)

    async def _lose_everybody(self, trouble: Exception) -> None:
        logger.warning("Redis is away; sockets will come back by themselves: %s", trouble)
        audiences, self._audiences = self._audiences, {}
        # The other connections are as dead as this one; let nobody come back over them.
        await self._redis.connection_pool.disconnect(inuse_connections=False)
        for audience in audiences.values():
            for socket in audience.sockets:
                await socket.lose(REDIS_AWAY, "the flow log (Redis) is away")


async def _send(audience: Audience, socket: Socket, text: str) -> None:
    try:
        await socket.send_frame(text)
    except Exception as trouble:  # whatever a dying socket raises, the others go on
        logger.info("a socket cannot be sent to any more: %r", trouble)
        audience.sockets.discard(socket)


def _entries(found: Iterable[tuple[bytes, dict[bytes, bytes]]]) -> list[frames.Entry]:
    return [(cursor.decode(), fields[b"r"]) for cursor, fields in found]


def _state_frames(audience: Audience) -> tuple[str, str, str]:
    return audience.design_frame, audience.topology_frame, audience.faults_frame


_pumps: WeakKeyDictionary[asyncio.AbstractEventLoop, Pump] = WeakKeyDictionary()


def pump() -> Pump:
    """The pump of this process (of this event loop: tests have many)."""
    loop = asyncio.get_running_loop()
    if loop not in _pumps:
        pool = BlockingConnectionPool.from_url(
            settings.REDIS_URL, socket_timeout=5.0, socket_connect_timeout=1.0,
            max_connections=REDIS_CONNECTIONS, timeout=10.0,
        )  # fmt: skip
        _pumps[loop] = Pump(Redis.from_pool(pool))
    return _pumps[loop]
