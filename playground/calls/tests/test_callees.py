"""The callees of one playground never hold all threads of the pool."""

import threading
from collections.abc import Iterator
from concurrent.futures import CancelledError, Future
from typing import Any

import pytest

from playground.calls.callees import FairCallees
from playground.fairness.shares import CALLEES

LONG_S = 10  # a limit, never reached
ALONE = 256  # what one playground has at most


class Work:
    """Callees that work until the test ends them."""

    def __init__(self) -> None:
        self.callees = FairCallees()
        self.ends, self._begun = threading.Event(), threading.Semaphore(0)

    def hang(self) -> str:
        self._begun.release()
        self.ends.wait(LONG_S)
        return "at last"

    def flood(self, playground: str, count: int) -> list[Future[Any]]:
        return [self.callees.submit(playground, self.hang) for _ in range(count)]

    def have_begun(self, count: int) -> None:
        for _ in range(count):
            assert self._begun.acquire(timeout=LONG_S)

    def one_more_has_begun(self) -> bool:
        return self._begun.acquire(blocking=False)


@pytest.fixture
def work() -> Iterator[Work]:
    work = Work()
    yield work
    work.ends.set()


def test_callees_that_hang_leave_threads_for_other_playgrounds(work: Work) -> None:
    hanging = work.flood("greedy", CALLEES.places)
    work.have_begun(ALONE)
    assert work.callees.submit("victim", lambda: "quick").result(LONG_S) == "quick"
    assert not work.one_more_has_begun()
    work.ends.set()
    assert {answer.result(LONG_S) for answer in hanging} == {"at last"}


def test_a_callee_that_fails_makes_room_for_the_next(work: Work) -> None:
    def fail() -> None:
        raise RuntimeError("broken")

    failing = [work.callees.submit("greedy", fail) for _ in range(2 * CALLEES.places)]
    assert {str(answer.exception(LONG_S)) for answer in failing} == {"broken"}
    assert work.callees.submit("greedy", lambda: "quick").result(LONG_S) == "quick"


def test_a_call_whose_caller_gave_up_before_it_began_is_never_carried_out(work: Work) -> None:
    work.flood("greedy", ALONE)
    work.have_begun(ALONE)
    carried_out: list[str] = []
    waiting = work.callees.submit("greedy", carried_out.append, "ghost")
    assert waiting.cancel()
    work.ends.set()
    work.callees.submit("greedy", carried_out.append, "next").result(LONG_S)
    assert carried_out == ["next"]
    with pytest.raises(CancelledError):
        waiting.result(LONG_S)
