"""The thread pool in which callees work while their callers wait."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from threading import Lock
from typing import Any, Protocol

from ..fairness.shares import CALLEES
from ..fairness.turns import Turns
from ..storage.connections import database_time_limit, give_back_connection


class Callees(Protocol):
    def submit(
        self, playground: str, fn: Callable[..., Any], /, *args: Any, **kwargs: Any
    ) -> Future[Any]:
        """Have a callee of this playground do its work. A call that has not begun can be cancelled."""


class FairCallees:
    """Threads for callees. A playground whose share is at work waits for its own callees.

    Calls nest three deep, and callers hold a thread while they wait for one. Each gives up after
    its time-out, so callers never wait for each other for ever.
    """

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(CALLEES.places, thread_name_prefix="callee")
        self._turns = Turns[_Call](CALLEES)
        self._lock = Lock()

    def submit(
        self, playground: str, fn: Callable[..., Any], /, *args: Any, **kwargs: Any
    ) -> Future[Any]:
        call = _Call(partial(fn, *args, **kwargs))
        with self._lock:
            self._turns.wait(playground, call)
        self._begin()
        return call.answer

    def _begin(self) -> None:
        with self._lock:
            begun = list(iter(self._turns.begin, None))
        for playground, call in begun:
            self._threads.submit(self._carry_out, playground, call)

    def _carry_out(self, playground: str, call: "_Call") -> None:
        try:
            call.carry_out()
        finally:
            with self._lock:
                self._turns.end(playground)
            self._begin()


class _Call:
    def __init__(self, work: Callable[[], Any]) -> None:
        self._work = work
        self.answer = Future[Any]()

    def carry_out(self) -> None:
        if not self.answer.set_running_or_notify_cancel():
            return
        try:
            reply = _work(self._work)
        except BaseException as error:
            self.answer.set_exception(error)
        else:
            self.answer.set_result(reply)


def _work(fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    try:
        with database_time_limit():
            return fn(*args, **kwargs)
    finally:
        give_back_connection()
