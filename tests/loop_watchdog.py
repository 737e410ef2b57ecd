"""A watchdog for the event loop: the longest that one callback held it.

All sockets, polls and the pump of a web process share one loop, so whatever runs on it without
letting go makes everybody wait. The loop here is asyncio's own, with its public methods that take
a callback overridden to time what they are given. Steps of tasks and results of futures and of
threads come through these methods, and so does what Twisted reads and writes. asyncio's own
streams do not; they only copy bytes, and the task that waits for them is timed.

Time on a machine that others use says little, so three things keep such a test from failing by
chance:

- It counts the processor time of the loop's thread, not the time on the clock: what other
  processes and threads do meanwhile does not count.
- It repeats the work and takes the best run: a cold cache or a slow moment is not in all of them.
- Python's garbage collector, which comes when it likes, waits until the end.

What is left is the speed of the processor. `MOST_S` is twice what we want, and the inputs of a test
should be so large that without slices it would take several times as long.
"""

import asyncio
import gc
from collections.abc import Callable, Coroutine
from time import thread_time
from typing import Any

WANTED_S = 0.001
MOST_S = 2 * WANTED_S


class WatchedLoop(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        super().__init__()
        self._beginning = 0
        self.forget()

    def forget(self) -> None:
        """Begin anew: what has run so far, of this callback as well, was the preparation."""
        self._beginning += 1
        self.longest_s, self.longest = 0.0, "nothing"

    def call_soon(self, callback: Any, *args: Any, context: Any = None) -> asyncio.Handle:
        return super().call_soon(self._timed(callback), *args, context=context)

    def call_soon_threadsafe(
        self, callback: Any, *args: Any, context: Any = None
    ) -> asyncio.Handle:
        return super().call_soon_threadsafe(self._timed(callback), *args, context=context)

    def call_at(
        self, when: float, callback: Any, *args: Any, context: Any = None
    ) -> asyncio.TimerHandle:
        return super().call_at(when, self._timed(callback), *args, context=context)

    def add_reader(self, fd: Any, callback: Any, *args: Any) -> None:
        super().add_reader(fd, self._timed(callback), *args)

    def add_writer(self, fd: Any, callback: Any, *args: Any) -> None:
        super().add_writer(fd, self._timed(callback), *args)

    def _timed(self, callback: Callable[..., Any]) -> Callable[..., Any]:
        def timed(*args: Any) -> None:
            beginning, started = self._beginning, thread_time()
            try:
                callback(*args)
            finally:
                took = thread_time() - started
                if took > self.longest_s and beginning == self._beginning:
                    # A step of a task says less than the task.
                    named = getattr(callback, "__self__", None) or callback
                    self.longest_s, self.longest = took, repr(named)

        return timed


def assert_it_lets_go(work: Callable[[], Coroutine[Any, Any, None]], *, runs: int = 5) -> None:
    """Fail if, in each of the runs, some callback of the work holds the loop for too long.

    `work` is run on a new loop each time. It may call `watch_from_here` when all is prepared.
    """
    gc.collect()
    gc.disable()
    try:
        longest_s, longest = min(_watch(work) for _ in range(runs))
    finally:
        gc.enable()
    assert longest_s <= MOST_S, f"{longest_s * 1000:.1f} ms of the loop in one go: {longest}"


async def watch_from_here() -> None:
    loop = asyncio.get_running_loop()
    assert isinstance(loop, WatchedLoop)
    loop.forget()
    await asyncio.sleep(0)  # what follows is another callback


def _watch(work: Callable[[], Coroutine[Any, Any, None]]) -> tuple[float, str]:
    loops: list[WatchedLoop] = []

    def new_loop() -> WatchedLoop:
        loops.append(WatchedLoop())
        return loops[0]

    with asyncio.Runner(loop_factory=new_loop) as runner:
        runner.run(work())
        return loops[0].longest_s, loops[0].longest
