"""The whole product on PostgreSQL, with few connections in the pool."""

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from .postgresql import postgresql_server, programs
from .stack import ORDER, Stack, until

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
