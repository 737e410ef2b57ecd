"""What a Celery worker does beside its tasks: it says that it lives, and it sweeps."""

import logging
import os
import socket
from threading import Event, Thread
from typing import Any

from celery import bootsteps
from django.db import DatabaseError, close_old_connections
from redis.exceptions import RedisError

from ..bootstrap import SERVE_QUEUE, redis_client, runtime
from ..control.heartbeat import beat
from ..messaging.recovery import INTERVAL_S, may_sweep, sweep
from ..twin.service import may_tidy, tidy

logger = logging.getLogger(__name__)


class Caretaker(bootsteps.StartStopStep):
    """A thread of the worker; it goes when the worker goes, and so does the heartbeat."""

    requires = ("celery.worker.components:Pool",)

    def __init__(self, worker: Any, **options: Any) -> None:
        super().__init__(worker, **options)
        self._stop = Event()
        self._name = f"{socket.gethostname()}-{os.getpid()}"

    def include_if(self, worker: Any) -> bool:
        """Not where processes are killed for fun: a heartbeat from there would say nothing."""
        return SERVE_QUEUE in worker.app.amqp.queues.consume_from

    def start(self, worker: Any) -> None:
        Thread(target=self._run, name="caretaker", daemon=True).start()

    def stop(self, worker: Any) -> None:
        self._stop.set()

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                beat(redis_client(), self._name, runtime().clock.now())
                if may_sweep(redis_client()):
                    sweep(runtime())
                if may_tidy():
                    tidy()
            except (RedisError, DatabaseError) as trouble:
                logger.warning("no sweep this time: %s", trouble)
            except Exception:
                logger.exception("the sweep has a fault of its own; it goes on")
            finally:
                close_old_connections()
            self._stop.wait(INTERVAL_S)
