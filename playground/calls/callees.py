"""The threads in which callees work while their callers wait."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from django.db import close_old_connections

# Calls nest three deep, and a caller must never wait for a thread that only it could free:
# far more threads than requests in flight.
MOST_AT_WORK = 512


class Callees(ThreadPoolExecutor):
    """Each piece of work gives its thread's database connection back when it is done."""

    def __init__(self) -> None:
        super().__init__(MOST_AT_WORK, thread_name_prefix="callee")

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        return super().submit(_work, fn, *args, **kwargs)


def _work(fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    try:
        return fn(*args, **kwargs)
    finally:
        close_old_connections()
