"""Designs: validation field by field, patches, presets, service times; and invalid faults."""

from random import Random
from statistics import median, quantiles
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playground.company.topology import working_services
from playground.design.choices import AS_BUILT, LONGEST_WORK_S, PRESETS, Design, InvalidDesign
from playground.design.retry import Retry
from playground.faults.catalogue import FaultKind
from playground.faults.fault import Fault, FaultRequest, InvalidFault


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
def test_an_invalid_choice_is_named(choices: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidDesign) as invalid:
        Design().patched(choices)
    assert list(invalid.value.errors) == [field]


def test_a_patch_keeps_the_other_choices() -> None:
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
def test_an_invalid_fault_is_named(change: dict[str, Any], field: str) -> None:
    good = {"kind": "latency", "target": "users", "ms": 5, "percentage": 1, "duration_s": 10}
    FaultRequest(**good).checked()
    with pytest.raises(InvalidFault) as invalid:
        FaultRequest(**{**good, **change}).checked()
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


def test_jitter_spreads_the_retries_of_many_messages_over_the_whole_delay() -> None:
    rules = Retry(policy="full_jitter", base_ms=1000, cap_ms=1000)
    delays = [rules.delay_s(1, Random(seed)) or 0.0 for seed in range(200)]
    assert min(delays) < 0.1
    assert max(delays) > 0.9


def test_attempts_are_counted_from_one() -> None:
    with pytest.raises(ValueError, match="counted from 1"):
        Retry().delay_s(0, Random(0))


def test_a_preset_keeps_the_services_and_their_times() -> None:
    design = Design.of({"service_time_ms": {"users": 7}, "ack": "early"})
    careful = design.patched({"preset": "production", "timeout_ms": 700})
    assert (careful.ack, careful.median_ms("users"), careful.timeout_ms) == ("late", 7, 700)


def test_a_patch_of_one_policy_field_keeps_the_others() -> None:
    before = Design().call_retry
    after = Design().patched({"call_retry": {"policy": "fixed"}}).call_retry
    assert (after.policy, after.attempts, after.cap_ms) == ("fixed", before.attempts, before.cap_ms)
    again = Design.of(Design().patched({"call_retry": {"policy": "fixed"}}).choices())
    assert again.call_retry == after
    assert Design().patched({"preset": "production"}).call_retry.base_ms == before.base_ms


@settings(deadline=None)
@given(st.integers(0, 2**31 - 1), st.integers(1, 100), st.integers(0, 5))
def test_the_same_seed_hits_the_same_messages_and_no_more_than_its_limit(
    seed: int, percentage: int, limit: int
) -> None:
    def hits(name: str) -> list[int]:
        fault = Fault(name, FaultKind.ERRORS, "menu", 0, percentage=percentage, limit=limit,
                      seed=seed)  # fmt: skip
        return [n for n in range(1, 200) if fault.hits_nth(n)]

    assert hits("one") == hits("another")
    assert not limit or len(hits("one")) <= limit


def test_an_empty_preset_is_none() -> None:
    assert Design().patched({"preset": "", "timeout_ms": 900}).choices() == {"timeout_ms": 900}


def test_the_preset_as_built_resets_every_choice() -> None:
    chosen = Design.of({"service_time_ms": {"users": 7}, "ack": "early", "queue_bound": 3})
    assert chosen.patched({"preset": "as built", "timeout_ms": 900}).choices() == {
        "timeout_ms": 900
    }


AT_THE_BOUNDS: list[tuple[str, Any, Any]] = [
    ("replicas", {"restaurant": 1}, {"restaurant": 8}),
    ("service_time_ms", {"restaurant": 0}, {"restaurant": 10_000}),
    ("service_time_spread", {"restaurant": 0}, {"restaurant": 1.5}),
    ("timeout_ms", 50, 30_000),
    ("request_slots", 1, 200),
    ("queue_bound", 1, 10_000),
    ("kitchen_capacity", 0, 1_000),
    ("breaker", {"failures": 1, "open_ms": 100}, {"failures": 100, "open_ms": 60_000}),
    *(
        (which, dict.fromkeys(parts, 1), dict(zip(parts, (50, 60_000, 60_000), strict=True)))
        for which in ("call_retry", "delivery_retry")
        for parts in (("attempts", "base_ms", "cap_ms"),)
    ),
]


@pytest.mark.parametrize(("name", "lowest", "highest"), AT_THE_BOUNDS)
def test_a_choice_accepts_its_lowest_and_its_highest_value(
    name: str, lowest: Any, highest: Any
) -> None:
    for value in (lowest, highest):
        chosen = Design().patched({name: value}).as_json()[name]
        assert chosen == (chosen | value if isinstance(value, dict) else value)


@pytest.mark.parametrize("name", ["request_slots", "queue_bound", "kitchen_capacity"])
def test_a_bound_can_be_removed(name: str) -> None:
    assert Design().patched({name: 5}).patched({name: None}) == Design()


ALL_TEXT = {
    "gateway->users": "call",
    "users->notification": "text",
    "users->crm": "text",
    "users->analytics": "text",
    "orders->restaurant": "text",
    "orders->notification": "text",
    "orders->dispatch": "text",
}
ONE_OF_EACH = dict.fromkeys(working_services(), 1)
# Every choice that a preset sets. What it keeps is tested above.
TEXTBOOK_ASYNC = {
    "styles": ALL_TEXT,
    "replicas": ONE_OF_EACH,
    "timeout_ms": 3_000,
    "request_slots": None,
    "call_retry": {"policy": "none", "attempts": 3, "base_ms": 200, "cap_ms": 2_000},
    "breaker": {"on": False, "failures": 5, "open_ms": 5_000},
    "ack": "late",
    "delivery_retry": {
        "policy": "exponential", "attempts": 20, "base_ms": 1_000, "cap_ms": 10_000,
    },
    "dead_letters": True,
    "outbox": True,
    "idempotent_consumers": True,
    "idempotency_key": True,
    "queue_bound": None,
}  # fmt: skip
IN_FULL: dict[str, dict[str, Any]] = {
    "textbook async": TEXTBOOK_ASYNC,
    "textbook sync": TEXTBOOK_ASYNC
    | {"styles": dict.fromkeys(ALL_TEXT, "call"), "request_slots": 20},
    "careless async": TEXTBOOK_ASYNC
    | {
        "ack": "early",
        "outbox": False,
        "idempotent_consumers": False,
        "idempotency_key": False,
        "dead_letters": False,
        "delivery_retry": TEXTBOOK_ASYNC["delivery_retry"] | {"policy": "none"},
    },
    "production": TEXTBOOK_ASYNC
    | {
        "request_slots": 50,
        "call_retry": TEXTBOOK_ASYNC["call_retry"] | {"policy": "full_jitter"},
        "breaker": {"on": True, "failures": 5, "open_ms": 5_000},
        "queue_bound": 1_000,
        "replicas": ONE_OF_EACH | {"restaurant": 2, "notification": 2, "dispatch": 2},
    },
}


@pytest.mark.parametrize("name", [name for name in PRESETS if name != AS_BUILT])
def test_a_preset_sets_every_choice_whatever_was_chosen_before(name: str) -> None:
    before = Design.of(
        {
            "styles": {"gateway->users": "text", "users->crm": "call", "orders->dispatch": "call"},
            "replicas": {"crm": 5},
            "timeout_ms": 77,
            "request_slots": 3,
            "call_retry": {"policy": "fixed", "attempts": 9, "base_ms": 9, "cap_ms": 9},
            "breaker": {"on": True, "failures": 9, "open_ms": 900},
            "delivery_retry": {"policy": "fixed", "attempts": 9, "base_ms": 9, "cap_ms": 9},
            "ack": "early",
            "dead_letters": False,
            "outbox": False,
            "idempotent_consumers": False,
            "idempotency_key": False,
            "queue_bound": 9,
        }
    )
    kept = {"service_time_ms", "service_time_spread", "subscribers", "kitchen_capacity"}
    for design in (Design(), before):
        chosen = design.patched({"preset": name}).as_json()
        assert {key: chosen[key] for key in chosen.keys() - kept} == IN_FULL[name]


@pytest.mark.parametrize("service", working_services())
def test_with_a_spread_half_of_the_times_are_below_the_median(service: str) -> None:
    design = Design.of({"service_time_ms": {service: 400}, "service_time_spread": {service: 1.0}})
    times = [design.service_time_s(service, f"message-{n}") for n in range(2_000)]
    assert median(times) == pytest.approx(0.400, rel=0.08)
    assert min(times) < 0.1 and max(times) > 2, "a long tail"


def test_a_wider_spread_draws_times_that_differ_more() -> None:
    def tail(spread: float) -> float:
        design = Design.of({"service_time_spread": {"menu": spread}})
        times = [design.service_time_s("menu", f"message-{n}") for n in range(500)]
        return quantiles(times, n=20)[-1] / median(times)

    assert 1 < tail(0.2) < tail(0.5) < tail(1.0) < tail(1.5)


@pytest.mark.parametrize("chosen", [0, 1, 250, 10_000])
def test_without_a_spread_every_message_takes_exactly_the_median(chosen: int) -> None:
    design = Design.of({"service_time_ms": {"menu": chosen}, "service_time_spread": {"menu": 0}})
    assert {design.service_time_s("menu", f"message-{n}") for n in range(50)} == {chosen / 1000}


def test_no_message_takes_longer_than_half_a_minute() -> None:
    design = Design.of({"service_time_ms": {"menu": 10_000}, "service_time_spread": {"menu": 1.5}})
    assert max(design.service_time_s("menu", f"message-{n}") for n in range(500)) == LONGEST_WORK_S
