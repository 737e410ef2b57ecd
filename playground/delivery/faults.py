"""Switching faults on and off, and counting what they hit."""

import secrets
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.db.models import Q

from .. import models
from .fault import (
    DEFAULT_DURATION_S,
    DEFAULT_LATENCY_MS,
    Fault,
    FaultKind,
    Scope,
    checked,
)

if TYPE_CHECKING:
    from redis import Redis

    from ..models import Playground


def inject(
    playground: "Playground | None",
    *,
    kind: str,
    target: str,
    now: float,
    ms: int = DEFAULT_LATENCY_MS,
    percentage: int = 100,
    duration_s: float = DEFAULT_DURATION_S,
) -> Fault:
    """Switch a fault on: in one playground, or (None) for everybody.

    One of a kind at a target: a second replaces the first.  Raises InvalidFault.
    """
    checked(kind=kind, target=target, ms=ms, percentage=percentage, duration_s=duration_s)
    models.Fault.objects.filter(playground=playground, kind=kind, target=target).delete()
    row = models.Fault.objects.create(
        id=secrets.token_hex(4),
        playground=playground,
        kind=kind,
        target=target,
        ms=ms if kind == FaultKind.LATENCY else 0,
        percentage=percentage,
        starts_at=now,
        ends_at=now + duration_s,
    )
    return _value(row)


def lift(playground: "Playground | None", fault_id: str | None = None) -> list[Fault]:
    """Switch off one fault of this playground (or of everybody: None), or all. Returns them."""
    rows = models.Fault.objects.filter(playground=playground)
    if fault_id is not None:
        rows = rows.filter(id=fault_id)
    lifted = [_value(row) for row in rows]
    models.Fault.objects.filter(id__in=[fault.id for fault in lifted]).delete()
    return lifted


def active(playground: str, now: float) -> tuple[Fault, ...]:
    """What is on in this playground now: its own faults and those for everybody."""
    return active_in([playground], now)[playground]


def active_in(playgrounds: Iterable[str], now: float) -> dict[str, tuple[Fault, ...]]:
    """The same for many playgrounds, in one query."""
    wanted = list(playgrounds)
    rows = list(
        models.Fault.objects.filter(
            Q(playground__in=wanted) | Q(playground=None), ends_at__gt=now
        ).order_by("starts_at", "id")
    )
    return {
        playground: tuple(_value(r) for r in rows if r.playground_id in (None, playground))
        for playground in wanted
    }


def for_everybody(now: float) -> tuple[Fault, ...]:
    rows = models.Fault.objects.filter(playground=None, ends_at__gt=now)
    return tuple(_value(row) for row in rows.order_by("starts_at", "id"))


def take_expired(now: float) -> list[tuple[str | None, Fault]]:
    """Remove the faults whose time is over, and say where they were: (playground, fault)."""
    rows = list(models.Fault.objects.filter(ends_at__lte=now))
    models.Fault.objects.filter(id__in=[row.id for row in rows]).delete()
    return [(row.playground_id, _value(row)) for row in rows]


class HitCounter:
    """How often each fault has touched a message of a playground."""

    def __init__(self, redis: "Redis") -> None:
        self._redis = redis

    def count(self, playground: str, fault: Fault) -> None:
        self._redis.hincrby(_hits_key(playground), fault.id, 1)

    def hits(self, playground: str) -> dict[str, int]:
        counts: Any = self._redis.hgetall(_hits_key(playground))
        return {fault.decode(): int(n) for fault, n in counts.items()}

    def forget(self, playground: str) -> None:
        self._redis.delete(_hits_key(playground))


def _hits_key(playground: str) -> str:
    return f"inflight:{playground}:hits"


def _value(row: models.Fault) -> Fault:
    return Fault(
        row.id,
        FaultKind(row.kind),
        row.target,
        row.ends_at,
        row.ms,
        row.percentage,
        Scope.CLASS if row.playground_id is None else Scope.PLAYGROUND,
    )
