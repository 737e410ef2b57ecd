"""The sweep: whatever is due, stale or forgotten is taken up again, twice a second.

Nothing depends on a task in a worker's memory or in Celery's queue: what the database and
the broker hold is enough to go on.
"""

from collections import defaultdict

from redis import Redis

from ..company.envelope import from_json, span_of
from ..company.ports import Publication
from ..company.trace import Span
from ..faults import switching as faults
from ..faults.fault import Fault
from ..flow.records import Kind, Record
from ..handling.conditions import Conditions, load
from ..handling.lease import NoLease
from ..handling.runtime import Context, Runtime
from ..models import OutboxMessage
from .outbox import relay_all

INTERVAL_S = 0.5
# A row this old was not published by the process that stored it: that one is dead or cut off.
OUTBOX_STALE_S = 3.0
OUTBOX_BATCH = 500
_TURN_KEY = "inflight:sweep"


def may_sweep(redis: Redis) -> bool:
    """One sweep per interval is enough, however many workers there are."""
    return bool(redis.set(_TURN_KEY, 1, nx=True, px=int(INTERVAL_S * 900)))


def sweep(runtime: Runtime) -> None:
    tell_begun_faults(runtime)
    end_expired_faults(runtime)
    publish_stale_outbox(runtime)
    ring_for_unfinished(runtime)


def ring_for_unfinished(runtime: Runtime) -> None:
    """Ring wherever messages wait and nobody has been kept from taking them."""
    waiting: dict[str, list[str]] = defaultdict(list)
    for playground, service in runtime.broker.unfinished():
        waiting[playground].append(service)
    worlds = faults.active_in(waiting, runtime.clock.now())
    for playground, services in waiting.items():
        world = Conditions(playground, faults=worlds[playground])
        runtime.bell.ring(playground, [s for s in services if not world.pause_of(s)])


def publish_stale_outbox(runtime: Runtime) -> None:
    """Publish what was stored and never reached the broker."""
    stored_before = runtime.clock.now() - OUTBOX_STALE_S
    rows_of: dict[str, list[OutboxMessage]] = defaultdict(list)
    stale = OutboxMessage.objects.filter(stored_at__lt=stored_before).order_by("id")
    for row in stale[:OUTBOX_BATCH]:
        rows_of[row.playground_id].append(row)
    for playground, rows in rows_of.items():
        world = load(playground, runtime.clock.now())
        if world is None:
            continue  # the playground was deleted a moment ago, and its rows with it
        context = Context.begin(runtime, world, NoLease())
        letters = [_letter(row) for row in rows]
        ids = [row.pk for row in rows]
        relay_all(context, ids, letters)
        context.recorder.try_flush()


def tell_begun_faults(runtime: Runtime) -> None:
    now = runtime.clock.now()
    for playground, fault in faults.take_begun(now):
        if playground is not None:
            runtime.log.append(playground, [beginning(fault, now)])


def beginning(fault: Fault, now: float) -> Record:
    """The record of a fault that has been switched on."""
    return Record(
        Kind.FAULT,
        f"{fault.kind.value} on",
        now,
        target=fault.target,
        fault=fault.mark(),
        data={
            "on": True,
            "says": fault.says,
            "scope": fault.scope.value,
            "limit": fault.limit,
        },
    )


def end_expired_faults(runtime: Runtime) -> None:
    now = runtime.clock.now()
    for playground, fault in faults.take_expired(now):
        if playground is not None:
            runtime.log.append(playground, [ending(fault, now, "its time is over")])


def ending(fault: Fault, now: float, why: str) -> Record:
    """The record of a fault that has been switched off."""
    return Record(
        Kind.FAULT,
        f"{fault.kind.value} off",
        now,
        target=fault.target,
        fault=fault.mark(),
        data={"on": False, "why": why, "scope": fault.scope.value},
    )


def _letter(row: OutboxMessage) -> tuple[Span, Publication]:
    event = from_json(row.event.encode())
    return span_of(event), Publication(event, tuple(row.groups))
