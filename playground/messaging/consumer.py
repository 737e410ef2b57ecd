"""The loop that takes a service's messages from the broker to its handler.

    take a message, work, commit effects and inbox together, publish what follows, ack

The ack comes last (late), unless the design says early: whoever dies before it has the
message delivered again, and the inbox tells whether its work was done.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from django.db import IntegrityError

from ..calls.in_process import status_of
from ..company.envelope import UnknownMessage, message_name, sender, span_of, unwrap
from ..company.errors import BrokerAway, CallFailed, CompanyError
from ..company.ports import Delivery
from ..company.trace import Span
from ..faults import injection as trouble
from ..faults.catalogue import FaultKind
from ..faults.fault import Fault
from ..flow.records import Kind
from ..handling.conditions import Conditions, load
from ..handling.handle import (
    Crashed,
    announce_by_call,
    crash_before_publish,
    finish,
    handle,
    record_effects,
)
from ..handling.lease import BeatingLease
from ..handling.line_trace import watched
from ..handling.runtime import Context, Runtime, replica_of
from ..storage.repository import Committed, Finished, commit
from .outbox import relay_all

logger = logging.getLogger(__name__)

# After so long a service makes room for others, and rings for itself again.
TIME_BUDGET_S = 5.0
# A shift that hurries from message to message looks so often for new faults and designs.
WORLD_KEPT_S = 0.1
# Where work takes no time a shift looks at its queue so often while messages keep coming:
# what arrives in between shares a transaction, a few round trips and the doorbell.
PACE_S = 0.1
# Messages taken at once where work takes no time; one by one where it does, so that
# what is waiting is seen to wait.
BATCH = 64
# What may keep the broker from hearing that the work is done.
_SILENT = (FaultKind.ACK_LOST, FaultKind.RESET)


def serve(runtime: Runtime, playground: str, service: str, *, killable: bool = False) -> None:
    """Serve the service's queue until it is empty or the time budget is spent.

    `killable`: this process may be killed for it (the kill fault); nobody else's work is in it.
    """
    world = load(playground, runtime.clock.now())
    # Whoever rang again for what waits meanwhile would keep the workers spinning.
    if world is None or world.pause_of(service):
        return  # once it is over, the sweep rings
    if not killable and _may_be_killed(world, service):
        runtime.killable_workers.serve(playground, service)
        return
    key = runtime.slots.take(playground, service, world.design.replicas_of(service))
    if key is None:
        return  # whoever is in the slots looks once more before leaving
    if world.design.replicas_of(service) > 1:
        _wake_next_replica(runtime, playground, service)
    shift = ConsumerSession(runtime, playground, service, key, killable)
    try:
        shift.work(world)
    finally:
        runtime.slots.release(playground, service, key)
    if _has_more(runtime, playground, service):
        runtime.bell.clear(playground, service)
        runtime.bell.ring(playground, [service])


def _wake_next_replica(runtime: Runtime, playground: str, service: str) -> None:
    """Let whoever publishes ring again; and if more than one waits already, ring ourselves."""
    runtime.bell.clear(playground, service)
    if runtime.broker.depths(playground, [service])[service].ready > 1:
        runtime.bell.ring(playground, [service])


def _has_more(runtime: Runtime, playground: str, service: str) -> bool:
    if not runtime.broker.depths(playground, [service])[service].ready:
        return False
    world = load(playground, runtime.clock.now())
    return world is not None and not world.pause_of(service)


def _may_be_killed(world: Conditions, service: str) -> bool:
    return bool(world.faults_at(FaultKind.KILL, "", service))


@dataclass(frozen=True, slots=True)
class ConsumerSession:
    """One turn of one replica at its service's queue."""

    runtime: Runtime
    playground: str
    service: str
    slot_key: str
    killable: bool

    def work(self, world: Conditions | None) -> None:
        now = self.runtime.clock.now()
        ends_at, outdated_at = now + TIME_BUDGET_S, now + WORLD_KEPT_S
        # Pieces of work that are shorter than a beat would never renew it themselves.
        presence = BeatingLease(self.runtime.clock, self._stay)
        while now < ends_at:
            presence.keep()
            if now >= outdated_at:
                world, outdated_at = load(self.playground, now), now + WORLD_KEPT_S
            if world is None or world.pause_of(self.service):
                return
            if not self.killable and _may_be_killed(world, self.service):
                return  # it was switched on meanwhile: what waits is rung for anew
            deliveries = self._take(BATCH if world.never_waits else 1)
            if not deliveries:
                return
            lease = BeatingLease(self.runtime.clock, partial(self._renew, deliveries))
            context = Context.begin(self.runtime, world, lease)
            process(context, self.service, deliveries, replica=replica_of(self.slot_key))
            started, now = now, self.runtime.clock.now()
            if world.never_waits and now < started + PACE_S:
                self.runtime.clock.sleep(started + PACE_S - now)
                # What was switched on meanwhile holds for whatever was sent meanwhile.
                now = outdated_at = self.runtime.clock.now()

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
        self._stay()

    def _stay(self) -> None:
        self.runtime.slots.keep(self.playground, self.service, self.slot_key)


@dataclass(frozen=True, slots=True)
class _Handled:
    """A delivery whose handler has worked, not yet committed."""

    delivery: Delivery
    span: Span
    finished: Finished
    work_ms: float
    is_silent: bool = False  # the broker will not hear that it is done


def process(
    context: Context, service: str, deliveries: Sequence[Delivery], *, replica: int = 1
) -> None:
    """Handle these messages; each ends acked, due for a retry, or a dead letter."""
    handled = [h for d in deliveries if (h := _take_up(context, service, d, replica)) is not None]
    try:
        with watched(context, [h.span for h in handled], service):
            _complete(context, handled)
    except IntegrityError:
        # Two met on one constraint. One by one, so that only the second has to try again.
        for one in handled:
            try:
                _complete(context, [one])
            except IntegrityError as clash:
                _try_again(context, one.delivery, one.span, str(clash), "error")
    except (Crashed, BrokerAway) as end:
        # Nothing after this runs, and nothing is acked: the broker still has the messages.
        logger.info("%s of %s stopped at work: %s", service, context.playground, end)
    finally:
        context.recorder.flush()


def _ack_early(context: Context, delivery: Delivery, span: Span) -> None:
    """Cross it off before the work: from now on nobody but us has it."""
    _record_ack(context, delivery, span)
    context.recorder.flush()
    context.runtime.broker.ack([delivery])


def _take_up(context: Context, service: str, delivery: Delivery, replica: int) -> _Handled | None:
    span = span_of(delivery.event).child(context.runtime.new_hex)
    with watched(context, [span], service):
        return _handle(context, service, delivery, span, replica)


def _handle(
    context: Context, service: str, delivery: Delivery, span: Span, replica: int
) -> _Handled | None:
    """Let the handler work. None if that came to nothing; then the message is taken care of."""
    message_id, source = delivery.event.get_id(), sender(delivery.event)
    met = trouble.meet(context, source, service, message_id, delivery.attempt, silent=_SILENT)
    _record_delivery(context, delivery, span, met.mark, replica)
    if context.world.design.ack == "early":
        _ack_early(context, delivery, span)
    context.wait(met.latency_s)
    if met.blocker:
        _be_blocked(context, delivery, span, met.blocker)
        return None

    started = context.now()
    try:
        message = unwrap(delivery.event, met.needs)
        work_s = context.world.design.service_time_s(service, message_id)
        context.wait(work_s + met.slow_s)
        _, work = handle(
            context, service, message, span, message_id=message_id,
            must_reject=met.rejection is not None,
        )  # fmt: skip
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
    finished = finish(context, work, span)
    return _Handled(delivery, span, finished, work_ms, is_silent=met.silent is not None)


def _be_blocked(context: Context, delivery: Delivery, span: Span, fault: Fault) -> None:
    """The work is not done, and the message goes where such messages go."""
    design, service = context.world.design, delivery.group
    match fault.kind:
        case FaultKind.KILL:
            context.wait(design.service_time_s(service, delivery.event.get_id()) / 2)
            context.recorder.add(
                span, Kind.NOTE, "Killed", target=service, status="error", fault=fault.mark(),
                data={"reason": "SIGKILL in mid-task"}, **_hop(delivery),
            )  # fmt: skip
            context.recorder.flush()
            context.runtime.killable_workers.die()
        case FaultKind.HANG:
            context.wait(design.timeout_s)
            _try_again(context, delivery, span, f"no end after {design.timeout_s:g} s", "timeout")
        case FaultKind.UNREACHABLE | FaultKind.THROTTLED:
            _try_again(context, delivery, span, fault.says, "refused")
        case _:
            _try_again(context, delivery, span, fault.says, "error")


def _complete(context: Context, handled: Sequence[_Handled]) -> None:
    if not handled:
        return
    committed = commit(context.playground, [h.finished for h in handled], context.world.design)
    letters = []
    for h in handled:
        is_duplicate = h.finished.inbox_message in committed.duplicates
        _record_end(context, h, is_duplicate)
        if not is_duplicate:
            letters += [(h.span, publication) for publication in h.finished.publications]
    for h in handled:
        if h.finished.inbox_message not in committed.duplicates:
            crash_before_publish(context, h.finished, h.span)
    relay_all(context, committed.outbox, letters)
    _announce(context, handled, committed)
    confirmed = [h for h in handled if not h.is_silent]
    if context.world.design.ack == "early" or not confirmed:
        return
    for h in confirmed:
        _record_ack(context, h.delivery, h.span)
    # With what follows from them, and after it: once they are acked nobody else could send it.
    context.step_buffer.ack([h.delivery for h in confirmed])
    context.recorder.try_flush()  # what does not go now is tried once more, at the step's end


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
    rules = context.world.design.delivery_retry
    delay_s = rules.delay_s(delivery.attempt, context.runtime.chance)
    if delay_s is None:
        _give_up(context, delivery, span, f"attempt {delivery.attempt} was the last: {reason}")
        return
    _record_failure(context, delivery, span, reason, status)
    context.recorder.add(
        span, Kind.RETRY, message_name(delivery.event), target=delivery.group,
        data={"delay_s": delay_s}, **_hop(delivery),
    )  # fmt: skip
    context.recorder.flush()
    context.runtime.broker.retry(delivery, delay_s)


def _give_up(context: Context, delivery: Delivery, span: Span, reason: str) -> None:
    is_kept = context.world.design.dead_letters
    context.recorder.add(
        span, Kind.DEAD_LETTER, message_name(delivery.event), target=delivery.group,
        status="error" if is_kept else "lost", data={"reason": reason}, **_hop(delivery),
    )  # fmt: skip
    context.recorder.flush()
    if is_kept:
        context.runtime.broker.dead_letter(delivery, reason)
    else:
        context.runtime.broker.ack([delivery])


def _hop(delivery: Delivery) -> dict[str, object]:
    return {"style": "text", "message": delivery.event.get_id(), "attempt": delivery.attempt}


def _record_delivery(
    context: Context, delivery: Delivery, span: Span, fault: dict[str, str] | None, replica: int
) -> None:
    context.recorder.add(
        span,
        Kind.REDELIVER if delivery.redelivered else Kind.DELIVER,
        message_name(delivery.event),
        source="broker",
        target=delivery.group,
        wait_ms=max(0.0, context.now() - delivery.enqueued_at) * 1000,
        fault=fault,
        data={"replica": replica},
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
