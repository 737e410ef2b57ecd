"""The KillableWorkers port on Celery: a prefork worker with its own queue."""

import os
import signal
from collections.abc import Callable
from typing import Protocol

from .lease import BEAT_S


class KillableWorkers(Protocol):
    """Worker processes that the kill fault may really kill, because they hold no other work."""

    def serve(self, playground: str, service: str) -> None:
        """Have such a process serve this queue."""

    def work_and_die(self, work_s: float) -> None:
        """Have such a process work for `work_s` seconds, then kill it before it answers."""

    def die(self) -> None:
        """Send SIGKILL to the calling process. Does not return."""


class CeleryKillableWorkers:
    """The killed child process holds no other work, and its parent starts another one."""

    def __init__(self, send: Callable[..., object]) -> None:
        self._send = send  # (task name, *arguments), to the queue of the killable workers

    def serve(self, playground: str, service: str) -> None:
        self._send("playground.serve_killable", playground, service)

    def work_and_die(self, work_s: float) -> None:
        self._send("playground.work_and_die", min(work_s, 5 * BEAT_S))

    def die(self) -> None:
        os.kill(os.getpid(), signal.SIGKILL)
