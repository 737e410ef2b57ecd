"""Request slots: a real bound on how many are at work."""

from collections.abc import Callable
from contextlib import suppress
from threading import Event, Lock, Thread
from time import monotonic, sleep

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playground.calls.bulkhead import NoFreeSlot, RequestSlots


def test_never_more_at_work_than_there_are_slots() -> None:
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


def test_who_finds_none_free_for_too_long_is_refused() -> None:
    slots = RequestSlots()
    with slots.one_of("pg", 1, 0):
        with pytest.raises(NoFreeSlot), slots.one_of("pg", 1, 0):
            pass
        with slots.one_of("another", 1, 0):  # a playground has slots of its own
            pass
    with slots.one_of("pg", 1, 0):
        pass


def test_a_slot_is_free_again_after_an_error() -> None:
    slots = RequestSlots()
    with pytest.raises(ZeroDivisionError), slots.one_of("pg", 1, 0):
        raise ZeroDivisionError
    assert slots.taken("pg") == 0


def test_without_a_bound_there_is_room_for_everybody_and_they_are_counted() -> None:
    slots = RequestSlots()
    with slots.one_of("pg", None, 0), slots.one_of("pg", None, 0):
        assert slots.taken("pg") == 2
    assert slots.taken("pg") == 0


def test_who_waits_for_a_slot_is_counted_until_it_has_one_or_gives_up() -> None:
    slots = RequestSlots()

    with slots.one_of("p", 1, 0):
        assert (slots.taken("p"), slots.waiting("p")) == (1, 0)
        with suppress(NoFreeSlot), slots.one_of("p", 1, 0.01):
            pass

    assert (slots.taken("p"), slots.waiting("p")) == (0, 0)


class Visitor:
    """A request in a thread of its own, which stays at work until it is told to leave."""

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
    """Wait until exactly these are at work, and these in line."""
    until(lambda: (slots.taken("pg"), slots.waiting("pg")) == (len(inside), len(outside)))
    until(lambda: all(v.is_at_work.is_set() for v in inside))
    assert not any(v.is_at_work.is_set() for v in outside)


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 3), st.lists(st.sampled_from(("come", "leave", "try")), max_size=14))
def test_whoever_waits_gets_a_slot_in_the_order_of_coming_and_every_slot_comes_back(
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
                    assert not is_full, "nobody takes what others wait for"
        settle(slots, present[:bound], present[bound:])
    for visitor in present:
        visitor.leave()
    assert (slots.taken("pg"), slots.waiting("pg")) == (0, 0)


def test_whoever_comes_as_a_slot_is_freed_does_not_get_before_those_who_wait() -> None:
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


def test_when_one_gives_up_those_behind_move_up() -> None:
    """The bound was raised to 2 between the two of them."""
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
