"""The relay of the transactional outbox: publishes what a step has just committed.

An event is stored in the transaction of its work, published after the commit, and deleted
once the broker has confirmed it. If the process dies in between, the row stays, and the
recovery sweep publishes it: at least once.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass

import orjson

from ..company.envelope import AddressedMessage, message_name, sender, to_json
from ..company.errors import PublishFailed
from ..company.trace import Span
from ..faults.catalogue import kinds_at
from ..faults.fault import Fault
from ..faults.spec import Outcome, Stage
from ..flow.promises import Promise
from ..flow.records import Kind, Record
from ..handling.runtime import Context
from ..models import OutboxMessage
from ..storage.write_lock import write_transaction
from .doorbell import Doorbell
from .outbox_cleaner import OutboxCleaner
from .port import BrokerUnavailable, Delivery, EventBroker, Publication
from .step_buffer import StepBuffer

logger = logging.getLogger(__name__)

Messages = Sequence[tuple[Span, AddressedMessage]]


class OutboxRelay:
    """The StepOutput port: sends one step's records, messages and acks."""

    def __init__(
        self, buffer: StepBuffer, broker: EventBroker, doorbell: Doorbell, cleaner: OutboxCleaner
    ) -> None:
        self._buffer, self._broker = buffer, broker
        self._doorbell, self._cleaner = doorbell, cleaner

    def append(
        self, playground: str, records: Sequence[Record], promises: Sequence[Promise] = ()
    ) -> None:
        self._buffer.append(playground, records, promises)

    def ack(self, deliveries: Sequence[Delivery]) -> None:
        """Ack together with the step's next records, after the messages that follow from these."""
        self._buffer.ack(deliveries)

    def publish(self, context: Context, rows: Sequence[int], messages: Messages) -> None:
        if context.conditions.broker_down:
            _refuse(context, messages, context.conditions.broker_down, is_kept=bool(rows))
            return
        routed = [_route(context, span, message) for span, message in messages]
        if rows and not context.conditions.faults:  # sent together with the next records
            self._buffer.publish(rows, [p for r in routed for p in r.publications])
            return
        context.recorder.flush()  # first, so that no delivery is recorded before its publication
        try:
            self._broker.publish(context.playground, [p for r in routed for p in r.publications])
        except BrokerUnavailable:
            if not rows:
                raise PublishFailed from None
            logger.warning(
                "the broker is unavailable: %d messages wait in the outbox", len(messages)
            )
            return
        self._clean(context, rows, routed)
        groups = {group for r in routed for p in r.publications for group in p.groups}
        self._doorbell.ring(context.playground, groups)

    def _clean(self, context: Context, rows: Sequence[int], routed: Sequence["_Routed"]) -> None:
        """Delete the outbox rows of confirmed messages.

        A row whose message lost copies stays for the subscribers of these copies.
        """
        if not rows:
            return
        pairs = list(zip(rows, routed, strict=True))
        self._cleaner.discard([row for row, r in pairs if not r.lost])
        unconfirmed = [(row, r.lost) for row, r in pairs if r.lost]
        if unconfirmed:
            with write_transaction():
                for row, groups in unconfirmed:
                    OutboxMessage.objects.filter(pk=row).update(
                        groups=list(groups), stored_at=context.now()
                    )


@dataclass(frozen=True, slots=True)
class _Routed:
    """One message's publications, and the subscribers whose copy a fault has lost."""

    publications: tuple[Publication, ...]
    lost: tuple[str, ...] = ()


def _route(context: Context, span: Span, message: AddressedMessage) -> _Routed:
    """Record the publish, and apply the faults in force to each subscriber's copy."""
    event = message.event
    hop = {"style": "text", "message": event.get_id()}
    name, source = message_name(event), sender(event)
    context.recorder.add(
        span, Kind.PUBLISH, name, source=source, target="broker",
        data={"event": orjson.loads(to_json(event))}, **hop,
    )  # fmt: skip
    if not context.conditions.faults:
        for group in message.subscribers:
            context.recorder.add(span, Kind.ENQUEUE, name, source="broker", target=group, **hop)
        return _Routed((Publication(event, message.subscribers),))

    publications, lost = [], []
    for group in message.subscribers:
        hits = _hits_on_copy(context, event.get_id(), source, group)
        pause = context.conditions.pause_of(group)
        if pause:
            context.runtime.hits.count(context.playground, pause)
        fault = next(iter((*hits.values(), *([pause] if pause else []))), None)
        context.recorder.add(
            span, Kind.ENQUEUE, name, source="broker", target=group,
            status="lost" if Outcome.LOST in hits else "ok",
            fault=fault.mark() if fault else None, **hop,
        )  # fmt: skip
        if Outcome.LOST in hits:
            lost.append(group)
            continue
        held_back = hits.get(Outcome.HELD_BACK)
        delay_s = held_back.ms / 1000 if held_back else 0.0
        copies = 2 if Outcome.COPIED in hits else 1
        publications += [Publication(event, (group,), delay_s)] * copies
    return _Routed(tuple(publications), tuple(lost))


def _hits_on_copy(context: Context, message: str, source: str, group: str) -> dict[Outcome, Fault]:
    """The publish faults that hit this copy, by their outcome."""
    key = f"{message}:{group}:{context.now()}"  # a copy that is published again may escape
    hits = {}
    for kind in kinds_at(Stage.PUBLISH, text=True):
        if fault := context.fault_hitting(kind, source, group, key):
            hits[fault.spec.outcome] = fault
    return hits


def _refuse(context: Context, messages: Messages, fault: Fault, *, is_kept: bool) -> None:
    """Record that the broker is down. Raises PublishFailed unless the outbox keeps the messages."""
    for span, message in messages:
        context.runtime.hits.count(context.playground, fault)
        context.recorder.add(
            span, Kind.PUBLISH, message_name(message.event), style="text",
            source=sender(message.event), target="broker",
            status="refused" if is_kept else "lost", message=message.event.get_id(),
            fault=fault.mark(),
            data={"reason": "it waits in the outbox" if is_kept else "there is no outbox to keep it"},
        )  # fmt: skip
    if not is_kept:
        raise PublishFailed
