"""The parts that delivery works with. `playground/bootstrap.py` puts them together."""

from concurrent.futures import Executor
from dataclasses import dataclass
from random import Random
from typing import Self

from ..company.ports import Clock, EventBroker, FlowLog
from ..faults.catalogue import FaultKind
from ..faults.fault import Fault
from ..faults.switching import HitCounter
from ..flow.recorder import Recorder
from ..messaging.batch_writer import BatchWriter
from ..messaging.step_buffer import StepBuffer
from .conditions import Conditions
from .lease import Lease, wait
from .ports import Breakers, Doorbell, KillableWorkers, Outbox, ReplicaSlots

# No letters that read like figures: an order's id is read aloud.
_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def replica_of(slot_key: str) -> int:
    """Which of a service's replicas works in this slot: 1 is the first."""
    number, _, _ = slot_key.partition(".")
    return int(number) + 1


@dataclass(frozen=True, slots=True)
class Runtime:
    """What one process works with, in every playground."""

    broker: EventBroker
    log: FlowLog
    clock: Clock
    bell: Doorbell
    batch_writer: BatchWriter  # to log, broker and bell in one go
    slots: ReplicaSlots
    outbox: Outbox
    hits: HitCounter
    breakers: Breakers
    killable_workers: KillableWorkers
    callees: Executor  # where callees work while their callers wait
    chance: Random

    def new_hex(self, digits: int) -> str:
        return f"{self.chance.getrandbits(digits * 4):0{digits}x}"

    def new_id(self) -> str:
        """Ten signs, 50 bits: short enough to read out, too many to meet twice."""
        bits = self.chance.getrandbits(50)
        return "".join(_CROCKFORD[bits >> shift & 31] for shift in range(0, 50, 5))


@dataclass(frozen=True, slots=True)
class Context:
    """What one step works with: the parts, the world of its playground, its records."""

    runtime: Runtime
    world: Conditions
    recorder: Recorder
    step_buffer: StepBuffer  # what goes to the broker together with the recorder's next records
    lease: Lease

    @classmethod
    def begin(cls, runtime: Runtime, world: Conditions, lease: Lease) -> Self:
        step_buffer = StepBuffer(runtime.batch_writer, runtime.outbox)
        recorder = Recorder(step_buffer, world.playground, runtime.clock)
        return cls(runtime, world, recorder, step_buffer, lease)

    @property
    def playground(self) -> str:
        return self.world.playground

    def now(self) -> float:
        return self.runtime.clock.now()

    def meet(self, kind: FaultKind, source: str, target: str, key: str) -> Fault | None:
        """The fault of this kind that hits a message on its way, if one does; it is counted."""
        for fault in self.world.faults_at(kind, source, target):
            if self.runtime.hits.meet(self.playground, fault, key):
                return fault
        return None

    def wait(self, seconds: float) -> None:
        """Let time pass. What has happened so far is shown first.  Raises RedisError."""
        if seconds > 0:
            self.recorder.flush()
            wait(seconds, self.runtime.clock, self.lease)
