"""A fault that is on, and the request to switch one on. It expires, and its hits are counted."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from zlib import crc32

from ..company.topology import SERVICES
from .catalogue import BROKER, CATALOGUE, SUBSCRIBERS, FaultKind
from .spec import Spec

DEFAULT_DURATION_S, MAX_DURATION_S = 120, 1800
MAX_MS = 20_000
MAX_LIMIT = 10_000
MAX_SEED = 2**31 - 1


class Scope(StrEnum):
    PLAYGROUND = "playground"
    CLASS = "class"


class InvalidFault(ValueError):
    """The request is not valid. `errors`: field of FaultRequest -> what is wrong."""

    def __init__(self, errors: dict[str, str]) -> None:
        super().__init__("; ".join(f"{where}: {why}" for where, why in errors.items()))
        self.errors = errors


@dataclass(frozen=True, slots=True)
class Fault:
    id: str
    kind: FaultKind
    target: str  # a service, a connection ("orders->dispatch"), or the broker
    ends_at: float  # unix seconds
    starts_at: float = 0.0
    ms: int = 0  # 0 if the kind takes none
    jitter_ms: int = 0  # latency only: adds 0 to this much to `ms`
    status: int = 0  # HTTP; 0 if the kind takes none
    percentage: int = 100  # of the messages
    limit: int = 0  # hits after which it is spent; 0: no limit
    seed: int = 0  # the same seed hits the same messages, by the order in which they come
    scope: Scope = Scope.PLAYGROUND

    def is_at(self, source: str, target: str) -> bool:
        """Whether the fault is on the way from source to target."""
        return self.target in (target, f"{source}->{target}", BROKER)

    @property
    def picks(self) -> bool:
        """Whether it hits only some of the messages."""
        return self.percentage < 100 or self.limit > 0

    def is_spent(self, hits: int) -> bool:
        """Whether it has reached its limit."""
        return 0 < self.limit <= hits

    def hits_nth(self, n: int) -> bool:
        """Whether it hits the n-th message (from 1) that passes its place."""
        if not self._is_drawn(n):
            return False
        return not self.limit or sum(map(self._is_drawn, range(1, n + 1))) <= self.limit

    def _is_drawn(self, n: int) -> bool:
        return crc32(f"{self.seed}:{n}".encode()) % 100 < self.percentage

    def delay_s(self, key: str) -> float:
        """How long it delays the message with this key: the same key, the same delay."""
        jitter = crc32(f"{self.seed}:{key}".encode()) % (self.jitter_ms + 1)
        return (self.ms + jitter) / 1000

    @property
    def can_be_texted(self) -> bool:
        """Whether its place has a queue, under some design."""
        return self.target.rpartition("->")[2] in (*SUBSCRIBERS, BROKER)

    @property
    def spec(self) -> Spec:
        return CATALOGUE[self.kind]

    @property
    def says(self) -> str:
        """What the fault does, in one or two sentences for the page."""
        words = self.spec.says.format(place=place(self.target), ms=self.ms, status=self.status)
        if self.can_be_texted and self.spec.says_of_texts:
            words = f"{words} {self.spec.says_of_texts}"
        if self.limit == 1:
            return f"{words} Only the next message."
        return words if self.percentage == 100 else f"{words} {self.percentage} % of them."

    def as_json(self, hits: int) -> dict[str, Any]:
        return {
            "id": self.id,
            "kind": self.kind.value,
            "target": self.target,
            "ms": self.ms,
            "jitter_ms": self.jitter_ms,
            "status": self.status,
            "percentage": self.percentage,
            "limit": self.limit,
            "seed": self.seed,
            "scope": self.scope.value,
            "ends_at": self.ends_at,
            "hits": hits,
            "is_spent": self.is_spent(hits),
            "says": self.says,
            "teaches": self.spec.teaches,
            "calls": self.spec.calls,
            "texts": self.spec.texts if self.can_be_texted else "Nothing is texted to it.",
            "answers": list(self.spec.answers),
        }

    def mark(self) -> dict[str, str]:
        """The `fault` field of the records that it hit."""
        return {"id": self.id, "kind": self.kind.value}


def place(target: str) -> str:
    """A fault's target in words: "Payments (from Gateway)"."""
    if target == BROKER:
        return "the broker"
    source, _, receiver = target.rpartition("->")
    title = SERVICES[receiver].title
    return f"{title} (from {SERVICES[source].title})" if source else title


@dataclass(frozen=True, slots=True)
class FaultRequest:
    """A request to switch a fault on. 0 for `ms` or `status` means the kind's default."""

    kind: str
    target: str
    ms: int = 0
    jitter_ms: int = 0
    status: int = 0
    percentage: int = 100
    limit: int = 0
    seed: int = 0
    duration_s: float = DEFAULT_DURATION_S

    def checked(self) -> Spec:
        """The catalogue's row for this kind.  Raises InvalidFault if any field is out of bounds."""
        if self.kind not in set(FaultKind):
            known = ", ".join(FaultKind)
            raise InvalidFault({"kind": f"there is no fault {self.kind!r}; there are {known}"})
        spec = CATALOGUE[FaultKind(self.kind)]
        errors: dict[str, str] = {}
        if self.target not in spec.places:
            where = ", ".join(spec.places)
            errors["target"] = f"{self.kind} cannot be put on {self.target!r}; it can on {where}"
        for name, value, low, high in (
            ("ms", self.ms, 0, MAX_MS),
            ("jitter_ms", self.jitter_ms, 0, MAX_MS),
            ("percentage", self.percentage, 1, 100),
            ("limit", self.limit, 0, MAX_LIMIT),
            ("seed", self.seed, 0, MAX_SEED),
            ("duration_s", self.duration_s, 1, MAX_DURATION_S),
        ):
            if not low <= value <= high:
                errors[name] = f"must be {low} to {high}"
        if spec.is_whole:
            for name, value, usual in (
                ("percentage", self.percentage, 100),
                ("limit", self.limit, 0),
            ):
                if value != usual:
                    errors[name] = f"{self.kind} spares no single message; leave it at {usual}"
        if self.status and not 400 <= self.status <= 599:
            errors["status"] = "must be 400 to 599"
        if errors:
            raise InvalidFault(errors)
        return spec
