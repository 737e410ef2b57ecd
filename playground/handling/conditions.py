"""The conditions in force in a playground at one moment: its design and the faults that are on.

Loaded once per request and per batch of messages, so that one step runs under one set of
rules.
"""

import json
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from ..design.choices import Design
from ..faults import switching
from ..faults.catalogue import BROKER
from ..faults.fault import Fault
from ..faults.spec import Outcome
from ..models import Playground
from ..storage.playgrounds import FIELDS, of_row
from ..storage.sql import Select

_PLAYGROUND = Select(Playground, *FIELDS, where="key = %s")


@dataclass(frozen=True, slots=True)
class Conditions:
    playground: str  # its key
    design: Design = field(default_factory=Design)
    faults: tuple[Fault, ...] = ()
    watched: tuple[str, ...] = ()  # functions in which a lesson marks the lines that ran

    def pause_of(self, service: str) -> Fault | None:
        """The fault that keeps this subscriber from receiving any message, or None."""
        for fault in self.faults:
            if fault.target == service and (_stops(fault) or _refuses_all(fault)):
                return fault
        return self.broker_down

    @property
    def broker_down(self) -> Fault | None:
        return next((f for f in self.faults if f.target == BROKER and _stops(f)), None)

    def may_kill(self, service: str) -> bool:
        """Whether a fault may kill the process that works for this service."""
        return any(f.spec.outcome is Outcome.KILLED and f.is_at("", service) for f in self.faults)

    @property
    def never_waits(self) -> bool:
        """Whether no step can take noticeable time: there is no service time and no fault."""
        return not self.faults and self.design.takes_no_time


def of(playground: Playground, now: float) -> Conditions:
    """The conditions in this playground at `now` (unix seconds)."""
    watched = tuple(playground.watched) if playground.watched_until > now else ()
    faults = switching.active(playground.key, now)
    return Conditions(playground.key, design_of(playground), faults, watched)


def load(playground: str, now: float) -> Conditions | None:
    """The conditions in the playground with this key at `now`; None if it was reset or deleted."""
    row = _PLAYGROUND.first(playground)
    return None if row is None else of(of_row(row), now)


def playgrounds_without_broker(now: float) -> set[str | None]:
    """The playgrounds whose broker a fault has stopped. None among them stands for all."""
    return {playground for playground, fault in switching.at(BROKER, now) if _stops(fault)}


def design_of(playground: Playground) -> Design:
    return _parsed(json.dumps(playground.design))


@lru_cache(maxsize=512)
def _parsed(stored: str) -> Design:
    """Cached by the stored text, so a changed design is parsed anew."""
    choices: dict[str, Any] = json.loads(stored)
    return Design.of(choices)


def _stops(fault: Fault) -> bool:
    return fault.spec.outcome is Outcome.STOPPED


def _refuses_all(fault: Fault) -> bool:
    """Whether the service is unreachable: then no message is received for it, and all wait.

    A throttled service receives messages and refuses them.
    """
    is_connection_refused = fault.spec.outcome is Outcome.REFUSED and not fault.status
    return is_connection_refused and not fault.picks
