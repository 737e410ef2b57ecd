"""What every step needs: the runtime of its process, and the context of the step itself."""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Self

from ..company.ports import Clock
from ..faults.catalogue import FaultKind
from ..faults.fault import Fault
from ..faults.hits import FaultHits
from ..faults.injection import Injector
from ..flow.recorder import Recorder
from .conditions import Conditions
from .lease import Lease, wait
from .ports import CallsFactory, KillableWorkers, StepOutput

# Crockford's base 32: without letters that look like digits, because people read ids aloud.
_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


@dataclass(frozen=True, slots=True)
class Runtime:
    """What a step of any playground needs. Built once per process."""

    clock: Clock
    random: Random
    hits: FaultHits
    killable_workers: KillableWorkers
    calls: CallsFactory
    new_output: Callable[[], StepOutput]  # called once per step

    def new_hex(self, digits: int) -> str:
        """So many random hexadecimal digits. Not for secrets."""
        return f"{self.random.getrandbits(digits * 4):0{digits}x}"

    def new_id(self) -> str:
        """Ten characters of base 32, 50 random bits: short enough to read aloud. Not for secrets."""
        bits = self.random.getrandbits(50)
        return "".join(_CROCKFORD[bits >> offset & 31] for offset in range(0, 50, 5))


@dataclass(frozen=True, slots=True)
class Context:
    """One step: the conditions it runs under, and where it sends its records and messages."""

    runtime: Runtime
    conditions: Conditions
    output: StepOutput
    recorder: Recorder
    injector: Injector
    lease: Lease

    @classmethod
    def begin(
        cls,
        runtime: Runtime,
        conditions: Conditions,
        lease: Lease,
        output: StepOutput | None = None,
    ) -> Self:
        output = output or runtime.new_output()
        recorder = Recorder(output, conditions.playground, runtime.clock)
        injector = Injector(conditions.playground, conditions.faults, runtime.hits)
        return cls(runtime, conditions, output, recorder, injector, lease)

    @property
    def playground(self) -> str:
        return self.conditions.playground

    def now(self) -> float:
        return self.runtime.clock.now()

    def fault_hitting(self, kind: FaultKind, source: str, target: str, key: str) -> Fault | None:
        """The fault of this kind that hits a message from source to target, counted; or None.

        Raises StoreUnavailable.
        """
        return self.injector.hitting(kind, source, target, key)

    def wait(self, seconds: float) -> None:
        """Wait, after storing the records so far.  Raises StoreUnavailable."""
        if seconds > 0:
            self.recorder.flush()
            wait(seconds, self.runtime.clock, self.lease)
