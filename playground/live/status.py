"""What the pump reads beside the log, once a second: figures, queue depths, faults, design."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict

from channels.db import database_sync_to_async

from ..bootstrap import parts
from ..calls.bulkhead import request_slots
from ..control import presence, snapshot
from ..control.heartbeat import LATE_AFTER_S, worker_ages
from ..design.choices import Design
from ..flow.cursor import order
from ..flow.meter import WINDOW_S
from ..flow.records import Record
from ..flow.traces import records_of
from ..models import Playground
from ..storage.connections import database_time_limit
from . import frames
from .feed import KEPT_RECORDS_PER_TRACE, Feed

RECALLED_S = 2 * WINDOW_S
READ_COUNT = 1000


@database_sync_to_async
@database_time_limit()
def refresh(feeds: Sequence[Feed]) -> None:
    """Rebuild the state and stats frames of these feeds.

    Raises StoreUnavailable, BrokerUnavailable.
    """
    playgrounds = Playground.objects.in_bulk([feed.playground for feed in feeds])
    worker = _worker()
    for feed in feeds:
        playground = playgrounds.get(feed.playground)
        if playground is None:
            continue  # just deleted; its frames no longer change
        if playground.key != feed.key:
            feed.begin_anew(playground.key)
        if feed.is_outdated:
            design = Design.of(playground.design)
            feed.design_frame = frames.design(design)
            feed.topology_frame = frames.topology(design)
            feed.is_outdated = False
        feed.faults_frame = frames.faults(snapshot.active_faults(playground))
        feed.stats_frame = frames.stats(_stats(playground, feed, worker))


@database_sync_to_async
@database_time_limit()
def key_of(playground: str) -> str:
    """The present key of the playground with this id; the id itself if it was deleted."""
    keys = Playground.objects.filter(id=playground).values_list("key", flat=True)
    return keys.first() or playground


@database_sync_to_async
def read_trace(key: str, trace: str) -> list[Record]:
    """The trace's first records, oldest first."""
    # Cut here: to free the others, thousands perhaps, takes milliseconds as well.
    return records_of(parts().log, key, trace)[:KEPT_RECORDS_PER_TRACE]


@database_sync_to_async
def recall(feed: Feed) -> None:
    """Feed the records of the last minutes to a new feed's meter, so that its figures are complete."""
    log, end = parts().log, order(feed.position)
    cursor = f"{int((parts().clock.now() - RECALLED_S) * 1000)}-0"
    while page := log.read(feed.key, cursor, READ_COUNT):
        for record in page:
            if order(record.id) <= end:  # the pump will read later ones
                feed.meter.feed(record)
        if len(page) < READ_COUNT:
            break
        cursor = page[-1].id


def report_presence(sockets: Mapping[str, int]) -> None:
    presence.report(sockets, parts().clock.now())


def _stats(playground: Playground, feed: Feed, worker: dict[str, object]) -> dict[str, object]:
    # The cursor first, so that the depths may be newer than the cursor but never older.
    cursor = parts().log.last(playground.key)
    design = Design.of(playground.design)
    queues = snapshot.depths(playground, design)
    now = parts().clock.now()
    figures = feed.meter.figures(now)
    in_flight = sum(depth.on_the_way for depth in queues.values())
    return {
        "at": now,
        "cursor": cursor,
        "queues": {service: asdict(depth) for service, depth in queues.items()},
        "in_flight": in_flight,
        "worker": worker,
        "breakers": snapshot.breakers(playground, design),
        "slots": {
            "of": design.request_slots,
            "taken": request_slots.taken(playground.key),
            "waiting": request_slots.waiting(playground.key),
        },
        "replicas": {service: design.replicas_of(service) for service in queues},
        **figures,
    }


def _worker() -> dict[str, object]:
    age_s = min(worker_ages().values(), default=None)
    return {
        "alive": age_s is not None and age_s < LATE_AFTER_S,
        "heartbeat_age_s": None if age_s is None else round(age_s, 2),
    }
