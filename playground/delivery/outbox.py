"""The way of a text to the broker: the relay of the transactional outbox.

An event is stored in the transaction that makes it true, published after the commit, and
forgotten once the broker has it. Whoever dies in between leaves the row, and the sweep
publishes it: at least once, never not.
"""

import json
import logging
from collections.abc import Sequence
from threading import Condition, Thread

from django.db import connection
from redis.exceptions import RedisError

from ..company.envelope import message_name, sender, to_json
from ..company.ports import Clock, Publication
from ..company.trace import Span
from ..flow.records import Kind
from ..models import OutboxMessage
from .runtime import Context
from .writing import write_transaction

logger = logging.getLogger(__name__)


def relay(
    context: Context,
    span: Span,
    rows: Sequence[OutboxMessage],
    publications: Sequence[Publication],
) -> None:
    """Publish what has just been committed, in the order of its rows.

    If Redis is away nothing is lost: the rows stay, and the sweep publishes them.
    """
    relay_all(context, rows, [(span, publication) for publication in publications])


def relay_all(
    context: Context,
    rows: Sequence[OutboxMessage],
    letters: Sequence[tuple[Span, Publication]],
) -> None:
    if not letters:
        return
    runtime = context.runtime
    for span, publication in letters:
        _record(context, span, publication)
    try:
        context.recorder.flush()  # first: the record of a delivery must not overtake this one
        runtime.broker.publish(context.playground, [publication for _, publication in letters])
    except RedisError:
        logger.warning("the broker is away: %d messages wait in the outbox", len(letters))
        return
    runtime.outbox.discard([row.pk for row in rows])
    runtime.bell.ring(
        context.playground, {group for _, publication in letters for group in publication.groups}
    )


def _record(context: Context, span: Span, publication: Publication) -> None:
    event = publication.event
    hop = {"style": "text", "message": event.get_id()}
    name = message_name(event)
    context.recorder.add(
        span, Kind.PUBLISH, name, source=sender(event), target="broker",
        data={"event": json.loads(to_json(event))}, **hop,
    )  # fmt: skip
    for group in publication.groups:
        pause = context.world.pause_of(group)
        if pause:
            context.runtime.hits.count(context.playground, pause)
        context.recorder.add(
            span, Kind.ENQUEUE, name, source="broker", target=group,
            fault=pause.mark() if pause else None, **hop,
        )  # fmt: skip


class PromptOutbox:
    """Forgets published rows at once."""

    def discard(self, row_ids: list[int]) -> None:
        with write_transaction():
            OutboxMessage.objects.filter(id__in=row_ids).delete()


class BatchingOutbox:
    """Forgets published rows a little later, many with one statement, in its own thread.

    A process that dies before has them published again; subscribers know them by their id.
    """

    PAUSE_S = 0.05

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._published: list[int] = []
        self._has_work = Condition()
        self._thread: Thread | None = None

    def discard(self, row_ids: list[int]) -> None:
        with self._has_work:
            self._published += row_ids
            if self._thread is None:
                self._thread = Thread(target=self._run, name="outbox", daemon=True)
                self._thread.start()
            self._has_work.notify()

    def _run(self) -> None:
        while True:
            with self._has_work:
                self._has_work.wait_for(lambda: self._published)
                row_ids, self._published = self._published, []
            try:
                with write_transaction():
                    OutboxMessage.objects.filter(id__in=row_ids).delete()
            except Exception:
                logger.exception("published rows stay in the outbox; the sweep will repeat them")
                connection.close()
            self._clock.sleep(self.PAUSE_S)
