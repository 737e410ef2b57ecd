"""What the world does to one hop: the faults that a call or a text meets on its way."""

from dataclasses import dataclass

from ..handling.runtime import Context
from .catalogue import FaultKind
from .fault import Fault

# Each of these keeps the work from being done; the first that hits is the one that counts.
_BLOCKERS = (
    FaultKind.UNREACHABLE,
    FaultKind.THROTTLED,
    FaultKind.ERRORS,
    FaultKind.POISON,
    FaultKind.HANG,
    FaultKind.KILL,
)
# What a reader under the schema fault has come to need: no message of ours has it.
NEW_FIELD = "locale"
# A victim of these is one at every attempt: the message is the trouble, not the moment.
_STICKY = frozenset({FaultKind.POISON, FaultKind.SCHEMA, FaultKind.REJECTION})


@dataclass(frozen=True, slots=True)
class InjectedFaults:
    blocker: Fault | None = None
    schema: Fault | None = None
    latency: Fault | None = None
    slow: Fault | None = None
    rejection: Fault | None = None
    silent: Fault | None = None  # the work is done, and nobody is told
    key: str = ""

    @property
    def mark(self) -> dict[str, str] | None:
        """How the hop's records name it."""
        met = (
            self.blocker
            or self.schema
            or self.silent
            or self.rejection
            or self.latency
            or self.slow
        )
        return met.mark() if met else None

    @property
    def needs(self) -> tuple[str, ...]:
        """Fields that the reader's version asks for, and the message's has not."""
        return (NEW_FIELD,) if self.schema else ()

    @property
    def latency_s(self) -> float:
        return self.latency.delay_s(self.key) if self.latency else 0.0

    @property
    def slow_s(self) -> float:
        return self.slow.ms / 1000 if self.slow else 0.0


NONE = InjectedFaults()


def meet(
    context: Context,
    source: str,
    target: str,
    message: str,
    attempt: int,
    *,
    silent: tuple[FaultKind, ...],
) -> InjectedFaults:
    """What this attempt at this message meets. `silent`: what can swallow its confirmation."""
    if not context.world.faults:
        return NONE
    key = f"{message}:{attempt}"

    def one(*kinds: FaultKind) -> Fault | None:
        for kind in kinds:
            if fault := context.meet(kind, source, target, message if kind in _STICKY else key):
                return fault
        return None

    if blocker := one(*_BLOCKERS):
        return InjectedFaults(blocker=blocker, latency=one(FaultKind.LATENCY), key=key)
    if schema := one(FaultKind.SCHEMA):
        return InjectedFaults(schema=schema, latency=one(FaultKind.LATENCY), key=key)
    return InjectedFaults(
        latency=one(FaultKind.LATENCY),
        slow=one(FaultKind.SLOW),
        rejection=one(FaultKind.REJECTION),
        silent=one(*silent),
        key=key,
    )
