"""Switch faults on and off, and list those that are on."""

import secrets
from collections.abc import Collection, Iterable

from django.db import IntegrityError
from django.db.models import Q, QuerySet

from .. import models
from ..storage.sql import Select
from ..storage.write_lock import write_transaction
from .catalogue import FaultKind
from .fault import Fault, FaultRequest, Scope
from .storm import Storm

# Of those who switch a fault on at the same place and moment, each may have to wait for all others.
_ATTEMPTS = 20
# Clocks of several hosts may differ by this much.
_CLOCKS_DIFFER_S = 3.0


def switch_on(
    playground: models.Playground | None, request: FaultRequest, now: float, actor: str = ""
) -> Fault:
    """Switch a fault on at `now` (unix seconds), in one playground or (None) in all.

    `actor`: the tab or the lesson's run that asked for it, if it has said so. It replaces an earlier fault of the same kind and target.  Raises InvalidFault.
    """
    row = _row(playground, request, now)
    row.actor = actor
    for attempts_left in reversed(range(_ATTEMPTS)):
        try:
            with write_transaction():
                _on_at(row).filter(Q(is_recorded=True) | Q(starts_at__lte=now)).delete()
                row.save(force_insert=True)
            break
        except IntegrityError:  # another one was switched on there at the same moment
            if not attempts_left:
                raise
    return _fault(row)


def _on_at(row: models.Fault) -> QuerySet[models.Fault]:
    """The faults of the same kind at the same target."""
    return models.Fault.objects.filter(
        playground=row.playground_id, kind=row.kind, target=row.target
    )


def schedule(playground: models.Playground, storm: Storm, now: float) -> int:
    """Schedule a storm's faults in place of an earlier storm's. Returns how many there are."""
    rows = [_row(playground, request, now + at) for at, request in storm.schedule()]
    for row in rows:
        row.is_recorded = False
    with write_transaction():
        # Of two storms at once, the second waits here, and then replaces the first.
        list(models.Playground.objects.select_for_update().filter(key=playground.key))
        models.Fault.objects.filter(playground=playground, starts_at__gt=now).delete()
        models.Fault.objects.bulk_create(rows)
    return len(rows)


def clear(
    playground: models.Playground | None,
    fault_id: str | None = None,
    of_actors: Collection[str] = (),
) -> list[Fault]:
    """Switch off one fault, or without `fault_id` every fault, and return what this call switched off.

    `playground` None means the faults that were switched on for all playgrounds; `of_actors`
    leaves out what others have switched on.
    """
    rows = models.Fault.objects.filter(playground=playground)
    if fault_id is not None:
        rows = rows.filter(id=fault_id)
    if of_actors:
        rows = rows.filter(actor__in=of_actors)
    return [_fault(row) for row in _deleted_by_us(rows)]


def _deleted_by_us(rows: Iterable[models.Fault]) -> list[models.Fault]:
    """Delete these rows. Returns those that nobody else has deleted meanwhile."""
    return [row for row in rows if models.Fault.objects.filter(id=row.id).delete()[0]]


_FIELDS = [f.attname for f in models.Fault._meta.concrete_fields]
_ACTIVE = Select(
    models.Fault, *(f.name for f in models.Fault._meta.concrete_fields),
    where="(playground_id = %s OR playground_id IS NULL) AND starts_at <= %s AND ends_at > %s",
    order="ORDER BY starts_at, id",
)  # fmt: skip


def active(playground: str, now: float) -> tuple[Fault, ...]:
    """The faults that are on in this playground: its own, and those for all playgrounds."""
    rows = _ACTIVE(playground, now, now)
    return tuple(_fault(models.Fault.from_db(None, _FIELDS, row)) for row in rows)


def active_with_actors(playground: str, now: float) -> list[tuple[Fault, str]]:
    """The same, each with the tab or the lesson's run that switched it on, or ""."""
    rows = models.Fault.objects.filter(
        Q(playground=playground) | Q(playground=None), starts_at__lte=now, ends_at__gt=now
    )
    return [(_fault(row), row.actor) for row in rows.order_by("starts_at", "id")]


def active_in(playgrounds: Iterable[str], now: float) -> dict[str, tuple[Fault, ...]]:
    """The faults that are on, by playground, in one query."""
    ids = list(playgrounds)
    rows = list(
        models.Fault.objects.filter(
            Q(playground__in=ids) | Q(playground=None), starts_at__lte=now, ends_at__gt=now
        ).order_by("starts_at", "id")
    )
    return {
        playground: tuple(_fault(r) for r in rows if r.playground_id in (None, playground))
        for playground in ids
    }


def at(target: str, now: float) -> list[tuple[str | None, Fault]]:
    """The faults with this target that are on: (playground, or None for all, fault)."""
    rows = models.Fault.objects.filter(target=target, starts_at__lte=now, ends_at__gt=now)
    return [(row.playground_id, _fault(row)) for row in rows]


def for_all_playgrounds(now: float) -> tuple[Fault, ...]:
    """The faults that an instructor switched on for every playground, and that have not ended."""
    rows = models.Fault.objects.filter(playground=None, ends_at__gt=now)
    return tuple(_fault(row) for row in rows.order_by("starts_at", "id"))


def take_begun(now: float) -> list[tuple[str | None, Fault]]:
    """The scheduled faults that have begun since the last call: (playground, fault)."""
    begun = models.Fault.objects.filter(is_recorded=False, starts_at__lte=now, ends_at__gt=now)
    return [(row.playground_id, _fault(row)) for row in begun if _take_begun(row)]


def _take_begun(row: models.Fault) -> bool:
    """Put it in the place of one that is on. False if another call has done so, or it is gone."""
    scheduled = models.Fault.objects.filter(id=row.id, is_recorded=False)
    try:
        with write_transaction():
            if not scheduled.select_for_update():
                return False
            _on_at(row).filter(is_recorded=True).delete()
            return bool(scheduled.update(is_recorded=True))
    except IntegrityError:
        return (
            False  # another one was switched on there at the same moment; the next call replaces it
        )


def take_expired(now: float) -> list[tuple[str | None, Fault]]:
    """Delete the faults that have ended. Returns (playground, fault) of each.

    One that has begun, but in the future, has ended: the clock has been set back since.
    """
    has_begun_later = Q(is_recorded=True, starts_at__gt=now + _CLOCKS_DIFFER_S)
    rows = _deleted_by_us(models.Fault.objects.filter(Q(ends_at__lte=now) | has_begun_later))
    return [(row.playground_id, _fault(row)) for row in rows]


def _row(playground: models.Playground | None, request: FaultRequest, now: float) -> models.Fault:
    spec = request.checked()
    return models.Fault(
        id=secrets.token_hex(4),
        playground=playground,
        kind=request.kind,
        target=request.target,
        ms=(request.ms or spec.default_ms) if spec.default_ms else 0,
        jitter_ms=request.jitter_ms if request.kind == FaultKind.LATENCY else 0,
        status=(request.status or spec.default_status) if spec.default_status else 0,
        percentage=request.percentage,
        limit=request.limit,
        seed=request.seed,
        starts_at=now,
        ends_at=now + request.duration_s,
    )


def _fault(row: models.Fault) -> Fault:
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
