"""Turns: one alone has much, many have little each, and a newcomer always has a place."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ..shares import Share, consumer_sessions
from ..turns import Turns


def greedy(turns: Turns[int], holder: str, wants: int = 1_000) -> int:
    """Have the holder ask for many places, and return how many it gets."""
    for item in range(wants):
        turns.wait(holder, item)
    while turns.begin():
        pass
    return turns.held(holder)


def test_one_alone_has_its_fraction_of_what_is_left_free() -> None:
    assert greedy(Turns(Share(128, of_free=1 / 3)), "ada") == 32
    assert greedy(Turns(Share(256, of_free=1)), "ada") == 128


def test_nine_greedy_ones_leave_places_for_a_newcomer() -> None:
    turns = Turns[int](consumer_sessions(128))
    had = [greedy(turns, f"neighbour-{n}") for n in range(9)]
    assert had == sorted(had, reverse=True)
    assert greedy(turns, "victim", wants=3) == 3


def test_places_that_are_given_back_go_to_who_holds_the_fewest() -> None:
    turns = Turns[int](Share(4, of_free=2))
    for _ in range(3):
        turns.take("ada")
    turns.take("ben")
    turns.wait("ada", 1)
    turns.wait("ben", 2)
    turns.wait("cem", 3)
    assert turns.begin() is None, "no place is free"

    turns.end("ada")
    assert turns.begin() == ("cem", 3)
    turns.end("ada")
    assert turns.begin() == ("ada", 1), "it holds as few as ben, and has waited longer"


def test_a_holder_takes_what_has_waited_longest() -> None:
    turns = Turns[str](Share(10, of_free=1))
    for item in ("first", "second", "first"):
        turns.wait("ada", item)
    assert [turns.begin(), turns.begin(), turns.begin()] == [
        ("ada", "first"), ("ada", "second"), None,
    ]  # fmt: skip


def test_who_has_left_gets_no_place() -> None:
    turns = Turns[str](Share(10, of_free=1))
    turns.wait("ada", "only")
    turns.leave("ada", "only")
    assert (turns.begin(), turns.waiting("ada")) == (None, 0)


@given(
    st.lists(st.tuples(st.sampled_from("abcdef"), st.sampled_from(("ask", "end"))), max_size=200),
    st.integers(1, 12),
    st.sampled_from((0.25, 1 / 3, 0.5, 1, 2)),
)
def test_places_are_never_exceeded_and_none_stays_free_for_who_holds_none(
    steps: list[tuple[str, str]], places: int, of_free: float
) -> None:
    turns, held = Turns[int](Share(places, of_free)), Counter[str]()
    for number, (holder, step) in enumerate(steps):
        if step == "ask":
            turns.wait(holder, number)
        elif held[holder]:
            turns.end(holder)
            held[holder] -= 1
        while turn := turns.begin():
            held[turn[0]] += 1
        assert held.total() <= places
        for name in "abcdef":
            assert turns.held(name) == held[name]
            if turns.waiting(name) and not held[name]:
                assert held.total() == places


@pytest.mark.parametrize("alone", [8, 32])
def test_a_share_grows_with_the_threads(alone: int) -> None:
    assert greedy(Turns(consumer_sessions(4 * alone)), "ada") == alone
