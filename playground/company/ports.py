"""Ports: what the company needs from the world, and nothing about how it is made."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from cloudevents.core.v1.event import CloudEvent

from .commands import Command
from .entities import Order, Restaurant, User
from .events import Event

if TYPE_CHECKING:  # flow reads the company, not the other way round
    from ..flow.promises import Promise
    from ..flow.records import Record


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message in a subscriber's hands. Until it is acked the broker keeps it."""

    playground: str
    group: str
    receipt: str  # the broker's own handle for this delivery
    event: CloudEvent
    attempt: int  # 1 is the first
    enqueued_at: float  # unix seconds
    redelivered: bool  # somebody took it before and was never heard of again


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A message that was given up, and why."""

    playground: str
    group: str
    id: str  # the broker's own handle
    event: CloudEvent
    attempts: int
    reason: str
    at: float  # unix seconds


@dataclass(frozen=True, slots=True)
class Depth:
    """How many messages a subscriber has, by state."""

    ready: int = 0  # waiting to be taken
    unacked: int = 0  # taken, not finished
    delayed: int = 0  # waiting for a retry to fall due
    dead: int = 0  # given up

    @property
    def on_the_way(self) -> int:
        return self.ready + self.unacked + self.delayed


@dataclass(frozen=True, slots=True)
class Publication:
    """An event and the subscribers (consumer groups) that are to have it."""

    event: CloudEvent
    groups: tuple[str, ...]
    delay_s: float = 0.0  # not to be delivered before


class EventBroker(Protocol):
    """Keeps a queue for every subscriber (consumer group) of every playground."""

    def publish(self, playground: str, publications: Sequence[Publication]) -> None:
        """Put each event in each of its groups' queues. Durable when it returns."""

    def receive(self, playground: str, group: str, limit: int) -> list[Delivery]:
        """Take messages, without waiting: those that went stale in other hands, and
        up to `limit` new or due ones."""

    def extend(self, deliveries: Sequence[Delivery]) -> None:
        """I am still at work on these: don't give them to anybody else yet."""

    def ack(self, deliveries: Sequence[Delivery]) -> None:
        """These are finished; forget them. Harmless if repeated."""

    def retry(self, delivery: Delivery, delay_s: float) -> None:
        """Deliver it again, as the next attempt, not before `delay_s` seconds have passed."""

    def dead_letter(self, delivery: Delivery, reason: str) -> None:
        """Give it up, and keep it with the reason."""

    def depths(self, playground: str, groups: Sequence[str]) -> dict[str, Depth]: ...

    def on_the_way(self, playground: str, groups: Sequence[str]) -> dict[str, int]:
        """How many messages each has, ready, taken or delayed: a cheaper look than at depths."""

    def unfinished(self) -> list[tuple[str, str]]:
        """The (playground, group) pairs that have messages ready, taken or delayed."""

    def dead_letters(self, playground: str, group: str, limit: int) -> "list[DeadLetter]":
        """What was given up, oldest first."""

    def replay(self, letter: "DeadLetter") -> bool:
        """Deliver it anew, as the first attempt. False if it is no dead letter any more."""

    def discard(self, letter: "DeadLetter") -> bool:
        """Throw it away for good. False if it is no dead letter any more."""

    def peek(self, playground: str, group: str, limit: int) -> list[CloudEvent]:
        """What waits or is being worked on, oldest first, without taking it."""

    def forget(self, playground: str, groups: Sequence[str]) -> None:
        """Throw away all that these groups have."""


class ServiceCalls(Protocol):
    """Calls from one service to another: ask, wait, get an answer or an error."""

    def call(self, service: str, message: Command | Event) -> Any:
        """The callee's reply; it hears of an event as it is asked to do something. Raises CallRefused, CallTimedOut, or the callee's refusal."""

    def goes_by_text(self, service: str, command: Command) -> bool:
        """Has the learner turned this connection into a text?"""


class FlowLog(Protocol):
    """The record of every hop: the only source of every picture and number."""

    def append(
        self,
        playground: str,
        records: "Sequence[Record]",
        promises: "Sequence[Promise]" = (),
    ) -> None:
        """Keep the records, and with them what their answer promises a customer."""

    def read(self, playground: str, after: str, limit: int) -> "list[Record]":
        """Up to `limit` records after the cursor, oldest first."""


class Clock(Protocol):
    def now(self) -> float:
        """Unix seconds."""

    def sleep(self, seconds: float) -> None: ...


class Repository(Protocol):
    """What a handler may look up. What it changes goes through its unit of work."""

    def user(self, user: int) -> User:
        """Raises UnknownEntity."""

    def user_by_email(self, email: str) -> User | None: ...

    def next_user_id(self) -> int: ...

    def order(self, order: str) -> Order:
        """Raises UnknownEntity."""

    def find_order(self, order: str) -> Order | None: ...

    def tickets_since(self, at: float) -> int:
        """How many tickets were printed after this moment (unix seconds)."""

    def restaurants(self) -> tuple[Restaurant, ...]: ...

    def hash_password(self, password: str) -> str: ...

    def password_matches(self, password: str, hashed: str) -> bool: ...
