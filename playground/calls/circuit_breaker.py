"""The circuit breaker: stop calling a callee that keeps failing, for a while.

closed     every call goes through; consecutive failures are counted
open       no call goes through until `open_ms` have passed
half-open  one call goes through as a probe: success closes the breaker, failure reopens it

Source: Michael Nygard, Release It!, "Circuit Breaker".
"""

from dataclasses import dataclass, replace
from enum import StrEnum

from ..design.choices import Breaker


class Phase(StrEnum):
    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half-open"


@dataclass(frozen=True, slots=True)
class BreakerState:
    """The state of one breaker. Times are unix seconds."""

    failures: int = 0  # in a row
    opened_at: float | None = None
    probe_until: float = 0.0  # until then a probe is under way; then the next may go through

    def phase(self, rules: Breaker, now: float) -> Phase:
        if self.opened_at is None:
            return Phase.CLOSED
        is_open = now < self.opened_at + rules.open_ms / 1000
        return Phase.OPEN if is_open else Phase.HALF_OPEN

    def admit(self, rules: Breaker, now: float, probe_s: float) -> "BreakerState | None":
        """The state once this call is admitted, or None if it must not go through.

        A probe that does not report back blocks the next for `probe_s` seconds.
        """
        match self.phase(rules, now):
            case Phase.CLOSED:
                return self
            case Phase.HALF_OPEN if now >= self.probe_until:
                return replace(self, probe_until=now + probe_s)
            case _:
                return None

    def after(self, success: bool, rules: Breaker, now: float) -> "BreakerState":
        """The state once an admitted call has ended."""
        if success:
            # A call that was admitted before the breaker opened does not close it; the probe does.
            return self if self.phase(rules, now) is Phase.OPEN else BreakerState()
        failures = self.failures + 1
        if self.phase(rules, now) is Phase.HALF_OPEN or (
            self.opened_at is None and failures >= rules.failures
        ):
            return BreakerState(failures, opened_at=now)
        return replace(self, failures=failures)


def change(before: BreakerState, after: BreakerState, rules: Breaker, now: float) -> Phase | None:
    """The phase after a call has ended, or None if the breaker neither opened nor closed."""
    if before.opened_at == after.opened_at:
        return None
    return after.phase(rules, now)
