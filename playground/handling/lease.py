"""Waiting without going silent: a worker that holds messages says every second that it lives."""

from collections.abc import Callable
from typing import Protocol

from ..company.ports import Clock

BEAT_S = 1.0


class Lease(Protocol):
    def keep(self) -> None:
        """Somebody is still at work here. Cheap to call often."""

    def rest(self) -> None:
        """Whoever works here is about to wait. Cheap to call often."""


class NoLease:
    """Nobody takes this work over, and nobody waits for its end."""

    def keep(self) -> None:
        pass

    def rest(self) -> None:
        pass


class BeatingLease:
    """Renews what it was given, at most once per BEAT_S."""

    def __init__(self, clock: Clock, renew: Callable[[], None]) -> None:
        self._clock, self._renew = clock, renew
        self._last = clock.now()

    def keep(self) -> None:
        if self._clock.now() - self._last >= BEAT_S:
            self._renew()
            self._last = self._clock.now()

    def rest(self) -> None:
        pass


def wait(seconds: float, clock: Clock, lease: Lease) -> None:
    lease.rest()
    while seconds > 0:
        step = min(seconds, BEAT_S)
        clock.sleep(step)
        seconds -= step
        lease.keep()
