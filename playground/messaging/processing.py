"""Process one batch of messages that a consumer session has received.

Each message is acked, scheduled for a retry, or dead-lettered. If the process stops before
that, the broker still has the message and delivers it again.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import IntegrityError

from ..calls.in_process import status_of
from ..company.envelope import UnknownMessage, message_name, sender, span_of, unwrap
from ..company.errors import CallFailed, CompanyError, PublishFailed
from ..flow.records import Kind
from ..handling.handle import Crashed, announce, finish, record_effects
from ..handling.handle import handle as run_handler
from ..handling.hop import Hop, HopEnded
from ..handling.line_trace import watched
from ..handling.runtime import Context
from ..storage.repository import Finished, commit
from .port import Delivery, EventBroker
from .relay import OutboxRelay

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Handled:
    """A delivery whose handler has run; its work is not committed yet."""

    delivery: Delivery
    hop: Hop
    finished: Finished
    work_ms: float


@dataclass(frozen=True, slots=True)
class Processing:
    """One batch of deliveries of one service, under one set of conditions."""

    context: Context
    broker: EventBroker
    relay: OutboxRelay  # the context's output
    service: str
    replica: int  # 1 is the first

    def run(self, deliveries: Sequence[Delivery]) -> None:
        """Process these.  Raises BrokerUnavailable or StoreUnavailable; then the broker still has
        the messages that were not acked."""
        handled = [h for delivery in deliveries if (h := self._begin(delivery)) is not None]
        try:
            with watched(self.context, [h.hop.span for h in handled], self.service):
                self._complete(handled)
        except IntegrityError:
            # Two units violate a constraint together. Commit one by one, and retry the second.
            for h in handled:
                try:
                    self._complete([h])
                except IntegrityError as violation:
                    self._try_again(h.delivery, h.hop, str(violation), "error")
        except (Crashed, PublishFailed) as end:
            # The step ends without an ack, so the broker still has the messages.
            logger.info("%s of %s stopped: %s", self.service, self.context.playground, end)
        finally:
            self.context.recorder.flush()

    def _begin(self, delivery: Delivery) -> _Handled | None:
        span = span_of(delivery.event).child(self.context.runtime.new_hex)
        hop = Hop(
            self.context, span, sender(delivery.event), self.service,
            message_name(delivery.event), "text", message=delivery.event.get_id(),
            attempt=delivery.attempt,
        )  # fmt: skip
        with watched(self.context, [span], self.service):
            return self.handle(delivery, hop)

    def handle(self, delivery: Delivery, hop: Hop) -> _Handled | None:
        """Run the handler. None if it failed; then the message is retried or dead-lettered."""
        hop.inject(attempt=delivery.attempt)
        self._record_delivery(delivery, hop)
        if self.context.conditions.design.ack == "early":
            self._ack_early(delivery, hop)
        try:
            hop.stop_if_blocked(kill=lambda: self._die_mid_task(hop))
        except HopEnded as end:
            self._try_again(delivery, hop, _reason(end, self.context), end.status)
            return None
        hop.wait_for_latency()
        started = self.context.now()
        try:
            message = unwrap(delivery.event, hop.faults.needs)
            hop.work()
            _, work = run_handler(
                self.context, self.service, message, hop.span,
                message_id=hop.message, settings=hop.faults.settings,
            )  # fmt: skip
        except (UnknownMessage, KeyError) as unknown:
            self._give_up(delivery, hop, f"the consumer cannot read it: {unknown}")
            return None
        except CallFailed as failure:
            self._try_again(delivery, hop, str(failure), status_of(failure))
            return None
        except CompanyError as refusal:
            self._reject(delivery, hop, str(refusal))
            return None
        work_ms = (self.context.now() - started) * 1000
        return _Handled(delivery, hop, finish(self.context, work, hop.span), work_ms)

    def _complete(self, handled: Sequence[_Handled]) -> None:
        """Commit, announce what follows, and ack.  Raises IntegrityError; then nothing has changed."""
        if not handled:
            return
        context, design = self.context, self.context.conditions.design
        committed = commit(context.playground, [h.finished for h in handled], design)
        new = [h for h in handled if h.finished.inbox_message not in committed.duplicates]
        for h in handled:
            self._record_end(h, h.finished.inbox_message in committed.duplicates)
        announce(context, [(h.hop.span, h.finished) for h in new], committed)
        confirmed = [h for h in handled if not h.hop.is_unconfirmed]
        if design.ack == "early" or not confirmed:
            return
        for h in confirmed:
            self._record_ack(h.hop)
        # Acked together with the messages that follow from them, or not at all.
        self.relay.ack([h.delivery for h in confirmed])
        context.recorder.try_flush()  # a failed flush is repeated at the end of the step

    def _ack_early(self, delivery: Delivery, hop: Hop) -> None:
        """Ack before the work. From now on only this process has the message."""
        self._record_ack(hop)
        self._ack_now(delivery)

    def _reject(self, delivery: Delivery, hop: Hop, reason: str) -> None:
        """Ack a message that the service has refused: a retry would change nothing."""
        self._record_failure(hop, reason, "rejected")
        self._record_ack(hop)
        self._ack_now(delivery)

    def _try_again(self, delivery: Delivery, hop: Hop, reason: str, status: str) -> None:
        """Schedule the next attempt, or dead-letter the message after the last."""
        rules = self.context.conditions.design.delivery_retry
        delay_s = rules.delay_s(delivery.attempt, self.context.runtime.random)
        if delay_s is None:
            self._give_up(delivery, hop, f"attempt {delivery.attempt} was the last: {reason}")
            return
        self._record_failure(hop, reason, status)
        hop.record(Kind.RETRY, target=self.service, data={"delay_s": delay_s})
        self.context.recorder.flush()
        self.broker.retry(delivery, delay_s)

    def _give_up(self, delivery: Delivery, hop: Hop, reason: str) -> None:
        """Keep the message as a dead letter, or drop it if the design has none."""
        is_kept = self.context.conditions.design.dead_letters
        hop.record(
            Kind.DEAD_LETTER, target=self.service, status="error" if is_kept else "lost",
            data={"reason": reason},
        )  # fmt: skip
        self.context.recorder.flush()
        if is_kept:
            self.broker.dead_letter(delivery, reason)
        else:
            self.broker.ack([delivery])

    def _ack_now(self, delivery: Delivery) -> None:
        self.context.recorder.flush()
        self.broker.ack([delivery])

    def _die_mid_task(self, hop: Hop) -> None:
        """Work for half the service time, then kill this process."""
        self.context.wait(hop.service_time_s / 2)
        hop.record(
            Kind.NOTE, name="Killed", target=self.service, status="error", fault=hop.faults.mark,
            data={"reason": "SIGKILL in mid-task"},
        )  # fmt: skip
        self.context.recorder.flush()
        self.context.runtime.killable_workers.die()

    def _record_delivery(self, delivery: Delivery, hop: Hop) -> None:
        hop.record(
            Kind.REDELIVER if delivery.redelivered else Kind.DELIVER,
            source="broker",
            target=self.service,
            wait_ms=max(0.0, self.context.now() - delivery.enqueued_at) * 1000,
            fault=hop.faults.mark,
            data={"replica": self.replica},
        )

    def _record_end(self, handled: _Handled, is_duplicate: bool) -> None:
        handled.hop.record(
            Kind.PROCESS, target=self.service, status="duplicate" if is_duplicate else "ok",
            work_ms=handled.work_ms,
        )  # fmt: skip
        if not is_duplicate:
            record_effects(self.context, handled.finished.work, handled.hop.span)

    def _record_failure(self, hop: Hop, reason: str, status: str) -> None:
        hop.record(Kind.PROCESS, target=self.service, status=status, data={"reason": reason})

    def _record_ack(self, hop: Hop) -> None:
        hop.record(Kind.ACK, target=self.service)


def _reason(end: HopEnded, context: Context) -> str:
    if end.status == "timeout":
        return f"no result within {context.conditions.design.timeout_s:g} s"
    return end.fault.says
