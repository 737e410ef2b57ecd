"""The loop that takes a service's messages from the broker to its handler.

    take a message, work, commit effects and inbox together, publish what follows, ack

The ack comes last (late): whoever dies before it has the message delivered again, and the
inbox tells whether its work was done.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from django.db import IntegrityError

from ..company.envelope import UnknownMessage, message_name, span_of, unseal
from ..company.errors import CallFailed, CompanyError
from ..company.ports import Delivery
from ..company.trace import Span
from ..flow.recorder import Recorder
from ..flow.records import Kind
from .books import Committed, Finished, commit
from .calls import status_of
from .outbox import relay_all
from .perform import announce_by_call, finish, handle, record_effects
from .retry import MAX_ATTEMPTS, backoff_s
from .runtime import Context, Runtime
from .waiting import BeatingLease
from .world import load

logger = logging.getLogger(__name__)

# After so long a service makes room for others, and rings for itself again.
TIME_BUDGET_S = 5.0
# A shift that hurries from message to message looks so often for new faults and designs.
WORLD_KEPT_S = 0.1
# Messages taken at once where work takes no time; one by one where it does, so that
# what is waiting is seen to wait.
BATCH = 64


def serve(runtime: Runtime, playground: str, service: str) -> None:
    """Serve the service's queue until it is empty or the time budget is spent."""
    key = runtime.slots.take(playground, service)
    if key is None:
        return  # whoever is in the slot looks once more before leaving
    try:
        _Shift(runtime, playground, service, key).work()
    finally:
        runtime.slots.release(playground, service, key)
    if _has_more(runtime, playground, service):
        runtime.bell.clear(playground, service)
        runtime.bell.ring(playground, [service])


def _has_more(runtime: Runtime, playground: str, service: str) -> bool:
    if not runtime.broker.depths(playground, [service])[service].ready:
        return False
    world = load(playground, runtime.clock.now())
    return world is not None and not world.pause_of(service)


@dataclass(frozen=True, slots=True)
class _Shift:
    """One turn of one service at its queue."""

    runtime: Runtime
    playground: str
    service: str
    slot_key: str

    def work(self) -> None:
        now = self.runtime.clock.now()
        ends_at, outdated_at, world = now + TIME_BUDGET_S, now, None
        while now < ends_at:
            if now >= outdated_at:
                world, outdated_at = load(self.playground, now), now + WORLD_KEPT_S
            if world is None or world.pause_of(self.service):
                return
            deliveries = self._take(BATCH if world.never_waits else 1)
            if not deliveries:
                return
            recorder = Recorder(self.runtime.log, self.playground, self.runtime.clock)
            lease = BeatingLease(self.runtime.clock, partial(self._renew, deliveries))
            process(Context(self.runtime, world, recorder, lease), self.service, deliveries)
            now = self.runtime.clock.now()

    def _take(self, limit: int) -> list[Delivery]:
        """Messages, or none if there are none. The bell is cleared before the last look:
        whoever publishes after it rings anew."""
        receive = self.runtime.broker.receive
        deliveries = receive(self.playground, self.service, limit)
        if not deliveries:
            self.runtime.bell.clear(self.playground, self.service)
            deliveries = receive(self.playground, self.service, limit)
        return deliveries

    def _renew(self, held: Sequence[Delivery]) -> None:
        self.runtime.broker.extend(held)
        self.runtime.slots.keep(self.playground, self.service, self.slot_key)


@dataclass(frozen=True, slots=True)
class _Handled:
    """A delivery whose handler has worked, not yet committed."""

    delivery: Delivery
    span: Span
    finished: Finished
    work_ms: float


def process(context: Context, service: str, deliveries: Sequence[Delivery]) -> None:
    """Handle these messages; each ends acked, due for a retry, or a dead letter."""
    handled = [h for d in deliveries if (h := _handle(context, service, d)) is not None]
    try:
        _complete(context, handled)
    except IntegrityError:
        # Two met on one constraint. One by one, so that only the second has to try again.
        for one in handled:
            try:
                _complete(context, [one])
            except IntegrityError as clash:
                _try_again(context, one.delivery, one.span, str(clash), "error")
    context.recorder.flush()


def _handle(context: Context, service: str, delivery: Delivery) -> _Handled | None:
    """Let the handler work. None if that came to nothing; then the message is taken care of."""
    span = span_of(delivery.event).child(context.runtime.new_hex)
    latency = context.world.latency(service, delivery.event.get_id())
    _record_delivery(context, delivery, span, latency.mark() if latency else None)
    if latency:
        context.runtime.hits.count(context.playground, latency)
        context.wait(latency.ms / 1000)

    started = context.now()
    try:
        refusal = context.world.unreachable(service, delivery.event.get_id())
        if refusal:
            context.runtime.hits.count(context.playground, refusal)
            _try_again(context, delivery, span, refusal.says, "refused")
            return None
        message = unseal(delivery.event)
        context.wait(context.world.design.service_time_s(service))
        message_id = delivery.event.get_id()
        _, work = handle(context, service, message, span, message_id=message_id)
    except (UnknownMessage, KeyError) as stranger:
        _give_up(context, delivery, span, f"nobody here can read it: {stranger}")
        return None
    except CallFailed as failure:
        _try_again(context, delivery, span, str(failure), status_of(failure))
        return None
    except CompanyError as refusal:
        _reject(context, delivery, span, str(refusal))
        return None
    work_ms = (context.now() - started) * 1000
    return _Handled(delivery, span, finish(context, work, span), work_ms)


def _complete(context: Context, handled: Sequence[_Handled]) -> None:
    if not handled:
        return
    committed = commit(context.playground, [h.finished for h in handled])
    letters = []
    for h in handled:
        is_duplicate = h.finished.inbox_message in committed.duplicates
        _record_end(context, h, is_duplicate)
        if not is_duplicate:
            letters += [(h.span, publication) for publication in h.finished.publications]
    relay_all(context, committed.outbox, letters)
    _announce(context, handled, committed)
    for h in handled:
        _record_ack(context, h.delivery, h.span)
    # The record first: once it is acked nobody else could write it.
    context.recorder.flush()
    context.runtime.broker.ack([h.delivery for h in handled])


def _announce(context: Context, handled: Sequence[_Handled], committed: Committed) -> None:
    for h in handled:
        if h.finished.inbox_message not in committed.duplicates:
            announce_by_call(context, h.finished.work, h.span)


def _reject(context: Context, delivery: Delivery, span: Span, reason: str) -> None:
    """Understood and turned down: repeating it would change nothing."""
    _record_failure(context, delivery, span, reason, "rejected")
    _record_ack(context, delivery, span)
    context.recorder.flush()
    context.runtime.broker.ack([delivery])


def _try_again(context: Context, delivery: Delivery, span: Span, reason: str, status: str) -> None:
    if delivery.attempt >= MAX_ATTEMPTS:
        _give_up(context, delivery, span, f"{MAX_ATTEMPTS} attempts failed: {reason}")
        return
    delay_s = backoff_s(delivery.attempt)
    _record_failure(context, delivery, span, reason, status)
    context.recorder.add(
        span, Kind.RETRY, message_name(delivery.event), target=delivery.group,
        data={"delay_s": delay_s}, **_hop(delivery),
    )  # fmt: skip
    context.recorder.flush()
    context.runtime.broker.retry(delivery, delay_s)


def _give_up(context: Context, delivery: Delivery, span: Span, reason: str) -> None:
    context.recorder.add(
        span, Kind.DEAD_LETTER, message_name(delivery.event), target=delivery.group,
        status="error", data={"reason": reason}, **_hop(delivery),
    )  # fmt: skip
    context.recorder.flush()
    context.runtime.broker.dead_letter(delivery, reason)


def _hop(delivery: Delivery) -> dict[str, object]:
    return {"style": "text", "message": delivery.event.get_id(), "attempt": delivery.attempt}


def _record_delivery(
    context: Context, delivery: Delivery, span: Span, fault: dict[str, str] | None
) -> None:
    context.recorder.add(
        span,
        Kind.REDELIVER if delivery.redelivered else Kind.DELIVER,
        message_name(delivery.event),
        source="broker",
        target=delivery.group,
        wait_ms=max(0.0, context.now() - delivery.enqueued_at) * 1000,
        fault=fault,
        **_hop(delivery),
    )


def _record_end(context: Context, handled: _Handled, is_duplicate: bool) -> None:
    context.recorder.add(
        handled.span, Kind.PROCESS, message_name(handled.delivery.event),
        target=handled.delivery.group, status="duplicate" if is_duplicate else "ok",
        work_ms=handled.work_ms, **_hop(handled.delivery),
    )  # fmt: skip
    if not is_duplicate:
        record_effects(context, handled.finished.work, handled.span)


def _record_failure(
    context: Context, delivery: Delivery, span: Span, reason: str, status: str
) -> None:
    context.recorder.add(
        span, Kind.PROCESS, message_name(delivery.event), target=delivery.group,
        status=status, data={"reason": reason}, **_hop(delivery),
    )  # fmt: skip


def _record_ack(context: Context, delivery: Delivery, span: Span) -> None:
    name = message_name(delivery.event)
    context.recorder.add(span, Kind.ACK, name, target=delivery.group, **_hop(delivery))
