"""The circuit breaker: its rules, and its state on Redis."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from redis import Redis

from playground.calls.breaker_store import HEALTHY_KEPT_S, Breakers, RedisBreakers
from playground.calls.circuit_breaker import BreakerState, Phase
from playground.design.choices import Breaker
from playground.testing import MemoryBreakers

RULES = Breaker(on=True, failures=3, open_ms=5_000)
PG, PROBE_S = "playground", 2.0


@pytest.fixture(params=["memory", "redis"])
def breakers(request: pytest.FixtureRequest) -> Breakers:
    if request.param == "memory":
        return MemoryBreakers()
    client: Redis = request.getfixturevalue("redis")
    return RedisBreakers(client)


def fail(breakers: Breakers, times: int, now: float) -> Phase | None:
    phase = None
    for _ in range(times):
        assert breakers.admit(PG, "menu", RULES, now, PROBE_S)
        phase = breakers.note(PG, "menu", False, RULES, now)
    return phase


def test_a_breaker_opens_after_the_configured_failures_in_a_row(breakers: Breakers) -> None:
    assert fail(breakers, 2, 0) is None
    breakers.note(PG, "menu", True, RULES, 0)
    assert fail(breakers, 3, 0) is Phase.OPEN
    assert not breakers.admit(PG, "menu", RULES, 4.9, PROBE_S)
    assert breakers.admit(PG, "payments", RULES, 4.9, PROBE_S), "another callee"
    assert breakers.admit("other", "menu", RULES, 4.9, PROBE_S), "another playground"


def test_a_half_open_breaker_admits_one_probe_whose_success_closes_it(breakers: Breakers) -> None:
    fail(breakers, 3, 0)
    assert breakers.admit(PG, "menu", RULES, 5, PROBE_S)
    assert not breakers.admit(PG, "menu", RULES, 5, PROBE_S)
    assert breakers.note(PG, "menu", True, RULES, 5) is Phase.CLOSED
    assert breakers.admit(PG, "menu", RULES, 5, PROBE_S)


def test_a_late_success_of_an_earlier_call_does_not_close_an_open_breaker(
    breakers: Breakers,
) -> None:
    assert breakers.admit(PG, "menu", RULES, 0, PROBE_S), "it is on its way"
    fail(breakers, 3, 1)
    assert breakers.note(PG, "menu", True, RULES, 2) is None
    assert not breakers.admit(PG, "menu", RULES, 2, PROBE_S)


def test_a_failed_probe_opens_the_breaker_again(breakers: Breakers) -> None:
    fail(breakers, 3, 0)
    assert breakers.admit(PG, "menu", RULES, 5, PROBE_S)
    assert breakers.note(PG, "menu", False, RULES, 5) is Phase.OPEN
    assert not breakers.admit(PG, "menu", RULES, 9, PROBE_S)
    assert breakers.admit(PG, "menu", RULES, 10, PROBE_S)


def test_a_probe_that_never_reports_does_not_block_the_breaker_for_ever(
    breakers: Breakers,
) -> None:
    fail(breakers, 3, 0)
    assert breakers.admit(PG, "menu", RULES, 5, PROBE_S)
    assert breakers.admit(PG, "menu", RULES, 5 + PROBE_S, PROBE_S)


def test_of_many_concurrent_probes_one_is_admitted(redis: Redis) -> None:
    breakers = RedisBreakers(redis)
    fail(breakers, 3, 0)
    with ThreadPoolExecutor(8) as pool:
        admitted = pool.map(lambda _: breakers.admit(PG, "menu", RULES, 5, PROBE_S), range(40))
    assert sum(admitted) == 1


def test_a_process_soon_sees_that_another_has_opened_the_breaker(redis: Redis) -> None:
    one, other = RedisBreakers(redis), RedisBreakers(redis)
    assert one.admit(PG, "menu", RULES, 0, PROBE_S)
    fail(other, 3, 0)
    assert not one.admit(PG, "menu", RULES, HEALTHY_KEPT_S, PROBE_S)


def test_the_breaker_of_a_healthy_callee_is_not_read_at_every_call(redis: Redis) -> None:
    breakers = RedisBreakers(redis)
    before = calls_of(redis)
    for _ in range(100):
        assert breakers.admit(PG, "menu", RULES, 0, PROBE_S)
        breakers.note(PG, "menu", True, RULES, 0)
    assert calls_of(redis) - before == 1


def calls_of(redis: Redis) -> int:
    """How often a breaker's state was read from Redis."""
    statistics: Any = redis.info("commandstats")
    hget = statistics.get("cmdstat_hget", {"calls": 0})
    return int(hget["calls"])


@given(st.lists(st.tuples(st.booleans(), st.floats(0, 3))))
def test_a_breaker_opens_only_after_enough_failures_and_never_for_longer_than_configured(
    history: list[tuple[bool, float]],
) -> None:
    state, now, in_a_row = BreakerState(), 0.0, 0
    for success, pause_s in history:
        now += pause_s
        admitted = state.admit(RULES, now, PROBE_S)
        if admitted is None:
            assert in_a_row >= RULES.failures
            assert state.opened_at is not None
            is_open = now < state.opened_at + RULES.open_ms / 1000
            assert is_open or now < state.probe_until
            continue
        state = admitted.after(success, RULES, now)
        in_a_row = 0 if success else in_a_row + 1
        assert (state.phase(RULES, now) is Phase.CLOSED) == (success or in_a_row < RULES.failures)
