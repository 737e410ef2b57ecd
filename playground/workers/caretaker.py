"""The caretaker: a worker's thread that beats, sweeps, and deletes what has expired."""

import logging
import os
import socket
from threading import Event, Thread
from typing import Any

from celery import bootsteps
from django.db import DatabaseError

from ..bootstrap import SERVE_QUEUE, parts, redis_client
from ..control.heartbeat import beat
from ..control.lifecycle import delete_expired, may_delete_expired
from ..messaging.parts import UNAVAILABLE
from ..messaging.recovery import INTERVAL_S, sweep
from ..storage.connections import (
    MOST_SECONDS_OF_A_WORKER,
    database_time_limit,
    give_back_connection,
)
from ..storage.redis_adapter import StoreUnavailable, raises_instead_of_redis_errors

logger = logging.getLogger(__name__)

_SWEEP_KEY = "inflight:sweep"


@raises_instead_of_redis_errors(StoreUnavailable)
def may_sweep() -> bool:
    """True for one caller among all workers per interval."""
    return bool(redis_client().set(_SWEEP_KEY, 1, nx=True, px=int(INTERVAL_S * 900)))


class Caretaker(bootsteps.StartStopStep):
    """A thread of the worker, so the heartbeat ends when the worker does."""

    requires = ("celery.worker.components:Pool",)

    def __init__(self, worker: Any, **options: Any) -> None:
        super().__init__(worker, **options)
        self._stop = Event()
        self._name = f"{socket.gethostname()}-{os.getpid()}"

    def include_if(self, worker: Any) -> bool:
        """Only in workers that serve: killable workers must not count as alive."""
        return SERVE_QUEUE in worker.app.amqp.queues.consume_from

    def start(self, worker: Any) -> None:
        Thread(target=self._run, name="caretaker", daemon=True).start()

    def stop(self, worker: Any) -> None:
        self._stop.set()

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                with database_time_limit(MOST_SECONDS_OF_A_WORKER):
                    self._take_care()
            except (*UNAVAILABLE, DatabaseError) as error:
                logger.warning("the sweep was skipped: %s", error)
            except Exception:
                logger.exception("a bug in the sweep; the next one goes on")
            finally:
                give_back_connection()
            self._stop.wait(INTERVAL_S)

    def _take_care(self) -> None:
        beat(redis_client(), self._name, parts().clock.now())
        if may_sweep():
            sweep(parts())
        if may_delete_expired():
            delete_expired()
