"""Leases: a worker that holds messages renews its lease every second, also while it waits."""

from collections.abc import Callable
from typing import Protocol

from ..company.ports import Clock

BEAT_S = 1.0


class Lease(Protocol):
    def keep(self) -> None:
        """Renew the lease if it is time to. Cheap to call often."""


class NoLease:
    """For work that no other process takes over."""

    def keep(self) -> None:
        pass


class BeatingLease:
    """Calls `renew` at most once every BEAT_S."""

    def __init__(self, clock: Clock, renew: Callable[[], None]) -> None:
        self._clock, self._renew = clock, renew
        self._last = clock.now()

    def keep(self) -> None:
        if self._clock.now() - self._last >= BEAT_S:
            self._renew()
            self._last = self._clock.now()


def wait(seconds: float, clock: Clock, lease: Lease) -> None:
    """Sleep for so many seconds, and keep the lease every BEAT_S."""
    while seconds > 0:
        step = min(seconds, BEAT_S)
        clock.sleep(step)
        seconds -= step
        lease.keep()
