"""Request slots: how many requests a gateway serves at once (a bulkhead).

The rest wait in line and are refused when their patience ends. Slots are counted in the memory
of one web process, as in a real gateway: two processes have twice as many.
Source: Michael Nygard, Release It!, "Bulkheads".
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Condition

from ..storage.connections import give_back_connection


class NoFreeSlot(Exception):
    """No slot became free while the request waited."""


class RequestSlots:
    def __init__(self) -> None:
        self._taken: Counter[str] = Counter()
        self._lines: dict[str, list[object]] = {}  # waiters, by playground, longest first
        self._moved = Condition()

    @contextmanager
    def one_of(self, playground: str, slots: int | None, patience_s: float) -> Iterator[None]:
        """Hold one of the playground's slots (None: there is no limit).

        First come, first served.  Raises NoFreeSlot after waiting for `patience_s` seconds.
        """
        with self._moved:
            self._wait_in_line(playground, slots, patience_s)
            self._taken[playground] += 1
        try:
            yield
        finally:
            with self._moved:
                self._taken[playground] -= 1
                if not self._taken[playground]:
                    del self._taken[playground]
                self._moved.notify_all()  # waiters of all playgrounds share this condition

    def _wait_in_line(self, playground: str, slots: int | None, patience_s: float) -> None:
        waiter, line = object(), self._lines.setdefault(playground, [])

        def is_next() -> bool:
            return slots is None or self._taken[playground] + line.index(waiter) < slots

        line.append(waiter)
        try:
            if not is_next():
                give_back_connection()
            if not self._moved.wait_for(is_next, patience_s):
                self._moved.notify_all()  # the requests behind this one move up
                raise NoFreeSlot
        finally:
            line.remove(waiter)
            if not line:
                del self._lines[playground]

    def taken(self, playground: str) -> int:
        """How many slots of this playground are held in this process."""
        return self._taken[playground]

    def waiting(self, playground: str) -> int:
        """How many requests of this playground wait for a slot in this process."""
        return len(self._lines.get(playground, ()))


request_slots = RequestSlots()
