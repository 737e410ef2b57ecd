"""The Carrier port: takes what one step has to tell the world there, all of it in its order.

    records, then the messages whose deliveries follow from them, then the bells, acks last

So no delivery overtakes the record of its publication, and nothing is acked whose
consequences are not kept.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from redis.exceptions import RedisError

from ..company.ports import Delivery, EventBroker, FlowLog, Publication
from ..flow.promises import Promise
from ..flow.records import Record
from ..handling.ports import Bell


@dataclass(frozen=True, slots=True)
class Cargo:
    records: Sequence[Record] = ()
    promises: Sequence[Promise] = ()
    publications: Sequence[Publication] = ()
    finished: Sequence[Delivery] = ()  # to be acked

    @property
    def groups(self) -> tuple[str, ...]:
        """The subscribers that have something to do now."""
        return tuple(sorted({group for p in self.publications for group in p.groups}))


class MessagesLeft(Exception):
    """The records are in the log; what was to follow them is not with the broker."""


class Carrier(Protocol):
    def carry(self, playground: str, cargo: Cargo) -> None:
        """Durable when it returns.  Raises RedisError if nothing was taken, or MessagesLeft."""


class StepByStep:
    """For any log, broker and bell: one after the other."""

    def __init__(self, log: FlowLog, broker: EventBroker, bell: Bell) -> None:
        self._log, self._broker, self._bell = log, broker, bell

    def carry(self, playground: str, cargo: Cargo) -> None:
        if cargo.records or cargo.promises:
            self._log.append(playground, cargo.records, cargo.promises)
        try:
            if cargo.publications:
                self._broker.publish(playground, cargo.publications)
                self._bell.ring(playground, cargo.groups)
            if cargo.finished:
                self._broker.ack(cargo.finished)
        except RedisError as error:
            raise MessagesLeft from error
