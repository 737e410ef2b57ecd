"""Fault injection: decide which faults hit one hop, and count the hits.

The catalogue says what each fault does, and at which stage of a hop.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

from .catalogue import CATALOGUE, FaultKind, kinds_at
from .fault import Fault
from .hits import FaultHits
from .spec import Stage

# At these stages a fault ends the hop before its work. Only the first one that hits counts;
# faults at later stages hit nothing.
_ENDING_STAGES = (Stage.ARRIVAL, Stage.READING)
# Which of several faults a record names: the first one at the first of these stages.
_NAMED_FIRST = (Stage.ARRIVAL, Stage.READING, Stage.CONFIRMATION)


@dataclass(frozen=True, slots=True)
class Injector:
    """The faults in force in a playground, and the count of what they have hit."""

    playground: str
    faults: Sequence[Fault]
    hits: FaultHits

    def hitting(self, kind: FaultKind, source: str, target: str, key: str) -> Fault | None:
        """The fault of this kind that hits a message from source to target; it is counted.

        `key` identifies the message, and the attempt unless the kind is sticky.
        Raises StoreUnavailable.
        """
        for fault in self.faults:
            is_here = fault.kind is kind and fault.is_at(source, target)
            if is_here and self.hits.strike(self.playground, fault, key):
                return fault
        return None


@dataclass(frozen=True, slots=True)
class InjectedFaults:
    """The faults that hit one attempt at one message."""

    key: str = ""  # of the message and the attempt: the same key, the same delay
    by_stage: Mapping[Stage, tuple[Fault, ...]] = field(default_factory=dict)

    @property
    def faults(self) -> tuple[Fault, ...]:
        return tuple(fault for faults in self.by_stage.values() for fault in faults)

    def at(self, stage: Stage) -> Fault | None:
        return next(iter(self.by_stage.get(stage, ())), None)

    @property
    def mark(self) -> dict[str, str] | None:
        """The `fault` field of the hop's records: the fault that mattered most."""
        if not self.faults:
            return None
        named = next((f for stage in _NAMED_FIRST if (f := self.at(stage))), None)
        with_settings = next((f for f in self.faults if f.spec.settings), None)
        return (named or with_settings or self.faults[0]).mark()

    @property
    def latency_s(self) -> float:
        return sum(fault.delay_s(self.key) for fault in self.by_stage.get(Stage.TRANSIT, ()))

    @property
    def extra_work_s(self) -> float:
        return sum(fault.ms for fault in self.by_stage.get(Stage.WORK, ())) / 1000

    @property
    def needs(self) -> tuple[str, ...]:
        """Fields that the reader requires and the message does not have."""
        return tuple(name for fault in self.faults for name in fault.spec.needs)

    @property
    def settings(self) -> dict[str, int]:
        """Settings of the service that replace the design's for this message."""
        return {name: value for f in self.faults for name, value in f.spec.settings.items()}


NO_FAULTS = InjectedFaults()


def inject(
    injector: Injector, source: str, target: str, message: str, attempt: int, *, text: bool
) -> InjectedFaults:
    """Decide which faults hit this attempt at this message from source to target.

    `attempt` counts from 1. Every hit is counted.  Raises StoreUnavailable.
    """
    if not injector.faults:
        return NO_FAULTS
    key = f"{message}:{attempt}"

    def hits(stage: Stage) -> Iterator[Fault]:
        for kind in kinds_at(stage, text=text):
            identity = message if CATALOGUE[kind].is_sticky else key
            if fault := injector.hitting(kind, source, target, identity):
                yield fault

    for stage in _ENDING_STAGES:
        if fault := next(hits(stage), None):
            return InjectedFaults(key, {stage: (fault,), Stage.TRANSIT: tuple(hits(Stage.TRANSIT))})
    return InjectedFaults(
        key,
        {
            Stage.TRANSIT: tuple(hits(Stage.TRANSIT)),
            Stage.WORK: tuple(hits(Stage.WORK)),
            Stage.CONFIRMATION: tuple(islice(hits(Stage.CONFIRMATION), 1)),
        },
    )
