"""Request slots: a real bound on how many are at work."""

from contextlib import suppress
from threading import Event, Lock, Thread

import pytest

from playground.delivery.request_slots import NoFreeSlot, RequestSlots


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
