"""The way of a text to the broker: the relay of the transactional outbox.

An event is stored in the transaction that makes it true, published after the commit, and
forgotten once the broker has it. Whoever dies in between leaves the row, and the sweep
publishes it: at least once, never not.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from threading import Condition, Thread

import orjson
from django.db import close_old_connections, connection
from redis.exceptions import RedisError

from ..company.envelope import message_name, sender, to_json
from ..company.errors import BrokerAway
from ..company.ports import Clock, Publication
from ..company.trace import Span
from ..faults.catalogue import FaultKind
from ..flow.records import Kind
from ..handling.runtime import Context
from ..models import OutboxMessage
from ..storage.write_lock import write_transaction

logger = logging.getLogger(__name__)

# What may happen between a publisher and a queue.
_ON_THE_WAY = (FaultKind.LOSS, FaultKind.DUPLICATE, FaultKind.REORDER)


def relay(
    context: Context,
    span: Span,
    rows: Sequence[int],
    publications: Sequence[Publication],
) -> None:
    """Publish what has just been committed, in the order of its rows.

    It goes with the step's next records. If the broker is away nothing is lost: the rows stay,
    and the sweep publishes them.  Without an outbox there are no rows, and nothing may be put
    off: then it is published at once.  Raises BrokerAway or RedisError.
    """
    relay_all(context, rows, [(span, publication) for publication in publications])


def relay_all(
    context: Context,
    rows: Sequence[int],
    letters: Sequence[tuple[Span, Publication]],
) -> None:
    """The same for many. `rows` are the letters', in their order, or none without an outbox."""
    if not letters:
        return
    if context.world.broker_down:
        _find_it_down(context, letters, is_kept=bool(rows))
        return
    postings = [_post(context, span, publication) for span, publication in letters]
    if rows and not context.world.faults:  # all of it goes, and soon is early enough
        context.step_buffer.publish(rows, [publication for _, publication in letters])
        return
    try:
        context.recorder.flush()  # first: the record of a delivery must not overtake this one
        context.runtime.broker.publish(
            context.playground, [sent for posting in postings for sent in posting.sent]
        )
    except RedisError:
        if not rows:
            raise
        logger.warning("the broker is away: %d messages wait in the outbox", len(letters))
        return
    _forget_published(context, rows, postings)
    groups = {group for posting in postings for sent in posting.sent for group in sent.groups}
    context.runtime.bell.ring(context.playground, groups)


@dataclass(frozen=True, slots=True)
class _Posting:
    """What goes to the broker for one letter, and for whom it got lost on the way."""

    sent: tuple[Publication, ...]
    lost: tuple[str, ...]


def _post(context: Context, span: Span, publication: Publication) -> _Posting:
    """Record the publishing, and let the world do to it what it does."""
    event = publication.event
    hop = {"style": "text", "message": event.get_id()}
    name, source = message_name(event), sender(event)
    context.recorder.add(
        span, Kind.PUBLISH, name, source=source, target="broker",
        data={"event": orjson.loads(to_json(event))}, **hop,
    )  # fmt: skip
    if not context.world.faults:
        for group in publication.groups:
            context.recorder.add(span, Kind.ENQUEUE, name, source="broker", target=group, **hop)
        return _Posting((publication,), ())

    sent, lost = [], []
    for group in publication.groups:
        # A repeated publish is another chance.
        key = f"{event.get_id()}:{group}:{context.now()}"
        met = {kind: context.meet(kind, source, group, key) for kind in _ON_THE_WAY}
        pause = context.world.pause_of(group)
        if pause:
            context.runtime.hits.count(context.playground, pause)
        fault = next((f for f in (*met.values(), pause) if f), None)
        loss, held_up = met[FaultKind.LOSS], met[FaultKind.REORDER]
        context.recorder.add(
            span, Kind.ENQUEUE, name, source="broker", target=group,
            status="lost" if loss else "ok", fault=fault.mark() if fault else None, **hop,
        )  # fmt: skip
        if loss:
            lost.append(group)
            continue
        delay_s = held_up.ms / 1000 if held_up else 0.0
        copies = 2 if met[FaultKind.DUPLICATE] else 1
        sent += [Publication(event, (group,), delay_s)] * copies
    return _Posting(tuple(sent), tuple(lost))


def _find_it_down(
    context: Context, letters: Sequence[tuple[Span, Publication]], *, is_kept: bool
) -> None:
    fault = context.world.broker_down
    assert fault
    for span, publication in letters:
        context.runtime.hits.count(context.playground, fault)
        context.recorder.add(
            span, Kind.PUBLISH, message_name(publication.event), style="text",
            source=sender(publication.event), target="broker",
            status="refused" if is_kept else "lost", message=publication.event.get_id(),
            fault=fault.mark(),
            data={"reason": "it waits in the outbox" if is_kept else "nothing keeps it"},
        )  # fmt: skip
    if not is_kept:
        raise BrokerAway


def _forget_published(context: Context, rows: Sequence[int], postings: Sequence[_Posting]) -> None:
    """What the broker has confirmed leaves the outbox; the rest is tried again later."""
    if not rows:
        return
    pairs = list(zip(rows, postings, strict=True))
    context.runtime.outbox.discard([row for row, posting in pairs if not posting.lost])
    unconfirmed = [(row, posting.lost) for row, posting in pairs if posting.lost]
    if unconfirmed:
        with write_transaction():
            for row, groups in unconfirmed:
                OutboxMessage.objects.filter(pk=row).update(
                    groups=list(groups), stored_at=context.now()
                )


class PromptOutbox:
    """Forgets published rows at once."""

    def discard(self, row_ids: list[int]) -> None:
        with write_transaction():
            OutboxMessage.objects.filter(id__in=row_ids).delete()


class BatchingOutbox:
    """Forgets published rows a little later, many with one statement, in its own thread.

    A process that dies before has them published again; subscribers know them by their id.
    """

    PAUSE_S = 0.2

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._published: list[int] = []
        self._has_work = Condition()
        self._thread: Thread | None = None

    def discard(self, row_ids: list[int]) -> None:
        with self._has_work:
            self._published += row_ids
            if self._thread is None or not self._thread.is_alive():  # a fork has none
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
            finally:
                close_old_connections()  # a pooled one is not this thread's to keep
            self._clock.sleep(self.PAUSE_S)
