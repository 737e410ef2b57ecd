"""Turns: few at work at once, and nobody waits for somebody who waits."""

import asyncio
from threading import Event, Lock
from typing import Any

import pytest

from .turns import Turn, Turns

LONG_S = 20  # a limit, never reached


def together(turns: Turns, *works: Any) -> list[Any]:
    async def take_all() -> list[Any]:
        return await asyncio.wait_for(asyncio.gather(*map(turns.take, works)), LONG_S)

    return asyncio.run(take_all())


class Crowd:
    """Counts how many are in it, and how many were at most."""

    def __init__(self) -> None:
        self._lock, self._inside, self.most = Lock(), 0, 0

    def visit(self, turn: Turn) -> None:
        with self._lock:
            self._inside += 1
            self.most = max(self.most, self._inside)
        sum(range(50_000))  # work, of no fixed time
        with self._lock:
            self._inside -= 1


def test_every_request_has_its_own_answer() -> None:
    works = [lambda turn, n=n: n for n in range(50)]
    assert together(Turns(50, at_once=3), *works) == list(range(50))


def test_no_more_work_at_once_than_there_are_turns() -> None:
    crowd = Crowd()
    together(Turns(50, at_once=2), *[crowd.visit] * 40)
    assert 1 <= crowd.most <= 2


def test_whoever_rests_makes_room_for_whoever_ends_his_wait() -> None:
    came = Event()

    def wait_for_the_next(turn: Turn) -> bool:
        turn.rest()
        turn.rest()  # once is enough
        return came.wait(LONG_S)

    def come(turn: Turn) -> None:
        came.set()

    assert together(Turns(5, at_once=1), wait_for_the_next, come) == [True, None]


def test_whoever_waits_in_silence_does_not_hold_up_the_others_for_long() -> None:
    came = Event()

    def wait_in_silence(turn: Turn) -> bool:
        return came.wait(LONG_S)

    def come(turn: Turn) -> None:
        came.set()

    silent = [wait_in_silence] * 4
    assert together(Turns(10, at_once=2), *silent, come) == [True, True, True, True, None]


def test_after_all_of_that_there_are_as_many_turns_as_before() -> None:
    turns, crowd = Turns(50, at_once=2), Crowd()

    def rest(turn: Turn) -> None:
        turn.rest()

    def fail(turn: Turn) -> None:
        raise ValueError

    together(turns, *[rest] * 10)
    for _ in range(5):
        with pytest.raises(ValueError):
            together(turns, fail)
    together(turns, *[crowd.visit] * 20)
    assert 1 <= crowd.most <= 2


def test_a_loop_that_has_ended_does_not_take_the_relief_with_it() -> None:
    turns, came = Turns(10, at_once=1), Event()

    def work(turn: Turn) -> None:
        pass

    def wait_in_silence(turn: Turn) -> bool:
        return came.wait(LONG_S)

    def come(turn: Turn) -> None:
        came.set()

    together(turns, *[work] * 5)  # over before anybody had looked whether they get on
    assert together(turns, wait_in_silence, come) == [True, None]
