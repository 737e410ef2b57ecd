"""What every step works with: the parts of its process, and the context of the step itself."""

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

# Crockford's base 32: no letters that look like figures, since an order's id is read aloud.
_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


@dataclass(frozen=True, slots=True)
class Runtime:
    """What a step of any playground needs; made once for each process."""

    clock: Clock
    random: Random
    hits: FaultHits
    killable_workers: KillableWorkers
    calls: CallsFactory
    new_output: Callable[[], StepOutput]  # one for each step

    def new_hex(self, digits: int) -> str:
        return f"{self.random.getrandbits(digits * 4):0{digits}x}"

    def new_id(self) -> str:
        """Ten signs, 50 bits: short enough to read out, and never the same twice in practice."""
        bits = self.random.getrandbits(50)
        return "".join(_CROCKFORD[bits >> shift & 31] for shift in range(0, 50, 5))


@dataclass(frozen=True, slots=True)
class Context:
    """One step: the conditions it runs under, and where its records and messages go."""

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
        """The fault of this kind that hits a message on its way; it is counted."""
        return self.injector.hitting(kind, source, target, key)

    def wait(self, seconds: float) -> None:
        """Let time pass. Stores the records so far before it.  Raises StoreUnavailable."""
        if seconds > 0:
            self.recorder.flush()
            wait(seconds, self.runtime.clock, self.lease)
