"""What every step needs: the runtime of its process, and the context of the step itself."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random
from typing import Protocol, Self

from ..company.envelope import AddressedMessage
from ..company.ports import Clock, ServiceCalls
from ..company.trace import Span
from ..faults.catalogue import FaultKind
from ..faults.fault import Fault
from ..faults.hits import FaultHits
from ..faults.injection import Injector
from ..flow.promises import Promise
from ..flow.recorder import Recorder
from ..flow.records import Record
from .conditions import Conditions
from .killable import KillableWorkers
from .lease import Lease, wait

# Crockford's base 32: without letters that look like digits, because people read ids aloud.
_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


class CallsFactory(Protocol):
    def __call__(self, context: "Context", caller: str, span: Span) -> ServiceCalls:
        """The calls that `caller` makes within this span."""


class StepOutput(Protocol):
    """Where one step sends its records and messages."""

    def append(
        self, playground: str, records: Sequence[Record], promises: Sequence[Promise] = ()
    ) -> None:
        """Store the records, and send the messages that wait for them.

        Raises StoreUnavailable if the records were not stored.
        """

    def publish(
        self,
        context: "Context",
        rows: Sequence[int],
        messages: Sequence[tuple[Span, AddressedMessage]],
    ) -> None:
        """Publish messages that have just been committed, each from its span.

        `rows` are the ids of their outbox rows, in the same order; empty without an outbox.
        With rows, the recovery sweep publishes what cannot be published now. Without rows,
        raises PublishFailed or StoreUnavailable if the messages may be lost.
        """


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
