"""The retry schedule, wait by wait."""

from itertools import pairwise
from random import Random
from typing import Any

import pytest

from playground.company.errors import CallRefused
from playground.design.retry import Policy, Retry
from playground.messaging.tests.test_consumer import ORDER
from playground.testing import Town


class Highest(Random):
    """Draws the largest number there is to draw."""

    def uniform(self, a: float, b: float) -> float:
        return max(a, b)


SCHEDULES: list[tuple[Policy, dict[str, int], list[float]]] = [
    ("none", {}, []),
    ("immediate", {}, [0, 0, 0, 0]),
    ("fixed", {"base_ms": 200}, [0.2, 0.2, 0.2, 0.2]),
    ("fixed", {"base_ms": 900, "cap_ms": 500}, [0.5, 0.5, 0.5, 0.5]),
    ("exponential", {"base_ms": 100}, [0.1, 0.2, 0.4, 0.8]),
    ("exponential", {"base_ms": 1000, "cap_ms": 3000}, [1, 2, 3, 3]),
    ("exponential", {"base_ms": 900, "cap_ms": 500}, [0.5, 0.5, 0.5, 0.5]),
    ("exponential", {"attempts": 1}, []),
    ("exponential", {"attempts": 2}, [1]),
    ("full_jitter", {"base_ms": 100}, [0.1, 0.2, 0.4, 0.8]),
    ("full_jitter", {"base_ms": 1000, "cap_ms": 3000}, [1, 2, 3, 3]),
]


@pytest.mark.parametrize(("policy", "choices", "waits"), SCHEDULES)
def test_each_policy_waits_exactly_so_long_and_then_gives_up(
    policy: Policy, choices: dict[str, int], waits: list[float]
) -> None:
    rules = Retry(policy=policy, **choices)
    schedule = [rules.delay_s(attempt, Highest()) for attempt in range(1, len(waits) + 2)]
    assert schedule == [*(pytest.approx(wait) for wait in waits), None]


def test_full_jitter_draws_evenly_from_nothing_to_the_wait_without_jitter() -> None:
    rules = Retry(policy="full_jitter", base_ms=1000, cap_ms=4000)
    chance = Random(1)
    for attempt, most in ((1, 1.0), (2, 2.0), (3, 4.0), (4, 4.0)):
        drawn = [rules.delay_s(attempt, chance) or 0.0 for _ in range(400)]
        assert 0 <= min(drawn) < most * 0.05
        assert most * 0.95 < max(drawn) <= most
        assert sum(drawn) / len(drawn) == pytest.approx(most / 2, rel=0.1)


DELIVERIES: list[tuple[dict[str, Any], list[float]]] = [
    ({"policy": "none"}, []),
    ({"policy": "immediate", "attempts": 3}, [0, 0]),
    ({"policy": "fixed", "attempts": 4, "base_ms": 2000}, [2, 2, 2]),
    ({"policy": "exponential", "attempts": 5, "base_ms": 1000, "cap_ms": 4000}, [1, 2, 4, 4]),
]


@pytest.mark.parametrize(("rules", "waits"), DELIVERIES)
def test_a_delivery_is_put_off_by_the_schedule_and_then_is_a_dead_letter(
    town: Town, rules: dict[str, Any], waits: list[float]
) -> None:
    town.choose(delivery_retry=rules)
    town.inject("errors", "restaurant")
    town.ask(ORDER)
    town.serve_all()
    for _ in range(30):
        town.clock.advance(1)
        town.sweep()

    retries = [r for r in town.records if r.kind == "retry" and r.target == "restaurant"]
    assert [r.data["delay_s"] for r in retries] == waits
    assert [r.attempt for r in town.records if r.kind == "dead_letter"] == [len(waits) + 1]
    tried = [r.at for r in town.records if r.kind == "deliver" and r.target == "restaurant"]
    for (sooner, later), wait in zip(pairwise(tried), waits, strict=True):
        assert wait <= later - sooner < wait + 1.1, "we sweep once a second"


@pytest.mark.parametrize(("rules", "waits"), DELIVERIES)
def test_a_caller_waits_by_the_same_schedule_between_its_calls(
    town: Town, rules: dict[str, Any], waits: list[float]
) -> None:
    town.choose(call_retry=rules)
    town.inject("unreachable", "menu")
    with pytest.raises(CallRefused):
        town.ask(ORDER)

    calls = [r.at for r in town.records if r.kind == "request" and r.target == "menu"]
    assert [later - sooner for sooner, later in pairwise(calls)] == pytest.approx(waits)
