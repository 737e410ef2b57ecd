"""A TCP proxy before a server, which makes it answer late, or not at all."""

import asyncio
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager, suppress
from threading import Thread
from typing import Any

CHUNK = 64 * 1024
LOOKS_EVERY_S = 0.02  # whether the delay is over, or was changed


class SlowWay:
    """`port` leads to the server. Methods may be called from any thread."""

    def __init__(self, server_port: int) -> None:
        self.delay_s = 0.0  # of each answer; may be changed at any time
        self.port = 0
        self._server_port = server_port
        self._loop = asyncio.new_event_loop()
        self._connections: set[asyncio.StreamWriter] = set()
        self._listening: asyncio.Server | None = None

    def cut(self) -> None:
        """End all connections, and refuse new ones."""
        self._wait_for(self._cut())

    def mend(self) -> None:
        """Take connections again, without a delay."""
        self.delay_s = 0.0
        if self._listening is None:
            self._wait_for(self._listen())

    async def _cut(self) -> None:
        if self._listening:
            self._listening.close()
            self._listening = None
        for writer in self._connections:
            writer.transport.abort()

    async def _listen(self) -> None:
        self._listening = await asyncio.start_server(self._carry, "127.0.0.1", self.port)
        self.port = self._listening.sockets[0].getsockname()[1]

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carry one connection's bytes, until either side ends it."""
        both = {writer}
        self._connections.add(writer)
        try:
            answers, questions = await asyncio.open_connection("127.0.0.1", self._server_port)
            both.add(questions)
            self._connections.add(questions)
            ways = (self._pass_on(reader, questions, False), self._pass_on(answers, writer, True))
            tasks = [asyncio.create_task(way) for way in ways]
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in tasks:
                task.cancel()
        except OSError:
            pass  # the server is away, so the connection ends
        finally:
            for end in both:
                end.transport.abort()
            self._connections -= both

    async def _pass_on(
        self, source: asyncio.StreamReader, target: asyncio.StreamWriter, is_late: bool
    ) -> None:
        with suppress(OSError):
            while data := await source.read(CHUNK):
                arrived = self._loop.time()
                while is_late and self._loop.time() < arrived + self.delay_s:
                    await asyncio.sleep(LOOKS_EVERY_S)
                target.write(data)
                await target.drain()

    def run(self) -> None:
        """Carry, until `stop`."""
        self._loop.run_forever()
        self._loop.close()

    def stop(self) -> None:
        self.cut()
        self._loop.call_soon_threadsafe(self._loop.stop)

    def _wait_for(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(10)


@contextmanager
def slow_way(server_port: int) -> Iterator[SlowWay]:
    """A way to this port of 127.0.0.1, not yet slow."""
    way = SlowWay(server_port)
    thread = Thread(target=way.run, name="slow-way", daemon=True)
    thread.start()
    way.mend()
    try:
        yield way
    finally:
        way.stop()
        thread.join(10)
