"""A Redis client per thread: no thread reads the answer to another's command."""

import os
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from redis import Redis

from playground import bootstrap
from playground.fairness.shares import CALLEES, REQUESTS
from playground.storage.redis_per_thread import PerThread


def test_each_thread_keeps_one_connection_of_its_own(redis: Redis) -> None:
    own, all_there = PerThread(redis), Barrier(4)

    def client_ids() -> set[int]:
        all_there.wait(10)
        return {own.client().client_id() for _ in range(5)}

    with ThreadPoolExecutor(4) as threads:
        found = [job.result() for job in [threads.submit(client_ids) for _ in range(4)]]
    assert [len(ids) for ids in found] == [1] * 4
    assert len(set.union(*found)) == 4


def test_one_connection_per_thread_leaves_enough_for_the_pool() -> None:
    """redis-py's default is 100, and threads that keep a connection would leave none to others."""
    assert REQUESTS.places + CALLEES.places + 200 < bootstrap.MOST_CONNECTIONS


def test_many_threads_and_the_pool_are_served_at_once(redis: Redis) -> None:
    shared, all_there = bootstrap.redis_client(), Barrier(150)
    own = PerThread(shared)

    def say_hello() -> bool:
        own.client()
        all_there.wait(20)  # all threads hold a connection
        return bool(own.client().ping() and shared.ping())

    with ThreadPoolExecutor(150) as threads:
        assert all(job.result() for job in [threads.submit(say_hello) for _ in range(150)])


def test_a_forked_child_does_not_use_its_parents_connection(redis: Redis) -> None:
    own = PerThread(redis)
    parents = own.client().client_id()
    reading, writing = os.pipe()
    child = os.fork()
    if not child:  # pragma: no cover (nothing is collected from here)
        try:
            os.write(writing, str(own.client().client_id()).encode())
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    assert int(os.read(reading, 20)) != parents
    assert own.client().client_id() == parents
    os.close(reading)
    os.close(writing)


def test_a_client_reconnects_after_redis_has_closed_its_connection(redis: Redis) -> None:
    own = PerThread(redis)
    before = own.client().client_id()
    redis.client_kill_filter(_id=str(before))
    assert own.client().client_id() != before
