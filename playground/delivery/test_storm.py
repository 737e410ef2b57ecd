"""Storms: repeatable by seed, within their bounds, told and ended like any fault."""

from hypothesis import given
from hypothesis import strategies as st

from playground.delivery import faults
from playground.delivery.fault_kinds import FaultKind
from playground.delivery.storm import STORMY, Storm
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
    for at, wish in schedule:
        assert wish.kind in storm.kinds
        assert storm.min_hold_s <= wish.duration_s + 1e-9
        assert at + wish.duration_s <= storm.seconds + 1e-9
        wish.checked()
        together = [1 for other, w in schedule if other <= at < other + w.duration_s]
        assert len(together) <= storm.at_once


def test_its_faults_begin_and_end_by_themselves_and_are_told(town: Town) -> None:
    storm = Storm(seed=4, seconds=20, kinds=(FaultKind.ERRORS,), at_once=1)
    planned = faults.brew(town.playground, storm, town.clock.now())
    assert not faults.active(town.playground.id, town.clock.now())
    for _ in range(25):
        town.clock.advance(1)
        town.sweep()
    told = [r.data["on"] for r in town.records if r.kind == "fault"]
    assert told.count(True) == told.count(False) == planned > 0
    assert not faults.active(town.playground.id, town.clock.now())


def test_repairing_everything_ends_a_storm(town: Town) -> None:
    faults.brew(town.playground, Storm(seed=4), town.clock.now())
    faults.lift(town.playground)
    town.clock.advance(10)
    assert not faults.active(town.playground.id, town.clock.now())
