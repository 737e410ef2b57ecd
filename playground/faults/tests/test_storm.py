"""Storms: repeatable by seed, within bounds, recorded and ended like any fault."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.faults import switching as faults
from playground.faults.catalogue import FaultKind
from playground.faults.storm import STORMY, Storm
from playground.testing import InMemoryPlayground

STORMS = st.builds(
    Storm,
    seed=st.integers(0, 2**31 - 1),
    seconds=st.integers(5, 600),
    kinds=st.lists(st.sampled_from(STORMY), min_size=1, max_size=5),
    min_hold_s=st.floats(1, 10),
    max_hold_s=st.floats(10, 60),
    at_once=st.integers(1, 5),
)


@given(STORMS)
def test_a_storm_keeps_its_bounds_and_repeats_with_its_seed(storm: Storm) -> None:
    schedule = storm.schedule()
    assert schedule == storm.schedule()
    assert bool(schedule) == (storm.min_hold_s <= storm.seconds)
    for at, request in schedule:
        assert request.kind in storm.kinds
        assert storm.min_hold_s <= request.duration_s + 1e-9
        assert request.duration_s <= storm.max_hold_s
        assert at + request.duration_s <= storm.seconds + 1e-9
        request.checked()
        together = [1 for other, w in schedule if other <= at < other + w.duration_s]
        assert len(together) <= storm.at_once


def test_another_seed_gives_another_storm() -> None:
    storms = [Storm(seed=seed).schedule() for seed in range(50)]
    assert len({tuple(at for at, _ in schedule) for schedule in storms}) == 50
    assert len({tuple(w.kind for _, w in schedule) for schedule in storms}) > 40
    assert len({w.target for schedule in storms for _, w in schedule}) > 10


def test_a_storms_faults_last_between_the_shortest_and_the_longest_hold() -> None:
    holds = [w.duration_s for seed in range(50) for _, w in Storm(seed, seconds=600).schedule()]
    assert min(holds) < 5.5
    assert max(holds) > 14.5


@pytest.mark.parametrize("at_once", [1, 2, 5])
def test_a_storm_reaches_the_number_of_faults_at_once_that_was_requested(at_once: int) -> None:
    schedule = Storm(seed=1, seconds=600, at_once=at_once).schedule()
    together = [
        sum(other <= at < other + w.duration_s for other, w in schedule) for at, _ in schedule
    ]
    assert max(together) == at_once


def test_a_storms_faults_begin_and_end_by_themselves_and_are_recorded(
    shop: InMemoryPlayground,
) -> None:
    storm = Storm(seed=4, seconds=20, kinds=(FaultKind.ERRORS,), at_once=1)
    planned = faults.schedule(shop.playground, storm, shop.clock.now())
    assert not faults.active(shop.playground.id, shop.clock.now())
    for _ in range(25):
        shop.clock.advance(1)
        shop.sweep()
    switches = [r.data["on"] for r in shop.records if r.kind == "fault"]
    assert switches.count(True) == switches.count(False) == planned > 0
    assert not faults.active(shop.playground.id, shop.clock.now())


def test_repairing_everything_ends_a_storm(shop: InMemoryPlayground) -> None:
    faults.schedule(shop.playground, Storm(seed=4), shop.clock.now())
    faults.clear(shop.playground)
    shop.clock.advance(10)
    assert not faults.active(shop.playground.id, shop.clock.now())
