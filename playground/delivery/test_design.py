"""Designs and faults that cannot be: said field by field, and nothing changed."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.delivery.design import Design, InvalidDesign
from playground.delivery.fault import InvalidFault, checked
from playground.delivery.retry import CAP_S, backoff_s


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
    assert (patched.timeout_ms, patched.service_time_ms("users")) == (500, 7)


def test_a_design_survives_being_stored() -> None:
    design = Design.of({"styles": {"users->crm": "call"}, "service_time_ms": {"crm": 1}})
    assert Design.of(design.choices()) == design


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"kind": "meteor"}, "kind"),
        ({"target": "customer"}, "target"),
        ({"ms": 0}, "ms"),
        ({"percentage": 0}, "percentage"),
        ({"percentage": 101}, "percentage"),
        ({"duration_s": 0}, "duration_s"),
        ({"duration_s": 1801}, "duration_s"),
        ({"duration_s": float("nan")}, "duration_s"),
    ],
)
def test_a_fault_that_cannot_be_is_named(change: dict[str, Any], field: str) -> None:
    good = {"kind": "latency", "target": "users", "ms": 5, "percentage": 1, "duration_s": 10}
    checked(**good)
    with pytest.raises(InvalidFault) as invalid:
        checked(**{**good, **change})
    assert list(invalid.value.errors) == [field]


@given(st.integers(min_value=1, max_value=10_000))
def test_a_retry_never_comes_sooner_than_the_one_before(attempt: int) -> None:
    assert 0 < backoff_s(attempt) <= backoff_s(attempt + 1) <= CAP_S


def test_attempts_are_counted_from_one() -> None:
    with pytest.raises(ValueError, match="counted from 1"):
        backoff_s(0)
