"""Switching faults on and off, and counting what they hit."""

import secrets
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.db.models import Q

from .. import models
from ..storage.sql import Select
from .catalogue import FaultKind
from .fault import Fault, FaultRequest, Scope
from .storm import Storm

if TYPE_CHECKING:
    from redis import Redis

    from ..models import Playground

MEMORY_S = 3600  # who was a victim is remembered for longer than a fault may last


def inject(playground: "Playground | None", wish: FaultRequest, now: float) -> Fault:
    """Switch a fault on: in one playground, or (None) for everybody.

    One of a kind at a target: a second replaces the first.  Raises InvalidFault.
    """
    row = _row(playground, wish, now)
    models.Fault.objects.filter(
        playground=playground, kind=wish.kind, target=wish.target, starts_at__lte=now
    ).delete()
    row.save(force_insert=True)
    return _value(row)


def brew(playground: "Playground", storm: Storm, now: float) -> int:
    """Put a storm's faults into the calendar. Returns how many; earlier plans are dropped."""
    models.Fault.objects.filter(playground=playground, starts_at__gt=now).delete()
    rows = [_row(playground, wish, now + at) for at, wish in storm.schedule()]
    for row in rows:
        row.is_told = False
    models.Fault.objects.bulk_create(rows)
    return len(rows)


def take_begun(now: float) -> list[tuple[str | None, Fault]]:
    """The faults of storms that have begun and of which nobody has been told."""
    begun = models.Fault.objects.filter(is_told=False, starts_at__lte=now, ends_at__gt=now)
    rows = list(begun)
    models.Fault.objects.filter(id__in=[row.id for row in rows]).update(is_told=True)
    return [(row.playground_id, _value(row)) for row in rows]


def _row(playground: "Playground | None", wish: FaultRequest, now: float) -> models.Fault:
    spec = wish.checked()
    return models.Fault(
        id=secrets.token_hex(4),
        playground=playground,
        kind=wish.kind,
        target=wish.target,
        ms=(wish.ms or spec.default_ms) if spec.default_ms else 0,
        jitter_ms=wish.jitter_ms if wish.kind == FaultKind.LATENCY else 0,
        status=(wish.status or spec.default_status) if spec.default_status else 0,
        percentage=wish.percentage,
        limit=wish.limit,
        seed=wish.seed,
        starts_at=now,
        ends_at=now + wish.duration_s,
    )


def lift(playground: "Playground | None", fault_id: str | None = None) -> list[Fault]:
    """Switch off one fault of this playground (or of everybody: None), or all. Returns them."""
    rows = models.Fault.objects.filter(playground=playground)
    if fault_id is not None:
        rows = rows.filter(id=fault_id)
    lifted = [_value(row) for row in rows]
    models.Fault.objects.filter(id__in=[fault.id for fault in lifted]).delete()
    return lifted


_FIELDS = [f.attname for f in models.Fault._meta.concrete_fields]
_ACTIVE = Select(
    models.Fault, *(f.name for f in models.Fault._meta.concrete_fields),
    where="(playground_id = %s OR playground_id IS NULL) AND starts_at <= %s AND ends_at > %s",
    rest="ORDER BY starts_at, id",
)  # fmt: skip


def active(playground: str, now: float) -> tuple[Fault, ...]:
    """What is on in this playground now: its own faults and those for everybody."""
    return tuple(
        _value(models.Fault.from_db(None, _FIELDS, row)) for row in _ACTIVE(playground, now, now)
    )


def active_in(playgrounds: Iterable[str], now: float) -> dict[str, tuple[Fault, ...]]:
    """The same for many playgrounds, in one query."""
    wanted = list(playgrounds)
    rows = list(
        models.Fault.objects.filter(
            Q(playground__in=wanted) | Q(playground=None), starts_at__lte=now, ends_at__gt=now
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


_ORDINAL = """
local known = redis.call('HGET', KEYS[1], ARGV[1])
if known then return tonumber(known) end
local n = redis.call('HLEN', KEYS[1]) + 1
redis.call('HSET', KEYS[1], ARGV[1], n)
redis.call('EXPIRE', KEYS[1], ARGV[2])
return n
"""


class HitCounter:
    """Who is a victim, and how often each fault has touched a message of a playground."""

    def __init__(self, redis: "Redis") -> None:
        self._redis = redis
        self._ordinal = redis.register_script(_ORDINAL)

    def meet(self, playground: str, fault: Fault, key: str) -> bool:
        """A message comes by: is it a victim? The same key is always answered the same."""
        if fault.picks:
            memory = f"inflight:{playground}:victims:{fault.id}"
            if not fault.hits_nth(int(self._ordinal(keys=[memory], args=[key, MEMORY_S]))):
                return False
        self.count(playground, fault)
        return True

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
        id=row.id,
        kind=FaultKind(row.kind),
        target=row.target,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        ms=row.ms,
        jitter_ms=row.jitter_ms,
        status=row.status,
        percentage=row.percentage,
        limit=row.limit,
        seed=row.seed,
        scope=Scope.CLASS if row.playground_id is None else Scope.PLAYGROUND,
    )
