"""Designs and faults that cannot be: said field by field, and nothing changed."""

from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playground.delivery.design import Design, InvalidDesign
from playground.delivery.fault import Fault, Injection, InvalidFault
from playground.delivery.fault_kinds import FaultKind
from playground.delivery.retry import Retry


@pytest.mark.parametrize(
    ("choices", "field"),
    [
        ({"colour": "blue"}, "colour"),
        ({"styles": {"gateway->menu": "text"}}, "styles.gateway->menu"),
        ({"styles": {"gateway->users": "fax"}}, "styles.gateway->users"),
        ({"styles": "text"}, "styles"),
        ({"service_time_ms": {"users": -1}}, "service_time_ms.users"),
        ({"service_time_ms": {"users": True}}, "service_time_ms.users"),
        ({"service_time_ms": {"kitchen": 5}}, "service_time_ms.kitchen"),
        ({"timeout_ms": 1}, "timeout_ms"),
        ({"timeout_ms": "long"}, "timeout_ms"),
    ],
)
def test_a_choice_that_cannot_be_made_is_named(choices: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidDesign) as invalid:
        Design().patched(choices)
    assert list(invalid.value.errors) == [field]


def test_a_patch_leaves_the_other_choices_alone() -> None:
    design = Design.of({"styles": {"gateway->users": "text"}, "timeout_ms": 500})
    patched = design.patched({"service_time_ms": {"users": 7}})
    assert patched.as_json()["styles"]["gateway->users"] == "text"
    assert (patched.timeout_ms, patched.median_ms("users")) == (500, 7)


def test_a_design_survives_being_stored() -> None:
    design = Design.of({"styles": {"users->crm": "call"}, "service_time_ms": {"crm": 1}})
    assert Design.of(design.choices()) == design


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"kind": "meteor"}, "kind"),
        ({"target": "customer"}, "target"),
        ({"ms": -1}, "ms"),
        ({"percentage": 0}, "percentage"),
        ({"percentage": 101}, "percentage"),
        ({"duration_s": 0}, "duration_s"),
        ({"duration_s": 1801}, "duration_s"),
        ({"duration_s": float("nan")}, "duration_s"),
    ],
)
def test_a_fault_that_cannot_be_is_named(change: dict[str, Any], field: str) -> None:
    good = {"kind": "latency", "target": "users", "ms": 5, "percentage": 1, "duration_s": 10}
    Injection(**good).checked()
    with pytest.raises(InvalidFault) as invalid:
        Injection(**{**good, **change}).checked()
    assert list(invalid.value.errors) == [field]


RETRIES = st.builds(
    Retry,
    policy=st.sampled_from(["none", "immediate", "fixed", "exponential", "full_jitter"]),
    attempts=st.integers(1, 50),
    base_ms=st.integers(1, 60_000),
    cap_ms=st.integers(1, 60_000),
)


@given(RETRIES, st.integers(min_value=1, max_value=10_000), st.integers())
def test_a_retry_waits_no_longer_than_its_cap_and_ends_with_its_attempts(
    rules: Retry, attempt: int, seed: int
) -> None:
    delay_s = rules.delay_s(attempt, Random(seed))
    is_last = rules.policy == "none" or attempt >= rules.attempts
    assert (delay_s is None) == is_last
    assert delay_s is None or 0 <= delay_s <= rules.cap_ms / 1000


@given(st.integers(min_value=1, max_value=48))
def test_an_exponential_retry_never_comes_sooner_than_the_one_before(attempt: int) -> None:
    rules = Retry(policy="exponential", attempts=50)
    sooner, later = (rules.delay_s(n, Random(0)) for n in (attempt, attempt + 1))
    assert 0 < (sooner or 0) <= (later or 0)


def test_jitter_spreads_the_retries_of_many_over_the_whole_time() -> None:
    rules = Retry(policy="full_jitter", base_ms=1000, cap_ms=1000)
    delays = [rules.delay_s(1, Random(seed)) or 0.0 for seed in range(200)]
    assert min(delays) < 0.1
    assert max(delays) > 0.9


def test_attempts_are_counted_from_one() -> None:
    with pytest.raises(ValueError, match="counted from 1"):
        Retry().delay_s(0, Random(0))


def test_a_preset_leaves_what_the_services_are() -> None:
    design = Design.of({"service_time_ms": {"users": 7}, "ack": "early"})
    careful = design.patched({"preset": "production", "timeout_ms": 700})
    assert (careful.ack, careful.median_ms("users"), careful.timeout_ms) == ("late", 7, 700)


def test_a_part_of_a_policy_leaves_its_other_parts() -> None:
    before = Design().call_retry
    after = Design().patched({"call_retry": {"policy": "fixed"}}).call_retry
    assert (after.policy, after.attempts, after.cap_ms) == ("fixed", before.attempts, before.cap_ms)
    again = Design.of(Design().patched({"call_retry": {"policy": "fixed"}}).choices())
    assert again.call_retry == after
    assert Design().patched({"preset": "production"}).call_retry.base_ms == before.base_ms


@settings(deadline=None)
@given(st.integers(0, 2**31 - 1), st.integers(1, 100), st.integers(0, 5))
def test_the_same_seed_picks_the_same_victims_and_no_more_than_its_limit(
    seed: int, percentage: int, limit: int
) -> None:
    def victims(name: str) -> list[int]:
        fault = Fault(name, FaultKind.ERRORS, "menu", 0, percentage=percentage, limit=limit,
                      seed=seed)  # fmt: skip
        return [n for n in range(1, 200) if fault.hits_nth(n)]

    assert victims("one") == victims("another")
    assert not limit or len(victims("one")) <= limit


def test_as_built_forgets_every_choice() -> None:
    chosen = Design.of({"service_time_ms": {"users": 7}, "ack": "early", "queue_bound": 3})
    assert chosen.patched({"preset": "as built", "timeout_ms": 900}).choices() == {
        "timeout_ms": 900
    }
