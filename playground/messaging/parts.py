"""The adapters and stores of one process. `playground/bootstrap.py` builds them."""

from collections.abc import Callable
from dataclasses import dataclass

from ..calls.breaker_store import Breakers
from ..company.ports import Clock
from ..faults.hits import FaultHits
from ..flow.log import FlowLog
from ..handling.runtime import Runtime
from ..storage.redis_adapter import StoreUnavailable
from .doorbell import Doorbell
from .port import BrokerUnavailable, EventBroker
from .relay import OutboxRelay
from .replica_slots import ReplicaSlots

# Caught together: a server that this process needs does not answer.
UNAVAILABLE = (BrokerUnavailable, StoreUnavailable)


@dataclass(frozen=True, slots=True)
class Parts:
    runtime: Runtime  # what a step needs
    broker: EventBroker
    log: FlowLog
    doorbell: Doorbell
    slots: ReplicaSlots
    breakers: Breakers
    new_relay: Callable[[], OutboxRelay]  # called once per step

    @property
    def clock(self) -> Clock:
        return self.runtime.clock

    @property
    def hits(self) -> FaultHits:
        return self.runtime.hits
