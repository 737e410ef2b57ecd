"""Delete outbox rows that the broker has confirmed."""

import logging
from collections.abc import Sequence
from threading import Condition, Thread
from typing import Protocol

from django.db import connection

from ..company.ports import Clock
from ..models import OutboxMessage
from ..storage.connections import give_back_connection
from ..storage.write_lock import write_transaction

logger = logging.getLogger(__name__)


class OutboxCleaner(Protocol):
    def discard(self, row_ids: Sequence[int]) -> None:
        """Delete these rows, now or soon. The broker has confirmed their messages."""


class ImmediateCleaner:
    """Deletes published rows at once."""

    def discard(self, row_ids: Sequence[int]) -> None:
        with write_transaction():
            OutboxMessage.objects.filter(id__in=row_ids).delete()


class BatchingCleaner:
    """Deletes published rows a little later, many with one statement, in its own thread.

    If the process dies before that, the sweep publishes them again; an idempotent subscriber
    recognises them by their id.
    """

    PAUSE_S = 0.2

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._published: list[int] = []
        self._has_work = Condition()
        self._thread: Thread | None = None

    def discard(self, row_ids: Sequence[int]) -> None:
        with self._has_work:
            self._published += row_ids
            if self._thread is None or not self._thread.is_alive():  # a forked child has none
                self._thread = Thread(target=self._run, name="outbox-cleaner", daemon=True)
                self._thread.start()
            self._has_work.notify()

    def _run(self) -> None:
        while True:
            with self._has_work:
                self._has_work.wait_for(lambda: self._published)
                row_ids, self._published = self._published, []
            try:
                with write_transaction():
                    OutboxMessage.objects.filter(id__in=row_ids).delete()
            except Exception:
                logger.exception(
                    "published rows stay in the outbox; the sweep will publish them again"
                )
                connection.close()
            finally:
                give_back_connection()
            self._clock.sleep(self.PAUSE_S)
