"""Storms: repeatable by seed, within their bounds, told and ended like any fault."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.faults import switching as faults
from playground.faults.catalogue import FaultKind
from playground.faults.storm import STORMY, Storm
from playground.testing import Town

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
def test_a_storm_keeps_to_its_bounds_and_comes_again_with_its_seed(storm: Storm) -> None:
    schedule = storm.schedule()
    assert schedule == storm.schedule()
    assert bool(schedule) == (storm.min_hold_s <= storm.seconds)
    for at, wish in schedule:
        assert wish.kind in storm.kinds
        assert storm.min_hold_s <= wish.duration_s + 1e-9
        assert wish.duration_s <= storm.max_hold_s
        assert at + wish.duration_s <= storm.seconds + 1e-9
        wish.checked()
        together = [1 for other, w in schedule if other <= at < other + w.duration_s]
        assert len(together) <= storm.at_once


def test_another_seed_brings_another_storm() -> None:
    storms = [Storm(seed=seed).schedule() for seed in range(50)]
    assert len({tuple(at for at, _ in schedule) for schedule in storms}) == 50
    assert len({tuple(w.kind for _, w in schedule) for schedule in storms}) > 40
    assert len({w.target for schedule in storms for _, w in schedule}) > 10


def test_its_faults_last_anything_from_the_shortest_to_the_longest_hold() -> None:
    holds = [w.duration_s for seed in range(50) for _, w in Storm(seed, seconds=600).schedule()]
    assert min(holds) < 5.5
    assert max(holds) > 14.5


@pytest.mark.parametrize("at_once", [1, 2, 5])
def test_as_many_at_once_as_were_wished_for_do_come(at_once: int) -> None:
    schedule = Storm(seed=1, seconds=600, at_once=at_once).schedule()
    together = [
        sum(other <= at < other + w.duration_s for other, w in schedule) for at, _ in schedule
    ]
    assert max(together) == at_once


def test_its_faults_begin_and_end_by_themselves_and_are_told(town: Town) -> None:
    storm = Storm(seed=4, seconds=20, kinds=(FaultKind.ERRORS,), at_once=1)
    planned = faults.schedule(town.playground, storm, town.clock.now())
    assert not faults.active(town.playground.id, town.clock.now())
    for _ in range(25):
        town.clock.advance(1)
        town.sweep()
    told = [r.data["on"] for r in town.records if r.kind == "fault"]
    assert told.count(True) == told.count(False) == planned > 0
    assert not faults.active(town.playground.id, town.clock.now())


def test_repairing_everything_ends_a_storm(town: Town) -> None:
    faults.schedule(town.playground, Storm(seed=4), town.clock.now())
    faults.clear(town.playground)
    town.clock.advance(10)
    assert not faults.active(town.playground.id, town.clock.now())
