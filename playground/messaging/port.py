"""The EventBroker port: a queue for every subscriber (consumer group) of every playground.

An adapter moves messages and knows nothing of services, designs or faults. The contract suite,
`brokers/tests/test_contract.py`, tests every promise of this file on every adapter.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from cloudevents.core.v1.event import CloudEvent

# Longer than any delay of a retry (60 s) or a publication. A message that is due later than this
# was delayed on a clock that has been set back since, and is due now.
LONGEST_DELAY_S = 90.0


class BrokerUnavailable(Exception):
    """The broker does not answer. It may or may not have done what it was asked to do.

    An adapter raises it for every connection error of its client library.
    """


@dataclass(frozen=True, slots=True)
class Publication:
    """A message, and the subscribers (consumer groups) that each get a copy of it."""

    event: CloudEvent
    groups: tuple[str, ...]
    delay_s: float = 0.0  # delivered this many seconds later at the earliest


@dataclass(frozen=True, slots=True)
class Delivery:
    """A copy of a message that a consumer has received. The broker keeps it until it is acked."""

    playground: str
    group: str
    receipt: str  # the broker's handle for this delivery
    event: CloudEvent
    attempt: int  # 1 is the first
    enqueued_at: float  # unix seconds
    redelivered: bool  # another consumer received it before and neither acked nor extended it


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A message that will not be retried, and why."""

    playground: str
    group: str
    id: str  # the broker's handle, unique within the group
    event: CloudEvent
    attempts: int
    reason: str
    at: float  # unix seconds


@dataclass(frozen=True, slots=True)
class Depth:
    """How many messages a subscriber has, by state."""

    ready: int = 0  # waiting to be received
    unacked: int = 0  # received, not acked
    delayed: int = 0  # waiting until a retry is due
    dead: int = 0  # dead letters

    @property
    def on_the_way(self) -> int:
        return self.ready + self.unacked + self.delayed


class EventBroker(Protocol):
    """Every method raises BrokerUnavailable, and no connection error of the client library."""

    def publish(self, playground: str, publications: Sequence[Publication]) -> None:
        """Put each message into the queue of each of its groups, in the given order.

        When this returns, the messages survive the death of any of our processes. A group
        whose first consumer has yet to come gets its copy, too.
        """

    def receive(self, playground: str, group: str, limit: int) -> list[Delivery]:
        """Messages of this group, without waiting.

        First those that other consumers have left unacked for too long, then up to `limit`
        new or due ones, in the order of publishing.
        """

    def extend(self, deliveries: Sequence[Delivery]) -> None:
        """Postpone the redelivery of these: their consumer is still working on them."""

    def ack(self, deliveries: Sequence[Delivery]) -> None:
        """Remove these for good: their work is done. Harmless if repeated."""

    def retry(self, delivery: Delivery, delay_s: float) -> None:
        """Deliver it again after `delay_s` seconds, as the next attempt."""

    def dead_letter(self, delivery: Delivery, reason: str) -> None:
        """Move it from the queue to the dead letters, with the reason."""

    def depths(self, playground: str, groups: Sequence[str]) -> dict[str, Depth]:
        """The depth of each of these groups; zeros for a group that never had a message."""

    def on_the_way(self, playground: str, groups: Sequence[str]) -> dict[str, int]:
        """How many messages each group has ready, unacked or delayed. Cheaper than `depths`."""

    def unfinished(self) -> list[tuple[str, str]]:
        """The (playground, group) pairs that have messages ready, unacked or delayed."""

    def dead_letters(self, playground: str, group: str, limit: int) -> list[DeadLetter]:
        """Up to `limit` dead letters of this group, oldest first."""

    def replay(self, dead_letter: DeadLetter) -> bool:
        """Deliver it again, as the first attempt. False if it is no longer a dead letter."""

    def discard(self, dead_letter: DeadLetter) -> bool:
        """Delete it for good. False if it is no longer a dead letter."""

    def peek(self, playground: str, group: str, limit: int) -> list[CloudEvent]:
        """Up to `limit` messages that are ready, unacked or delayed, without receiving them."""

    def delete(self, playground: str, groups: Sequence[str]) -> None:
        """Delete everything that these groups have."""
