"""The circuit breaker: a callee that keeps failing is not called for a while.

closed     every call goes through; failures in a row are counted
open       no call goes through, until some time has passed
half-open  one call may try: its success closes the breaker, its failure opens it again

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
    """Everything a breaker remembers. Times are unix seconds."""

    failures: int = 0  # in a row
    opened_at: float | None = None
    probe_until: float = 0.0  # a probe is under way; after this the next may try

    def phase(self, rules: Breaker, now: float) -> Phase:
        if self.opened_at is None:
            return Phase.CLOSED
        is_open = now < self.opened_at + rules.open_ms / 1000
        return Phase.OPEN if is_open else Phase.HALF_OPEN

    def admit(self, rules: Breaker, now: float, probe_s: float) -> "BreakerState | None":
        """The state after this call was admitted, or None: it must not go through."""
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
    """The phase that a call's ending has led to, or None if it has not changed."""
    if before.opened_at == after.opened_at:
        return None
    return after.phase(rules, now)
