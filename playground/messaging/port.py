"""The EventBroker port: a queue for every subscriber (consumer group) of every playground.

An adapter moves messages and knows nothing of services, designs or faults. It meets every
promise made here; `brokers/test_contract.py` tests each of them on every adapter.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from cloudevents.core.v1.event import CloudEvent


class BrokerUnavailable(Exception):
    """The broker does not answer. Whatever was asked of it may or may not have been done.

    An adapter turns each connection error of its client library into this one.
    """


@dataclass(frozen=True, slots=True)
class Publication:
    """A message, and the subscribers (consumer groups) that each get a copy of it."""

    event: CloudEvent
    groups: tuple[str, ...]
    delay_s: float = 0.0  # not delivered before so many seconds have passed


@dataclass(frozen=True, slots=True)
class Delivery:
    """A copy of a message that a consumer has received. The broker keeps it until it is acked."""

    playground: str
    group: str
    receipt: str  # the broker's own handle for this delivery
    event: CloudEvent
    attempt: int  # 1 is the first
    enqueued_at: float  # unix seconds
    redelivered: bool  # another consumer received it before and neither acked nor extended it


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A message that was given up, and why."""

    playground: str
    group: str
    id: str  # the broker's own handle, unique within the group
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
    dead: int = 0  # given up

    @property
    def on_the_way(self) -> int:
        return self.ready + self.unacked + self.delayed


class EventBroker(Protocol):
    """Every method raises BrokerUnavailable, and no other error of absence."""

    def publish(self, playground: str, publications: Sequence[Publication]) -> None:
        """Put each message into the queue of each of its groups, in their order.

        Durable against the death of any of our processes when it returns. A group that
        nobody has received from yet gets its copy, too.
        """

    def receive(self, playground: str, group: str, limit: int) -> list[Delivery]:
        """Messages of this group, without waiting: those that other consumers have left
        unacked for too long, and up to `limit` new or due ones, in the order of publishing.
        """

    def extend(self, deliveries: Sequence[Delivery]) -> None:
        """Keep these from being redelivered: their consumer is still working on them."""

    def ack(self, deliveries: Sequence[Delivery]) -> None:
        """Forget these: their work is done. Harmless if repeated."""

    def retry(self, delivery: Delivery, delay_s: float) -> None:
        """Deliver it again, as the next attempt, not before `delay_s` seconds have passed."""

    def dead_letter(self, delivery: Delivery, reason: str) -> None:
        """Take it out of the queue, and keep it as a dead letter with the reason."""

    def depths(self, playground: str, groups: Sequence[str]) -> dict[str, Depth]:
        """The depth of each of these groups; zeros for one that never had a message."""

    def on_the_way(self, playground: str, groups: Sequence[str]) -> dict[str, int]:
        """How many messages each has ready, unacked or delayed: cheaper than `depths`."""

    def unfinished(self) -> list[tuple[str, str]]:
        """The (playground, group) pairs that have messages ready, unacked or delayed."""

    def dead_letters(self, playground: str, group: str, limit: int) -> list[DeadLetter]:
        """Up to `limit` dead letters of this group, oldest first."""

    def replay(self, letter: DeadLetter) -> bool:
        """Deliver it again, as the first attempt. False if it is no dead letter any more."""

    def discard(self, letter: DeadLetter) -> bool:
        """Delete it for good. False if it is no dead letter any more."""

    def peek(self, playground: str, group: str, limit: int) -> list[CloudEvent]:
        """Up to `limit` messages that are ready, unacked or delayed, without receiving them."""

    def delete(self, playground: str, groups: Sequence[str]) -> None:
        """Delete everything that these groups have."""
