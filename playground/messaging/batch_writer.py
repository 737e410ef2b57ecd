"""The BatchWriter port: writes everything that one step sends, in this order:

    records, then the messages whose deliveries follow from them, then doorbells, acks last

So no delivery comes before the record of its publication, and nothing is acked before what
follows from it is stored.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from ..flow.log import FlowLog
from ..flow.promises import Promise
from ..flow.records import Record
from .doorbell import Doorbell
from .port import BrokerUnavailable, Delivery, EventBroker, Publication


@dataclass(frozen=True, slots=True)
class StepBatch:
    records: Sequence[Record] = ()
    promises: Sequence[Promise] = ()
    publications: Sequence[Publication] = ()
    finished: Sequence[Delivery] = ()  # to be acked

    @property
    def groups(self) -> tuple[str, ...]:
        """The subscribers that get messages."""
        return tuple(sorted({group for p in self.publications for group in p.groups}))


class PartlyWritten(Exception):
    """The records are stored; what should have followed them may not be with the broker."""


class BatchWriter(Protocol):
    def write(self, playground: str, batch: StepBatch) -> None:
        """Durable against the death of any of our processes when it returns.

        Raises StoreUnavailable if nothing was written, PartlyWritten if only the records were.
        """


class SequentialBatchWriter:
    """For any log, broker and doorbell: one after the other."""

    def __init__(self, log: FlowLog, broker: EventBroker, doorbell: Doorbell) -> None:
        self._log, self._broker, self._doorbell = log, broker, doorbell

    def write(self, playground: str, batch: StepBatch) -> None:
        if batch.records or batch.promises:
            self._log.append(playground, batch.records, batch.promises)
        try:
            if batch.publications:
                self._broker.publish(playground, batch.publications)
                self._doorbell.ring(playground, batch.groups)
            if batch.finished:
                self._broker.ack(batch.finished)
        except BrokerUnavailable as error:
            raise PartlyWritten from error
