"""The BatchWriter port: takes what one step has to tell the world there, all of it in its order.

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
from ..handling.ports import Doorbell


@dataclass(frozen=True, slots=True)
class StepBatch:
    records: Sequence[Record] = ()
    promises: Sequence[Promise] = ()
    publications: Sequence[Publication] = ()
    finished: Sequence[Delivery] = ()  # to be acked

    @property
    def groups(self) -> tuple[str, ...]:
        """The subscribers that have something to do now."""
        return tuple(sorted({group for p in self.publications for group in p.groups}))


class PartlyWritten(Exception):
    """The records are in the log; what was to follow them is not with the broker."""


class BatchWriter(Protocol):
    def write(self, playground: str, batch: StepBatch) -> None:
        """Durable when it returns.  Raises RedisError if nothing was taken, or PartlyWritten."""


class SequentialBatchWriter:
    """For any log, broker and bell: one after the other."""

    def __init__(self, log: FlowLog, broker: EventBroker, bell: Doorbell) -> None:
        self._log, self._broker, self._bell = log, broker, bell

    def write(self, playground: str, batch: StepBatch) -> None:
        if batch.records or batch.promises:
            self._log.append(playground, batch.records, batch.promises)
        try:
            if batch.publications:
                self._broker.publish(playground, batch.publications)
                self._bell.ring(playground, batch.groups)
            if batch.finished:
                self._broker.ack(batch.finished)
        except RedisError as error:
            raise PartlyWritten from error
