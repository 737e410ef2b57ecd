"""The step_buffer: what a step has ready for the broker, until its next records go; then all goes at once.

It stands between a recorder and its log, so whoever is about to wait and shows what has
happened so far sends off the messages, too.
"""

import logging
from collections.abc import Sequence
from threading import Lock

from redis.exceptions import RedisError

from ..company.ports import Delivery, Publication
from ..flow.promises import Promise
from ..flow.records import Record
from ..handling.ports import Outbox
from .batch_writer import BatchWriter, PartlyWritten, StepBatch

logger = logging.getLogger(__name__)


class StepBuffer:
    def __init__(self, batch_writer: BatchWriter, outbox: Outbox) -> None:
        self._carrier, self._outbox = batch_writer, outbox
        self._lock = Lock()  # a call's callee has a thread of its own, and the same step_buffer
        self._rows: list[int] = []
        self._publications: list[Publication] = []
        self._finished: list[Delivery] = []

    def publish(self, rows: Sequence[int], publications: Sequence[Publication]) -> None:
        """Soon. They are in these rows of the outbox: what does not go, the sweep will publish."""
        with self._lock:
            self._rows += rows
            self._publications += publications

    def ack(self, deliveries: Sequence[Delivery]) -> None:
        """Soon, and only together with what was put here before."""
        with self._lock:
            self._finished += deliveries

    def append(
        self, playground: str, records: Sequence[Record], promises: Sequence[Promise] = ()
    ) -> None:
        """Send off everything, with these records before it. What the broker did not take
        is kept for the next time.  Raises RedisError if the records were not taken either.
        """
        with self._lock:
            rows, self._rows = self._rows, []
            publications, self._publications = self._publications, []
            finished, self._finished = self._finished, []
        if not (records or promises or publications or finished):
            return
        try:
            self._carrier.write(playground, StepBatch(records, promises, publications, finished))
        except (RedisError, PartlyWritten) as error:
            if rows:
                logger.warning("the broker is away: %d messages wait in the outbox", len(rows))
            with self._lock:
                self._rows = rows + self._rows
                self._publications = publications + self._publications
                self._finished = finished + self._finished
            if isinstance(error, RedisError):
                raise
            return
        if rows:
            self._outbox.discard(rows)
