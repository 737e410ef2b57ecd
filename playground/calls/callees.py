"""The thread pool in which callees work while their callers wait."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from ..storage.connections import database_time_limit, give_back_connection

# Calls nest three deep, and callers hold a thread while they wait for one. So the pool has far
# more threads than there are requests in flight, or callers could wait for each other for ever.
MOST_AT_WORK = 512


class Callees(ThreadPoolExecutor):
    """A thread pool that returns a thread's database connection after each call."""

    def __init__(self) -> None:
        super().__init__(MOST_AT_WORK, thread_name_prefix="callee")

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        return super().submit(_work, fn, *args, **kwargs)


def _work(fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    try:
        with database_time_limit():
            return fn(*args, **kwargs)
    finally:
        give_back_connection()
