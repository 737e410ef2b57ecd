"""A supervised process leaves when its supervisor is gone, even if that was killed."""

import os
import signal
from threading import Thread
from time import sleep

LOOKS_EVERY_S = 2.0


def leave_with_parent() -> None:
    """Watch the parent from a thread, if this process was started by `manage.py up`."""
    if os.environ.get("INFLIGHT_SUPERVISED"):
        Thread(target=_watch, args=(os.getppid(),), name="orphan-watch", daemon=True).start()


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        sleep(LOOKS_EVERY_S)
    os.kill(os.getpid(), signal.SIGTERM)
