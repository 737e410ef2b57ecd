"""The BatchWriter port: writes everything that one step sends, in this order:

    records, then the messages whose deliveries follow from them, then doorbells, acks last

So no delivery is recorded before its publication, and no message is acked before its
consequences are stored.
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
    """The records are stored, but the broker may not have the messages and acks."""


class BatchWriter(Protocol):
    def write(self, playground: str, batch: StepBatch) -> None:
        """Write the batch. When this returns, it survives the death of any of our processes.

        Raises StoreUnavailable if nothing was written, PartlyWritten if only the records were.
        """


class SequentialBatchWriter:
    """The BatchWriter port for any log, broker and doorbell: one call after the other."""

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
