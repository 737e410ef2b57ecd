"""The world of a playground at one moment: its design and the faults that are on.

Loaded once per request and once per batch of messages, so that one step is under
one set of rules.
"""

from dataclasses import dataclass, field

from ..company.topology import SERVICES, Party
from ..models import Playground
from . import faults
from .design import Design
from .fault import Fault, FaultKind, first_hit


@dataclass(frozen=True, slots=True)
class World:
    playground: str
    design: Design = field(default_factory=Design)
    faults: tuple[Fault, ...] = ()

    def unreachable(self, service: str, message: str) -> Fault | None:
        return first_hit(self.faults, FaultKind.UNREACHABLE, service, message)

    def latency(self, service: str, message: str) -> Fault | None:
        return first_hit(self.faults, FaultKind.LATENCY, service, message)

    def pause_of(self, service: str) -> Fault | None:
        """The fault that keeps this subscriber from taking any message, if one does."""
        for fault in self.faults:
            is_total = fault.kind is FaultKind.UNREACHABLE and fault.percentage == 100
            if is_total and fault.target == service:
                return fault
        return None

    @property
    def never_waits(self) -> bool:
        """No service time and no fault: no step of this world can take noticeable time."""
        return not self.faults and not any(
            self.design.service_time_ms(name)
            for name, service in SERVICES.items()
            if service.party is not Party.ACTOR
        )


def of(playground: Playground, now: float) -> World:
    return World(playground.id, Design.of(playground.design), faults.active(playground.id, now))


def load(playground: str, now: float) -> World | None:
    """None if the playground is gone."""
    row = Playground.objects.filter(id=playground).first()
    return of(row, now) if row else None
