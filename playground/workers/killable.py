"""Processes that may be killed: a Celery prefork worker with a queue of its own."""

import os
import signal
import time
from collections.abc import Callable

from ..handling.lease import BEAT_S


class CeleryKillableWorkers:
    """Whatever dies here takes nobody else's work with it; its parent starts another child."""

    def __init__(self, send: Callable[..., None]) -> None:
        self._send = send  # (task name, *arguments), to the killable_workers' queue

    def serve(self, playground: str, service: str) -> None:
        self._send("playground.serve_killable", playground, service)

    def work_and_die(self, work_s: float) -> None:
        self._send("playground.work_and_die", min(work_s, 5 * BEAT_S))

    def die(self) -> None:
        os.kill(os.getpid(), signal.SIGKILL)


def work_and_die(work_s: float) -> None:
    time.sleep(work_s)
    os.kill(os.getpid(), signal.SIGKILL)
