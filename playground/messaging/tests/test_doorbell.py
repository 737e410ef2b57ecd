"""Replica slots and the doorbell: limits on the consumer sessions of all workers together."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from redis import Redis

from playground.handling.clock import FakeClock
from playground.messaging.replica_slots import SLOT_MS, RedisReplicaSlots, ReplicaSlots, replica_of
from playground.testing import ClockReplicaSlots

STEPS = st.lists(
    st.tuples(st.sampled_from(("take", "release", "keep")), st.integers(0, 7)), max_size=24
)


@pytest.fixture(params=["in Redis", "in memory"])
def new_slots(request: Any, redis: Redis) -> Callable[[], ReplicaSlots]:
    def new() -> ReplicaSlots:
        redis.flushall()
        return (
            RedisReplicaSlots(redis)
            if request.param == "in Redis"
            else ClockReplicaSlots(FakeClock())
        )

    return new


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.integers(1, 8), STEPS)
def test_a_queue_never_has_more_sessions_than_replicas_and_every_slot_is_released(
    new_slots: Callable[[], ReplicaSlots], replicas: int, steps: list[tuple[str, int]]
) -> None:
    slots, held = new_slots(), list[str]()
    for step, which in steps:
        match step:
            case "take":
                key = slots.take("pg", "restaurant", replicas)
                assert (key is None) == (len(held) == replicas)
                held += [key] if key else []
            case "release" if held:
                slots.release("pg", "restaurant", held.pop(which % len(held)))
            case "keep" if held:
                slots.keep("pg", "restaurant", held[which % len(held)])
        assert slots.held("pg", "restaurant", replicas) == len(held)
        assert len({replica_of(key) for key in held}) == len(held)
        assert all(1 <= replica_of(key) <= replicas for key in held)
    for key in held:
        slots.release("pg", "restaurant", key)
    assert slots.held("pg", "restaurant", replicas) == 0


def test_each_service_and_each_playground_has_its_own_slots(
    new_slots: Callable[[], ReplicaSlots],
) -> None:
    slots = new_slots()
    queues = [("pg", "restaurant"), ("pg", "dispatch"), ("another", "restaurant")]
    assert all(slots.take(playground, service, 1) for playground, service in queues)
    assert not any(slots.take(playground, service, 1) for playground, service in queues)


def test_a_session_that_has_lost_its_slot_neither_keeps_nor_releases_the_new_ones(
    redis: Redis,
) -> None:
    slots = RedisReplicaSlots(redis)
    lost = slots.take("pg", "restaurant", 1)
    assert lost
    redis.flushall()  # as if the slot had expired
    successor = slots.take("pg", "restaurant", 1)
    assert successor

    [name] = redis.keys("*slot*")
    assert 0 < redis.pttl(name) <= SLOT_MS
    redis.pexpire(name, 500)
    slots.keep("pg", "restaurant", lost)
    assert redis.pttl(name) <= 500
    slots.release("pg", "restaurant", lost)
    assert slots.take("pg", "restaurant", 1) is None


def test_a_slot_that_is_not_renewed_is_free_again() -> None:
    clock = FakeClock()
    slots = ClockReplicaSlots(clock)
    key = slots.take("pg", "restaurant", 1)
    assert key
    clock.advance(2)
    slots.keep("pg", "restaurant", key)
    clock.advance(2)
    assert slots.take("pg", "restaurant", 1) is None
    clock.advance(2)
    assert slots.take("pg", "restaurant", 1)
