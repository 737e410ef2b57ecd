"""What delivery asks of its surroundings: its own ports, beside those of the company."""

from collections.abc import Iterable
from typing import Protocol

from ..calls.circuit_breaker import BreakerState, Phase
from ..design.choices import Breaker


class ReplicaSlots(Protocol):
    """Sees to it that a service is served by no more `serve` at once than it has replicas."""

    def take(self, playground: str, service: str, replicas: int) -> str | None:
        """A key to a slot ("0" or "0.…": its number first), or None if somebody is in each of them."""

    def keep(self, playground: str, service: str, key: str) -> None: ...

    def release(self, playground: str, service: str, key: str) -> None: ...

    def held(self, playground: str, service: str, replicas: int) -> int:
        """How many of so many slots have somebody in them, who lives."""


class Doorbell(Protocol):
    """Tells the workers that a service has messages. Ringing twice is ringing once."""

    def ring(self, playground: str, services: Iterable[str]) -> None: ...

    def clear(self, playground: str, service: str) -> None: ...


class Outbox(Protocol):
    def discard(self, row_ids: list[int]) -> None:
        """These have reached the broker: forget them, now or soon."""


class Breakers(Protocol):
    """The circuit breakers of every playground, one per callee."""

    def admit(
        self, playground: str, service: str, rules: Breaker, now: float, probe_s: float
    ) -> bool: ...

    def note(
        self, playground: str, service: str, success: bool, rules: Breaker, now: float
    ) -> Phase | None:
        """Tell how a call has ended. Returns the new phase if it has changed."""

    def states(self, playground: str) -> dict[str, BreakerState]: ...

    def forget(self, playground: str) -> None: ...


class KillableWorkers(Protocol):
    """Processes that may be killed: somebody else's work is never in them."""

    def serve(self, playground: str, service: str) -> None:
        """Let such a process serve this queue."""

    def work_and_die(self, work_s: float) -> None:
        """Let such a process work for so long, and be killed before it has an answer."""

    def die(self) -> None:
        """SIGKILL to the process that calls this. It does not return."""
