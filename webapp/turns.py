"""Turns: threads that answer requests, and only a few of them at work at once.

One interpreter works in one thread at a time. Sixteen that all have something to do take its
lock from each other at every query, which costs more than the queries; a few, each from its
request's begin to its end, do the same in less time (docs/benchmarks.md). A request that is
about to wait for something slow says so and gives its turn away, and whoever holds one in
silence, without anybody getting on, is not waited for. So turns bound work, never waiting.
"""

import asyncio
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Lock
from typing import Any

# Nobody has finished or rested for so long: those who are at work are waiting for something.
PATIENCE_S = 0.05


class Turn:
    """One request's turn to work."""

    def __init__(self, turns: "Turns", work: Callable[["Turn"], Any]) -> None:
        self._turns, self._work = turns, work
        self._loop = asyncio.get_running_loop()
        self.answer: asyncio.Future[Any] = self._loop.create_future()
        self.counts = True  # as one of those at work

    def rest(self) -> None:
        """About to wait: somebody else may work meanwhile. Cheap to call often."""
        if self.counts:
            self._turns.rest(self)

    def keep(self) -> None:
        """As a lease: nobody takes a request's work over."""

    def do(self) -> None:
        try:
            result = self._work(self)
        except BaseException as error:
            self._tell(self.answer.set_exception, error)
        else:
            self._tell(self.answer.set_result, result)

    def _tell(self, tell: Callable[[Any], None], news: Any) -> None:
        def unless_gone() -> None:
            if not self.answer.done():
                tell(news)

        self._loop.call_soon_threadsafe(unless_gone)


class Turns:
    def __init__(self, most_threads: int, at_once: int) -> None:
        self._threads = ThreadPoolExecutor(most_threads, thread_name_prefix="request")
        self._at_once = at_once
        self._lock = Lock()
        self._waiting: deque[Turn] = deque()
        self._watched_by: asyncio.AbstractEventLoop | None = None
        self._at_work = 0
        self._moved_at = 0.0

    async def take(self, work: Callable[[Turn], Any]) -> Any:
        """What `work` returns or raises, done in a thread when its turn comes."""
        turn = Turn(self, work)
        with self._lock:
            has_begun = self._at_work < self._at_once
            if has_begun:
                self._at_work += 1
            else:
                self._waiting.append(turn)
        if has_begun:
            self._threads.submit(self._run, turn)
        else:
            self._see_that_it_gets_on(asyncio.get_running_loop())
        return await turn.answer

    def rest(self, turn: Turn) -> None:
        if following := self._give_away(turn):
            self._threads.submit(self._run, following)

    def _run(self, turn: Turn | None) -> None:
        """One after the other in the same thread, so that nobody has to be woken."""
        while turn:
            turn.do()
            turn = self._give_away(turn)

    def _give_away(self, turn: Turn) -> Turn | None:
        """To whom, if somebody is waiting."""
        with self._lock:
            self._moved_at = time.monotonic()
            if not turn.counts:
                return None
            turn.counts = False
            if not self._waiting:
                self._at_work -= 1
                return None
            return self._waiting.popleft()

    def _see_that_it_gets_on(self, loop: asyncio.AbstractEventLoop) -> None:
        if self._watched_by is not loop:
            self._watched_by = loop
            loop.call_later(PATIENCE_S, self._watch, loop)

    def _watch(self, loop: asyncio.AbstractEventLoop) -> None:
        """Let all who wait begin beside those at work, if none of those gets on."""
        relieved: list[Turn] = []
        with self._lock:
            if time.monotonic() - self._moved_at >= PATIENCE_S:
                relieved = list(self._waiting)
                self._waiting.clear()
            for turn in relieved:
                turn.counts = False
            is_anyone_waiting = bool(self._waiting)
        for turn in relieved:
            self._threads.submit(self._run, turn)
        self._watched_by = None
        if is_anyone_waiting:
            self._see_that_it_gets_on(loop)
