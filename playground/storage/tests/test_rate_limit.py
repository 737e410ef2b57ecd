"""A limit counts over all processes, exactly."""

from functools import partial

from redis import Redis

from playground.storage.rate_limit import RateLimit
from playground.testing import at_once


def two_processes(redis: Redis) -> tuple[RateLimit, RateLimit]:
    first, second = (RateLimit(redis, "test", most=5, window_s=60) for _ in range(2))
    return first, second


def test_all_processes_count_together_however_many_come_at_once(redis: Redis) -> None:
    jobs = [partial(limit.take, "ada") for limit in two_processes(redis) * 10]
    waits = at_once(jobs)
    assert waits.count(0.0) == 5
    assert all(0 < float(str(wait)) <= 60 for wait in waits if wait)


def test_nobody_counts_for_somebody_else(redis: Redis) -> None:
    limit, _ = two_processes(redis)
    for _ in range(9):
        limit.take("ada")
    assert limit.take("ben") == 0.0


def test_what_is_given_back_does_not_count(redis: Redis) -> None:
    limit, _ = two_processes(redis)
    for _ in range(50):
        assert limit.take("ada") == 0.0
        limit.give_back("ada")


def test_a_count_ends_with_its_window(redis: Redis) -> None:
    limit, _ = two_processes(redis)
    limit.take("ada")
    [key] = redis.keys("inflight:limit:*")
    assert 0 < redis.pttl(key) <= 60_000
