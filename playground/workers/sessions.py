"""The threads of this worker, and the playgrounds that share them.

A session that would exceed its playground's share gives its thread back at once, and waits
without one. When another session ends, what has its turn is rung for again. Nothing depends on
this memory: the sweep rings for every queue that nobody serves.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock

from ..fairness.shares import consumer_sessions
from ..fairness.turns import Turns

Ring = Callable[[str, str], None]


class Sessions:
    def __init__(self, threads: int) -> None:
        self._turns = Turns[str](consumer_sessions(threads))
        self._rung: set[tuple[str, str]] = set()  # their tasks are on the way
        self._lock = Lock()

    @contextmanager
    def turn(self, playground: str, service: str, ring: Ring) -> Iterator[tuple[str, str] | None]:
        """Hold a thread for the (playground, service) whose turn it is, or None.

        That is not always the one that asks: of one playground's services, the one that has
        waited longest is next. At the end, `ring` is called for those that may come now.
        """
        with self._lock:
            self._turns.wait(playground, service)
            turn = self._turns.begin()
            self._rung -= {(playground, service), turn or (playground, service)}
        if turn is None:
            yield None
            return
        try:
            yield turn
        finally:
            self._end(turn[0], ring)

    @contextmanager
    def held(self, playground: str, ring: Ring) -> Iterator[None]:
        """Hold a thread for a task that does not wait for a turn: there is one in a playground."""
        with self._lock:
            self._turns.take(playground)
        try:
            yield
        finally:
            self._end(playground, ring)

    def _end(self, playground: str, ring: Ring) -> None:
        with self._lock:
            self._turns.end(playground)
            due = [turn for turn in self._turns.due() if turn not in self._rung]
            self._rung.update(due)
        for turn in due:
            ring(*turn)
