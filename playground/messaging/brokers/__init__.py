"""The table of brokers that `EVENT_BROKER` can name. A factory is imported when it is chosen.

A new broker is a file or folder here, a row of this table, and a parameter of the contract
suite (CONTRIBUTING.md has the recipe).
"""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import cast

from redis import Redis

from ...company.ports import Clock
from ...flow.log import FlowLog
from ..batch_writer import BatchWriter
from ..doorbell import Doorbell
from ..port import EventBroker


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The parts of its process that a factory may use."""

    redis: Redis  # the shared store; an adapter on another server opens its own connections
    clock: Clock
    log: FlowLog
    doorbell: Doorbell


@dataclass(frozen=True, slots=True)
class BrokerParts:
    broker: EventBroker
    batch_writer: BatchWriter  # writes records, messages, doorbells and acks of one step


Factory = Callable[[Surroundings], BrokerParts]

BROKERS: dict[str, str] = {
    "redis-streams": "playground.messaging.brokers.redis_streams.make",
    "memory": "playground.messaging.brokers.memory.make",
}
# Web and worker processes do not share these, so the system check refuses them (checks.py).
FOR_TESTS = frozenset({"memory"})


class UnknownBroker(ValueError):
    """The table has no broker of this name."""


def factory(name: str) -> Factory:
    """The factory of the broker with this name.  Raises UnknownBroker."""
    if name not in BROKERS:
        raise UnknownBroker(f"EVENT_BROKER is {name!r}; there are {', '.join(BROKERS)}")
    module, _, function = BROKERS[name].rpartition(".")
    return cast(Factory, getattr(import_module(module), function))
