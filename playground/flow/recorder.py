"""Collects the records of one step, so that they cost one round trip.

Whoever is about to wait flushes first: what has happened must be seen at once.
"""

import logging
from collections.abc import Sequence
from threading import Lock
from typing import Protocol

from redis.exceptions import RedisError

from ..company.ports import Clock
from ..company.trace import Span
from .promises import Promise
from .records import Kind, Record

logger = logging.getLogger(__name__)


class Sink(Protocol):
    """Where records go: a FlowLog, or what stands before it."""

    def append(
        self, playground: str, records: Sequence[Record], promises: Sequence[Promise] = ()
    ) -> None: ...


class Recorder:
    """Safe to share between the threads of one request: a call's callee has its own."""

    def __init__(self, log: Sink, playground: str, clock: Clock) -> None:
        self._log, self._playground, self._clock = log, playground, clock
        self._lock = Lock()
        self._records: list[Record] = []
        self._promises: list[Promise] = []
        self.effects: list[Record] = []  # what has become true so far, for error messages

    def add(self, span: Span, kind: Kind, name: str, **values: object) -> Record:
        """Note a hop, with the fields of Record as keywords."""
        record = Record(kind, name, self._clock.now(), **values)  # type: ignore[arg-type]
        record.belonging_to(span)
        with self._lock:
            self._records.append(record)
            if kind is Kind.EFFECT:
                self.effects.append(record)
        return record

    def promise(self, promise: Promise) -> None:
        """Note what the answer promises; it is sent along with the next records."""
        with self._lock:
            self._promises.append(promise)

    def flush(self) -> None:
        """Send what was collected. Raises RedisError; the records are then kept."""
        with self._lock:
            records, self._records = self._records, []
            promises, self._promises = self._promises, []
        try:
            self._log.append(self._playground, records, promises)
        except RedisError:
            with self._lock:
                self._records = records + self._records
                self._promises = promises + self._promises
            raise

    def try_flush(self) -> None:
        """The same after the point of no return: what was done stays done without its record."""
        try:
            self.flush()
        except RedisError:
            logger.warning("the flow log is away: records of %s kept back", self._playground)
