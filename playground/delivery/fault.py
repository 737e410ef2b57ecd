"""Faults: what the world does to a hop. Injected, scoped, expiring, counted."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from zlib import crc32

from ..company.topology import SERVICES, Party

DEFAULT_DURATION_S, MAX_DURATION_S = 120, 1800
DEFAULT_LATENCY_MS, MAX_LATENCY_MS = 800, 20_000


class FaultKind(StrEnum):
    LATENCY = "latency"
    UNREACHABLE = "unreachable"


class Scope(StrEnum):
    PLAYGROUND = "playground"
    CLASS = "class"


class InvalidFault(ValueError):
    def __init__(self, errors: dict[str, str]) -> None:
        super().__init__("; ".join(f"{where}: {why}" for where, why in errors.items()))
        self.errors = errors


@dataclass(frozen=True, slots=True)
class Fault:
    id: str
    kind: FaultKind
    target: str  # a service
    ends_at: float  # unix seconds
    ms: int = 0  # latency only
    percentage: int = 100  # of the messages
    scope: Scope = Scope.PLAYGROUND

    def hits(self, message: str) -> bool:
        """Is this message among the victims? The same fault always picks the same ones."""
        return crc32(f"{self.id}:{message}".encode()) % 100 < self.percentage

    @property
    def says(self) -> str:
        """One sentence: what this does to calls and to texts."""
        title = SERVICES[self.target].title
        if self.kind is FaultKind.LATENCY:
            return f"Every call or text takes {self.ms} ms longer to reach {title}."
        return f"{title} is unreachable: calls to it fail at once, texts to it wait in its queue."

    def as_json(self, hits: int) -> dict[str, Any]:
        return {
            "id": self.id,
            "kind": self.kind.value,
            "target": self.target,
            "ms": self.ms,
            "percentage": self.percentage,
            "scope": self.scope.value,
            "ends_at": self.ends_at,
            "hits": hits,
            "says": self.says,
        }

    def mark(self) -> dict[str, str]:
        """How a record names the fault that touched it."""
        return {"id": self.id, "kind": self.kind.value}


def targets() -> tuple[str, ...]:
    """What a fault can be put on: every service but the customer."""
    return tuple(name for name, s in SERVICES.items() if s.party is not Party.ACTOR)


def checked(*, kind: str, target: str, ms: int, percentage: int, duration_s: float) -> None:
    """Raises InvalidFault unless a fault can be made of these."""
    errors: dict[str, str] = {}
    if kind not in set(FaultKind):
        errors["kind"] = f"there is no fault {kind!r}; there are {', '.join(FaultKind)}"
    if target not in targets():
        errors["target"] = f"there is no service {target!r}; there are {', '.join(targets())}"
    if kind == FaultKind.LATENCY and not 1 <= ms <= MAX_LATENCY_MS:
        errors["ms"] = f"must be 1 to {MAX_LATENCY_MS}"
    if not 1 <= percentage <= 100:
        errors["percentage"] = "must be 1 to 100"
    if not 1 <= duration_s <= MAX_DURATION_S:
        errors["duration_s"] = f"must be 1 to {MAX_DURATION_S}"
    if errors:
        raise InvalidFault(errors)


def first_hit(faults: Iterable[Fault], kind: FaultKind, target: str, message: str) -> Fault | None:
    for fault in faults:
        if fault.kind is kind and fault.target == target and fault.hits(message):
            return fault
    return None
