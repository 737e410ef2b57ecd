"""The consumer: receives a service's messages from the broker and processes them.

    receive, handle, commit effects and inbox together, publish what follows, ack

The ack comes last (late) unless the design says early. If the process dies before a late ack,
the message is delivered again, and the inbox shows whether its work was done.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from ..handling import conditions
from ..handling.conditions import Conditions
from ..handling.lease import BeatingLease
from ..handling.runtime import Context
from .parts import Parts
from .port import Delivery
from .processing import Processing
from .replica_slots import replica_of

# A session ends after this time, so that other services are served, too, and rings for itself.
TIME_BUDGET_S = 5.0
# A session reloads the conditions when they are older than this.
CONDITIONS_KEPT_S = 0.1
# If work takes no time, a session reads its queue this often while messages keep coming: the
# messages that arrive in between share a transaction, a few round trips and the doorbell.
PACE_S = 0.1
# Messages received at once if work takes no time. Otherwise one by one, so that the page shows
# waiting messages in the queue.
BATCH = 64


def serve(parts: Parts, playground: str, service: str, *, killable: bool = False) -> None:
    """Process the service's messages until its queue is empty or the time budget is spent.

    `killable`: the kill fault may kill this process, because it holds no other work.  Raises
    BrokerUnavailable or StoreUnavailable; then the broker keeps the messages, and the
    recovery sweep rings for them.
    """
    in_force = conditions.load(playground, parts.clock.now())
    # During a pause no session rings: the workers would only spin.
    if in_force is None or in_force.pause_of(service):
        return  # the sweep rings when the pause is over
    if not killable and in_force.may_kill(service):
        parts.runtime.killable_workers.serve(playground, service)
        return
    replicas = in_force.design.replicas_of(service)
    key = parts.slots.take(playground, service, replicas)
    if key is None:
        return  # the sessions that hold the slots read the queue once more before they end
    session = ConsumerSession(parts, playground, service, key, killable)
    try:
        if replicas > 1:
            _wake_next_replica(parts, playground, service)
        session.run(in_force)
    finally:
        parts.slots.release(playground, service, key)
    if _has_more(parts, playground, service):
        parts.doorbell.clear(playground, service)
        parts.doorbell.ring(playground, [service])


def _wake_next_replica(parts: Parts, playground: str, service: str) -> None:
    """Clear the doorbell for the next message, and ring at once if more than one waits."""
    parts.doorbell.clear(playground, service)
    if parts.broker.depths(playground, [service])[service].ready > 1:
        parts.doorbell.ring(playground, [service])


def _has_more(parts: Parts, playground: str, service: str) -> bool:
    if not parts.broker.depths(playground, [service])[service].ready:
        return False
    in_force = conditions.load(playground, parts.clock.now())
    return in_force is not None and not in_force.pause_of(service)


@dataclass(frozen=True, slots=True)
class ConsumerSession:
    """One replica working on its service's queue."""

    parts: Parts
    playground: str
    service: str
    slot_key: str
    killable: bool

    def run(self, in_force: Conditions | None) -> None:
        clock = self.parts.clock
        now = clock.now()
        ends_at, outdated_at = now + TIME_BUDGET_S, now + CONDITIONS_KEPT_S
        # Processing renews the slot once per beat, so work shorter than a beat never would.
        slot_lease = BeatingLease(clock, self._keep_slot)
        while now < ends_at:
            slot_lease.keep()
            if now >= outdated_at:
                in_force = conditions.load(self.playground, now)
                outdated_at = now + CONDITIONS_KEPT_S
            if in_force is None or in_force.pause_of(self.service):
                return
            if not self.killable and in_force.may_kill(self.service):
                return  # a kill fault was switched on; a killable process takes over
            deliveries = self._receive(BATCH if in_force.never_waits else 1)
            if not deliveries:
                return
            self._process(in_force, deliveries)
            started, now = now, clock.now()
            if in_force.never_waits and now < started + PACE_S:
                clock.sleep(started + PACE_S - now)
                # What arrived during the pause is processed under the conditions after it.
                now = outdated_at = clock.now()

    def _process(self, in_force: Conditions, deliveries: Sequence[Delivery]) -> None:
        relay = self.parts.new_relay()
        lease = BeatingLease(self.parts.clock, partial(self._renew, deliveries))
        context = Context.begin(self.parts.runtime, in_force, lease, relay)
        replica = replica_of(self.slot_key)
        Processing(context, self.parts.broker, relay, self.service, replica).run(deliveries)

    def _receive(self, limit: int) -> list[Delivery]:
        """Up to `limit` messages. Clears the doorbell before the last look at an empty queue, so
        that a message published after that look rings again."""
        receive = self.parts.broker.receive
        deliveries = receive(self.playground, self.service, limit)
        if not deliveries:
            self.parts.doorbell.clear(self.playground, self.service)
            deliveries = receive(self.playground, self.service, limit)
        return deliveries

    def _renew(self, held: Sequence[Delivery]) -> None:
        self.parts.broker.extend(held)
        self._keep_slot()

    def _keep_slot(self) -> None:
        self.parts.slots.keep(self.playground, self.service, self.slot_key)
