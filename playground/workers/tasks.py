"""The Celery tasks. Each takes ids, returns nothing, and is safe to run twice."""

import logging
import os
import signal
import time
from functools import cache

from celery import shared_task
from django.conf import settings

from ..bootstrap import parts
from ..messaging import consumer
from ..messaging.parts import UNAVAILABLE
from ..rush.service import run_rush
from ..storage.connections import (
    DATABASE_UNAVAILABLE,
    MOST_SECONDS_OF_A_WORKER,
    database_time_limit,
)
from ..twin.service import run_twin
from .sessions import Sessions

logger = logging.getLogger(__name__)


@cache
def sessions() -> Sessions:
    """Who holds the threads of this worker."""
    return Sessions(settings.WORKER_THREADS)


@shared_task(name="playground.serve", ignore_result=True)
def serve(playground: str, service: str) -> None:
    """Process the messages in a service's queue, if its playground may hold one more thread."""
    with sessions().turn(playground, service, parts().doorbell.start) as turn:
        if turn is not None:
            _serve(*turn)


@shared_task(name="playground.serve_killable", ignore_result=True)
def serve_killable(playground: str, service: str) -> None:
    """The same in a process that the kill fault may really kill."""
    _serve(playground, service, killable=True)


def _serve(playground: str, service: str, *, killable: bool = False) -> None:
    try:
        with database_time_limit(MOST_SECONDS_OF_A_WORKER):
            consumer.serve(parts(), playground, service, killable=killable)
    except (
        *UNAVAILABLE,
        *DATABASE_UNAVAILABLE,
    ) as error:  # the broker keeps the messages, and the sweep rings for them
        logger.warning("%s of %s stopped: %s", service, playground, error)


@shared_task(name="playground.work_and_die", ignore_result=True)
def work_and_die(work_s: float) -> None:
    """Stands for the callee of a call under the kill fault: works, then dies before it answers."""
    time.sleep(work_s)
    os.kill(os.getpid(), signal.SIGKILL)


@shared_task(name="playground.rush", ignore_result=True)
def rush(playground: str) -> None:
    """Send the customers of the rush in the playground with this key."""
    with sessions().held(playground, parts().doorbell.start):
        run_rush(playground)


@shared_task(name="playground.twin", ignore_result=True)
def twin(playground: str) -> None:
    """Send the customers of both sides of this playground's twin."""
    with sessions().held(playground, parts().doorbell.start):
        run_twin(playground)
