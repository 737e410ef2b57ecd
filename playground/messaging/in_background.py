"""Send Celery tasks in a thread of their own.

For tasks that may be lost, such as a doorbell's: nobody waits while they are sent, so a Celery
broker that is away or slow delays no customer and no consumer.
"""

import logging
from collections.abc import Callable
from queue import Full, Queue
from threading import Lock, Thread
from typing import Any

from kombu.exceptions import OperationalError

logger = logging.getLogger(__name__)

# So many only wait if Celery's broker is away.
MOST_WAITING = 500


class InBackground:
    """Makes one call of `send` after the other, in the order in which they were asked for."""

    def __init__(self, send: Callable[..., None]) -> None:
        self._send = send
        self._waiting: Queue[tuple[Any, ...]] = Queue(MOST_WAITING)
        self._starting = Lock()
        self._thread: Thread | None = None

    def __call__(self, *arguments: Any) -> bool:
        """Have `send` called with these arguments soon. False: too many wait; this one is lost."""
        try:
            self._waiting.put_nowait(arguments)
        except Full:
            logger.warning("Celery's broker is slow or away; lost: %s", arguments)
            return False
        if self._thread is None or not self._thread.is_alive():  # a forked child has none
            self._start()
        return True

    def _start(self) -> None:
        with self._starting:
            if self._thread is None or not self._thread.is_alive():
                self._thread = Thread(target=self._run, name="celery-sender", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        while True:
            arguments = self._waiting.get()
            try:
                self._send(*arguments)
            except OperationalError:
                logger.warning("Celery's broker is away; lost: %s", arguments)
            except Exception:
                logger.exception("lost: %s", arguments)
