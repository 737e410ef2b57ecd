"""The world of a playground at one moment: its design and the faults that are on.

Loaded once per request and once per batch of messages, so that one step is under
one set of rules.
"""

import json
from dataclasses import dataclass, field
from functools import lru_cache

from ..design.choices import Design
from ..faults import switching as faults
from ..faults.catalogue import FaultKind
from ..faults.fault import Fault
from ..models import Playground
from ..storage.sql import Select


@dataclass(frozen=True, slots=True)
class Conditions:
    playground: str
    design: Design = field(default_factory=Design)
    faults: tuple[Fault, ...] = ()
    watched: tuple[str, ...] = ()  # functions whose lines a lesson asks for

    def faults_at(self, kind: FaultKind, source: str, target: str) -> tuple[Fault, ...]:
        """The faults of this kind that lie on the way from source to target."""
        if not self.faults:
            return ()
        return tuple(f for f in self.faults if f.kind is kind and f.is_at(source, target))

    def pause_of(self, service: str) -> Fault | None:
        """The fault that keeps this subscriber from taking any message, if one does."""
        for fault in self.faults:
            is_total = fault.kind is FaultKind.UNREACHABLE and not fault.picks
            if (fault.kind is FaultKind.PAUSED or is_total) and fault.target == service:
                return fault
        return self.broker_down

    @property
    def broker_down(self) -> Fault | None:
        return next((f for f in self.faults if f.kind is FaultKind.BROKER_DOWN), None)

    @property
    def never_waits(self) -> bool:
        """No service time and no fault: no step of this world can take noticeable time."""
        return not self.faults and self.design.takes_no_time


_ROW = Select(Playground, "design", "watched", "watched_until", where="id = %s")


def of(playground: Playground, now: float) -> Conditions:
    design = _parsed(json.dumps(playground.design))
    watched = tuple(playground.watched) if playground.watched_until > now else ()
    return Conditions(playground.id, design, faults.active(playground.id, now), watched)


def load(playground: str, now: float) -> Conditions | None:
    """None if the playground is gone."""
    row = _ROW.first(playground)
    if row is None:
        return None
    design, watched, watched_until = row
    functions = tuple(json.loads(watched)) if watched_until > now else ()
    return Conditions(playground, _parsed(design), faults.active(playground, now), functions)


@lru_cache(maxsize=512)
def _parsed(stored: str) -> Design:
    """Kept by its text, which was read a moment ago: a changed design is another text."""
    return Design.of(json.loads(stored))
