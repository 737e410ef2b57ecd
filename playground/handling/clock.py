"""Clocks: the system's, and one that a test moves forward."""

import time

from ..storage.connections import give_back_connection


class SystemClock:
    def now(self) -> float:
        return time.time()

    def sleep(self, seconds: float) -> None:
        if seconds > 0:
            give_back_connection()
            time.sleep(seconds)


class FakeClock:
    """Time passes only in `sleep` and `advance`."""

    def __init__(self, now: float = 1_800_000_000.0) -> None:
        self._now = now

    def now(self) -> float:
        return self._now

    def sleep(self, seconds: float) -> None:
        self._now += max(0.0, seconds)

    advance = sleep

    def set_back(self, seconds: float) -> None:
        """As the clock of a machine may be, by hand or by its time server."""
        self._now -= seconds
