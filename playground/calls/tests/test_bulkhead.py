"""Request slots: a hard limit on the requests that are served at once."""

from collections.abc import Callable
from contextlib import suppress
from threading import Event, Lock, Thread
from time import monotonic, sleep

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playground.calls.bulkhead import NoFreeSlot, RequestSlots


def test_never_more_requests_are_served_than_there_are_slots() -> None:
    slots, lock = RequestSlots(), Lock()
    at_work, most = 0, 0

    def work() -> None:
        nonlocal at_work, most
        with slots.one_of("pg", 3, patience_s=30):
            with lock:
                at_work += 1
                most = max(most, at_work)
            Event().wait(0.002)
            with lock:
                at_work -= 1

    threads = [Thread(target=work) for _ in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert (most, slots.taken("pg")) == (3, 0)


def test_a_request_that_waits_too_long_for_a_slot_is_refused() -> None:
    slots = RequestSlots()
    with slots.one_of("pg", 1, 0):
        with pytest.raises(NoFreeSlot), slots.one_of("pg", 1, 0):
            pass
        with slots.one_of("another", 1, 0):  # a playground has slots of its own
            pass
    with slots.one_of("pg", 1, 0):
        pass


def test_an_error_frees_the_slot() -> None:
    slots = RequestSlots()
    with pytest.raises(ZeroDivisionError), slots.one_of("pg", 1, 0):
        raise ZeroDivisionError
    assert slots.taken("pg") == 0


def test_without_a_limit_every_request_gets_a_slot_and_is_counted() -> None:
    slots = RequestSlots()
    with slots.one_of("pg", None, 0), slots.one_of("pg", None, 0):
        assert slots.taken("pg") == 2
    assert slots.taken("pg") == 0


def test_a_request_counts_as_waiting_until_it_has_a_slot_or_gives_up() -> None:
    slots = RequestSlots()

    with slots.one_of("p", 1, 0):
        assert (slots.taken("p"), slots.waiting("p")) == (1, 0)
        with suppress(NoFreeSlot), slots.one_of("p", 1, 0.01):
            pass

    assert (slots.taken("p"), slots.waiting("p")) == (0, 0)


class Visitor:
    """A request in its own thread, which holds its slot until the test calls `leave`."""

    def __init__(self, slots: RequestSlots, bound: int) -> None:
        self.is_at_work, self._may_leave = Event(), Event()
        self._slots, self._bound = slots, bound
        self._thread = Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        with self._slots.one_of("pg", self._bound, patience_s=30):
            self.is_at_work.set()
            self._may_leave.wait(30)

    def leave(self) -> None:
        self._may_leave.set()
        self._thread.join(30)


def until(holds: Callable[[], bool]) -> None:
    gives_up_at = monotonic() + 5
    while not holds():
        assert monotonic() < gives_up_at
        sleep(0.0002)


def settle(slots: RequestSlots, inside: list[Visitor], outside: list[Visitor]) -> None:
    """Wait until exactly these requests hold slots, and these wait in line."""
    until(lambda: (slots.taken("pg"), slots.waiting("pg")) == (len(inside), len(outside)))
    until(lambda: all(v.is_at_work.is_set() for v in inside))
    assert not any(v.is_at_work.is_set() for v in outside)


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 3), st.lists(st.sampled_from(("come", "leave", "try")), max_size=14))
def test_waiting_requests_get_slots_in_their_order_and_every_slot_is_released(
    bound: int, steps: list[str]
) -> None:
    slots = RequestSlots()
    present: list[Visitor] = []  # in the order in which they came
    for step in steps:
        match step:
            case "come":
                present.append(Visitor(slots, bound))
            case "leave" if present:
                present.pop(0).leave()
            case _:
                is_full = len(present) >= bound
                with suppress(NoFreeSlot), slots.one_of("pg", bound, 0):
                    assert not is_full, "a request took a slot that others wait for"
        settle(slots, present[:bound], present[bound:])
    for visitor in present:
        visitor.leave()
    assert (slots.taken("pg"), slots.waiting("pg")) == (0, 0)


def test_a_new_request_does_not_overtake_waiting_ones_when_a_slot_is_freed() -> None:
    slots = RequestSlots()
    for _ in range(50):
        first = Visitor(slots, 1)
        until(first.is_at_work.is_set)
        second = Visitor(slots, 1)
        until(lambda: slots.waiting("pg") == 1)

        first.leave()
        with pytest.raises(NoFreeSlot), slots.one_of("pg", 1, 0):
            pass

        until(second.is_at_work.is_set)
        second.leave()


def test_when_a_waiting_request_gives_up_those_behind_it_move_up() -> None:
    """The limit was raised from 1 to 2 after the first request had begun to wait."""
    slots = RequestSlots()

    def wait_a_little_for_the_only_slot() -> None:
        with suppress(NoFreeSlot), slots.one_of("pg", 1, 0.05):
            pass

    with slots.one_of("pg", 1, 0):
        impatient = Thread(target=wait_a_little_for_the_only_slot)
        impatient.start()
        until(lambda: slots.waiting("pg") == 1)
        behind = Visitor(slots, 2)
        until(behind.is_at_work.is_set)
        impatient.join(30)
    behind.leave()
