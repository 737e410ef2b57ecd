"""The KillableWorkers port on Celery: a prefork worker with its own queue."""

import os
import signal
from collections.abc import Callable

from .lease import BEAT_S


class CeleryKillableWorkers:
    """The killed child process holds no other work, and its parent starts another one."""

    def __init__(self, send: Callable[..., None]) -> None:
        self._send = send  # (task name, *arguments), to the queue of the killable workers

    def serve(self, playground: str, service: str) -> None:
        self._send("playground.serve_killable", playground, service)

    def work_and_die(self, work_s: float) -> None:
        self._send("playground.work_and_die", min(work_s, 5 * BEAT_S))

    def die(self) -> None:
        os.kill(os.getpid(), signal.SIGKILL)
