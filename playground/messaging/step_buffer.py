"""The step buffer: holds messages and acks until the step's next records, and sends all at once."""

import logging
from collections.abc import Sequence
from threading import Lock

from ..flow.promises import Promise
from ..flow.records import Record
from ..storage.redis_adapter import StoreUnavailable
from .batch_writer import BatchWriter, PartlyWritten, StepBatch
from .outbox_cleaner import OutboxCleaner
from .port import Delivery, Publication

logger = logging.getLogger(__name__)


class StepBuffer:
    """The buffer of one step. Thread-safe: a callee works in a thread of its own."""

    def __init__(self, batch_writer: BatchWriter, cleaner: OutboxCleaner) -> None:
        self._batch_writer, self._cleaner = batch_writer, cleaner
        self._lock = Lock()
        # One batch at a time: what could not be sent goes before what was added meanwhile.
        self._writing = Lock()
        self._rows: list[int] = []
        self._publications: list[Publication] = []
        self._finished: list[Delivery] = []

    def publish(self, rows: Sequence[int], publications: Sequence[Publication]) -> None:
        """Publish these with the next records. `rows`: the ids of their outbox rows."""
        with self._lock:
            self._rows += rows
            self._publications += publications

    def ack(self, deliveries: Sequence[Delivery]) -> None:
        """Ack these with the next records, and only if everything added before is sent."""
        with self._lock:
            self._finished += deliveries

    def append(
        self, playground: str, records: Sequence[Record], promises: Sequence[Promise] = ()
    ) -> None:
        """Store these records, then send the waiting messages and acks.

        What could not be sent stays in the buffer.  Raises StoreUnavailable if the records
        were not stored.
        """
        with self._writing:
            self._write(playground, records, promises)

    def _write(
        self, playground: str, records: Sequence[Record], promises: Sequence[Promise]
    ) -> None:
        with self._lock:
            rows, self._rows = self._rows, []
            publications, self._publications = self._publications, []
            finished, self._finished = self._finished, []
        if not (records or promises or publications or finished):
            return
        batch = StepBatch(records, promises, publications, finished)
        try:
            self._batch_writer.write(playground, batch)
        except (StoreUnavailable, PartlyWritten) as error:
            if rows:
                logger.warning(
                    "the broker is unavailable: %d messages wait in the outbox", len(rows)
                )
            with self._lock:
                self._rows = rows + self._rows
                self._publications = publications + self._publications
                self._finished = finished + self._finished
            if isinstance(error, StoreUnavailable):
                raise
            return
        if rows:
            self._cleaner.discard(rows)
