"""Request slots: how many requests a gateway has room for. The rest wait, then are refused.

Kept in the memory of one web process, as a real gateway's are: two of them have twice as many.
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Condition


class NoFreeSlot(Exception):
    """Every slot was taken for as long as we waited."""


class RequestSlots:
    def __init__(self) -> None:
        self._taken: Counter[str] = Counter()
        self._waiting: Counter[str] = Counter()
        self._freed = Condition()

    @contextmanager
    def one_of(self, playground: str, slots: int | None, patience_s: float) -> Iterator[None]:
        """Hold one of the playground's slots (None: there are as many as one likes).

        Raises NoFreeSlot after `patience_s` seconds.
        """

        def is_free() -> bool:
            return slots is None or self._taken[playground] < slots

        with self._freed:
            self._count(self._waiting, playground, 1)
            try:
                if not self._freed.wait_for(is_free, patience_s):
                    raise NoFreeSlot
            finally:
                self._count(self._waiting, playground, -1)
            self._count(self._taken, playground, 1)
        try:
            yield
        finally:
            with self._freed:
                self._count(self._taken, playground, -1)
                self._freed.notify_all()  # waiters of all playgrounds share this condition

    def taken(self, playground: str) -> int:
        return self._taken[playground]

    def waiting(self, playground: str) -> int:
        return self._waiting[playground]

    @staticmethod
    def _count(counter: Counter[str], playground: str, by: int) -> None:
        counter[playground] += by
        if not counter[playground]:
            del counter[playground]


request_slots = RequestSlots()
