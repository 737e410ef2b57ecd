"""Collect the records of one step and store them in one round trip.

A step flushes before it waits, so that the page shows at once what has happened.
"""

import logging
from collections.abc import Sequence
from threading import Lock
from typing import Protocol

from ..company.ports import Clock
from ..company.trace import Span
from ..storage.redis_adapter import StoreUnavailable
from .promises import Promise
from .records import Kind, Record

logger = logging.getLogger(__name__)


class Sink(Protocol):
    """Where records go: a FlowLog, or the output of a step that sends messages with them."""

    def append(
        self, playground: str, records: Sequence[Record], promises: Sequence[Promise] = ()
    ) -> None: ...


class Recorder:
    """Thread-safe: a callee works in a thread of its own, and shares its caller's recorder."""

    def __init__(self, log: Sink, playground: str, clock: Clock) -> None:
        self._log, self._playground, self._clock = log, playground, clock
        self._lock = Lock()
        self._flushing = Lock()  # one flush at a time, so that no record overtakes an earlier one
        self._records: list[Record] = []
        self._promises: list[Promise] = []
        self.effects: list[Record] = []  # committed so far, for error messages

    def add(self, span: Span, kind: Kind, name: str, **values: object) -> Record:
        """Collect a record of this span. `values` are fields of Record."""
        record = Record(kind, name, self._clock.now(), **values)  # type: ignore[arg-type]
        record.belonging_to(span)
        with self._lock:
            self._records.append(record)
            if kind is Kind.EFFECT:
                self.effects.append(record)
        return record

    def promise(self, promise: Promise) -> None:
        """Note what the answer promises; it is stored with the next records."""
        with self._lock:
            self._promises.append(promise)

    def flush(self) -> None:
        """Store what was collected. If it raises StoreUnavailable, the records stay collected."""
        with self._flushing:
            self._flush()

    def _flush(self) -> None:
        with self._lock:
            records, self._records = self._records, []
            promises, self._promises = self._promises, []
        try:
            self._log.append(self._playground, records, promises)
        except StoreUnavailable:
            with self._lock:
                self._records = records + self._records
                self._promises = promises + self._promises
            raise

    def try_flush(self) -> None:
        """The same, but log a failure: the work is committed, with or without its records."""
        try:
            self.flush()
        except StoreUnavailable:
            logger.warning(
                "the flow log does not answer: records of %s are kept for later", self._playground
            )
