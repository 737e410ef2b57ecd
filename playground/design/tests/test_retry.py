"""Retry policies: every delay, for calls and for deliveries."""

from itertools import pairwise
from random import Random
from typing import Any

import pytest

from playground.company.errors import CallRefused
from playground.design.retry import Policy, Retry
from playground.messaging.tests.test_consumer import ORDER
from playground.testing import InMemoryPlayground


class Highest(Random):
    """Always draws the largest possible number."""

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
def test_each_policy_waits_exactly_as_long_as_it_says_and_then_gives_up(
    policy: Policy, choices: dict[str, int], waits: list[float]
) -> None:
    rules = Retry(policy=policy, **choices)
    schedule = [rules.delay_s(attempt, Highest()) for attempt in range(1, len(waits) + 2)]
    assert schedule == [*(pytest.approx(wait) for wait in waits), None]


def test_full_jitter_draws_uniformly_from_zero_to_the_delay_without_jitter() -> None:
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
def test_a_delivery_is_retried_by_the_policy_and_then_dead_lettered(
    shop: InMemoryPlayground, rules: dict[str, Any], waits: list[float]
) -> None:
    shop.choose(delivery_retry=rules)
    shop.inject("errors", "restaurant")
    shop.ask(ORDER)
    shop.serve_all()
    for _ in range(30):
        shop.clock.advance(1)
        shop.sweep()

    retries = [r for r in shop.records if r.kind == "retry" and r.target == "restaurant"]
    assert [r.data["delay_s"] for r in retries] == waits
    assert [r.attempt for r in shop.records if r.kind == "dead_letter"] == [len(waits) + 1]
    tried = [r.at for r in shop.records if r.kind == "deliver" and r.target == "restaurant"]
    for (sooner, later), wait in zip(pairwise(tried), waits, strict=True):
        assert wait <= later - sooner < wait + 1.1, "we sweep once a second"


@pytest.mark.parametrize(("rules", "waits"), DELIVERIES)
def test_a_caller_waits_between_retries_by_the_same_policy(
    shop: InMemoryPlayground, rules: dict[str, Any], waits: list[float]
) -> None:
    shop.choose(call_retry=rules)
    shop.inject("unreachable", "menu")
    with pytest.raises(CallRefused):
        shop.ask(ORDER)

    calls = [r.at for r in shop.records if r.kind == "request" and r.target == "menu"]
    assert [later - sooner for sooner, later in pairwise(calls)] == pytest.approx(waits)
