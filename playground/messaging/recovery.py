"""The recovery sweep: twice a second, finish what a dead process or a lost bell has left behind.

It relies only on the database and the broker, never on a task in Celery's queue or a worker's
memory.
"""

import logging
from collections import defaultdict
from collections.abc import Sequence

from django.db import DatabaseError
from django.db.models import F, Q, Window
from django.db.models.functions import RowNumber

from ..company.envelope import AddressedMessage, from_json, span_of
from ..company.trace import Span
from ..fairness.shares import OUTBOX_BATCH
from ..faults import switching
from ..flow.fault_records import switched_off, switched_on
from ..handling import conditions
from ..handling.conditions import Conditions
from ..handling.lease import NoLease
from ..handling.runtime import Context
from ..models import OutboxMessage, Playground
from .parts import UNAVAILABLE, Parts

logger = logging.getLogger(__name__)

INTERVAL_S = 0.5
# The process that stored a row publishes it long before this age, unless it died or the broker
# was unavailable.
OUTBOX_STALE_S = 3.0


def sweep(parts: Parts) -> None:
    """Run one sweep.  Raises StoreUnavailable, BrokerUnavailable or DatabaseError; the next sweep
    then does the rest."""
    record_begun_faults(parts)
    end_expired_faults(parts)
    publish_stale_outbox(parts)
    ring_for_unfinished(parts)


def ring_for_unfinished(parts: Parts) -> None:
    """Ring for every queue that has messages, unless a fault pauses its service.

    Messages of a playground that has been reset or deleted are deleted.
    """
    waiting: dict[str, list[str]] = defaultdict(list)
    for playground, service in parts.broker.unfinished():
        waiting[playground].append(service)
    faults = switching.active_in(waiting, parts.clock.now())
    present = set(Playground.objects.filter(key__in=waiting).values_list("key", flat=True))
    for playground, services in waiting.items():
        if playground not in present:
            parts.broker.delete(playground, services)
            continue
        in_force = Conditions(playground, faults=faults[playground])
        parts.doorbell.ring(playground, [s for s in services if not in_force.pause_of(s)])


def publish_stale_outbox(parts: Parts) -> None:
    """Publish outbox rows that are older than OUTBOX_STALE_S, at most OUTBOX_BATCH of them.

    The playgrounds share the batch: each has its oldest row in it before any has its second.
    Those whose broker a fault has stopped keep their rows. A row from the future is old: the
    clock has been set back since.
    """
    now = parts.clock.now()
    without_broker = conditions.playgrounds_without_broker(now)
    if None in without_broker:
        return  # it is down for all
    is_old = Q(stored_at__lt=now - OUTBOX_STALE_S) | Q(stored_at__gt=now + OUTBOX_STALE_S)
    turn = Window(RowNumber(), partition_by=F("playground"), order_by=F("id").asc())
    batch = list(
        OutboxMessage.objects.filter(is_old)
        .exclude(playground__in=without_broker)
        .annotate(turn=turn)
        .order_by("turn", "id")
        .values_list("id", flat=True)[:OUTBOX_BATCH]
    )
    rows_of: dict[str, list[OutboxMessage]] = defaultdict(list)
    for row in OutboxMessage.objects.filter(id__in=batch).order_by("id"):
        rows_of[row.playground_id].append(row)
    # The shortest first: what is one message's work does not wait for hundreds.
    for playground, rows in sorted(rows_of.items(), key=lambda item: len(item[1])):
        try:
            _publish(parts, playground, rows)
        except (*UNAVAILABLE, DatabaseError):
            raise
        except Exception:
            logger.exception("a bug in the outbox of %s; the others go on", playground)


def _publish(parts: Parts, playground: str, rows: Sequence[OutboxMessage]) -> None:
    in_force = conditions.load(playground, parts.clock.now())
    if in_force is None:
        return  # the playground and its rows have just been deleted
    context = Context.begin(parts.runtime, in_force, NoLease())
    messages = [_message(row) for row in rows]
    context.output.publish(context, [row.pk for row in rows], messages)
    context.recorder.try_flush()


def record_begun_faults(parts: Parts) -> None:
    """Record the scheduled faults (of storms) that have begun."""
    now = parts.clock.now()
    for playground, fault in switching.take_begun(now):
        if playground is not None:
            parts.log.append(playground, [switched_on(fault, now)])


def end_expired_faults(parts: Parts) -> None:
    """Delete faults that have expired, and record that they ended."""
    now = parts.clock.now()
    for playground, fault in switching.take_expired(now):
        if playground is not None:
            parts.log.append(playground, [switched_off(fault, now, "it expired")])


def _message(row: OutboxMessage) -> tuple[Span, AddressedMessage]:
    event = from_json(row.event.encode())
    return span_of(event), AddressedMessage(event, tuple(row.groups))
