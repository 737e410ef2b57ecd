"""A Redis client per thread: nobody reads the answer to somebody else's command."""

import os
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from redis import Redis

from playground.delivery.per_thread import PerThread


def test_each_thread_keeps_one_connection_of_its_own(redis: Redis) -> None:
    own, all_there = PerThread(redis), Barrier(4)

    def client_ids() -> set[int]:
        all_there.wait(10)
        return {own.client().client_id() for _ in range(5)}

    with ThreadPoolExecutor(4) as threads:
        found = [job.result() for job in [threads.submit(client_ids) for _ in range(4)]]
    assert [len(ids) for ids in found] == [1] * 4
    assert len(set.union(*found)) == 4


def test_a_fork_does_not_talk_over_its_parents_connection(redis: Redis) -> None:
    own = PerThread(redis)
    parents = own.client().client_id()
    reading, writing = os.pipe()
    child = os.fork()
    if not child:  # pragma: no cover (nothing is collected from here)
        os.write(writing, str(own.client().client_id()).encode())
        os._exit(0)
    os.waitpid(child, 0)
    assert int(os.read(reading, 20)) != parents
    assert own.client().client_id() == parents
    os.close(reading)
    os.close(writing)


def test_it_comes_back_after_redis_has_closed_its_connection(redis: Redis) -> None:
    own = PerThread(redis)
    before = own.client().client_id()
    redis.client_kill_filter(_id=str(before))
    assert own.client().client_id() != before
