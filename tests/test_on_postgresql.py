"""The whole product on PostgreSQL, with few connections in the pool."""

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from .postgresql import postgresql_server, programs
from .stack import ORDER, ROOT, Stack, until

AT_ONCE = 25


@pytest.fixture(scope="module")
def database() -> Iterator[str]:
    if programs() is None:
        pytest.skip("there is no PostgreSQL here (on Debian: apt install postgresql)")
    with postgresql_server() as url:
        yield url


@pytest.fixture
def few_connections(own_stack: Stack, database: str) -> Stack:
    own_stack.settings |= {"DATABASE_URL": database, "DATABASE_POOL": "3"}
    return own_stack.start()


def test_requests_that_wait_for_a_service_leave_the_connections_to_others(
    few_connections: Stack,
) -> None:
    script, other = few_connections.script(), few_connections.script()
    hang = {"kind": "hang", "target": "payments", "duration_s": 120}
    assert script("POST", "/api/playground/faults", hang).status_code == 201
    patient = {"timeout_ms": 5000}
    assert script("PATCH", "/api/playground/design", patient).status_code == 200
    with ThreadPoolExecutor(AT_ONCE) as pool:
        waiting = [pool.submit(script, "POST", "/api/orders", ORDER) for _ in range(AT_ONCE)]
        until(lambda: len(script.records()) > AT_ONCE, "the orders wait")
        other.order()
        assert not any(answer.done() for answer in waiting), "nobody waited any more"
    assert Counter(answer.result().status_code for answer in waiting) == {504: AT_ONCE}


def test_web_hosts_that_start_together_on_an_empty_database_all_come_up(
    processes: None, tmp_path: Path
) -> None:
    if programs() is None:
        pytest.skip("there is no PostgreSQL here (on Debian: apt install postgresql)")
    with postgresql_server() as url:
        environment = {**os.environ, "DATABASE_URL": url, "DATA_DIR": str(tmp_path)}
        command = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
        hosts = [
            subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.PIPE)
            for _ in range(3)
        ]
        complaints = [host.communicate()[1].decode() for host in hosts]
    assert [host.returncode for host in hosts] == [0, 0, 0], complaints


def test_a_worker_host_says_that_it_is_at_work(few_connections: Stack, tmp_path: Path) -> None:
    shared = {
        "DATABASE_URL": few_connections.settings["DATABASE_URL"],
        "REDIS_URL": (few_connections.data_dir / "redis.url").read_text(),
        "INTERNAL_URL": few_connections.url,
    }
    host = Stack(tmp_path / "worker", settings=shared, arguments=("--only", "worker"))
    host.launch()
    try:
        until(lambda: "The worker is at work" in host.printed, "the worker's greeting", 60)
    finally:
        host.stop()
