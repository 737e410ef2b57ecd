"""A thread that waits holds no pooled connection, and no thread waits for the database for ever."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.db import OperationalError, connection, transaction

from playground.calls.bulkhead import NoFreeSlot, RequestSlots
from playground.handling.clock import SystemClock
from playground.storage import connections
from playground.storage.connections import (
    MOST_SECONDS,
    database_time_limit,
    give_back_connection,
    waiting_for_database,
)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def pooled(monkeypatch: pytest.MonkeyPatch) -> None:
    """As with PostgreSQL: a connection is kept only while it is used."""
    connection.close()
    monkeypatch.setitem(connection.settings_dict, "CONN_MAX_AGE", 0)
    _ask()
    assert connection.connection


def _ask() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def test_a_thread_that_sleeps_has_given_its_connection_back(pooled: None) -> None:
    SystemClock().sleep(0.001)
    assert connection.connection is None


def test_a_request_that_waits_for_a_slot_has_given_its_connection_back(pooled: None) -> None:
    slots = RequestSlots()
    with slots.one_of("p", 1, 0), pytest.raises(NoFreeSlot), slots.one_of("p", 1, 0.001):
        pass
    assert connection.connection is None


def test_the_connection_of_an_open_transaction_stays(pooled: None) -> None:
    with transaction.atomic():
        give_back_connection()
        assert connection.connection


def test_a_thread_with_a_connection_of_its_own_keeps_it(monkeypatch: pytest.MonkeyPatch) -> None:
    connection.close()
    monkeypatch.setitem(connection.settings_dict, "CONN_MAX_AGE", None)
    _ask()
    give_back_connection()
    assert connection.connection


def test_a_database_that_takes_seconds_is_not_asked_again_and_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = 0.0

    def slow(execute: Any, *statement: Any) -> Any:
        nonlocal now
        answer = execute(*statement)
        now += MOST_SECONDS * 0.6
        return answer

    monkeypatch.setattr(connections, "time", SimpleNamespace(monotonic=lambda: now))
    with database_time_limit(), connection.execute_wrapper(slow):
        _ask()
        _ask()
        with pytest.raises(OperationalError):
            _ask()
    _ask()


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    clock = SimpleNamespace(now=100.0)
    monkeypatch.setattr(connections, "time", SimpleNamespace(monotonic=lambda: clock.now))
    return clock


def test_a_wait_within_a_wait_counts_once(clock: SimpleNamespace) -> None:
    with database_time_limit(10):
        with waiting_for_database() as left_s:
            assert left_s == 10
            clock.now += 3
            with waiting_for_database() as left_s:
                assert left_s == 7
                clock.now += 2
        clock.now += 60  # not spent on the database
        with waiting_for_database() as left_s:
            assert left_s == 5
            clock.now += 5
        with pytest.raises(OperationalError), waiting_for_database():
            pass


def test_a_wait_that_fails_counts_as_well(clock: SimpleNamespace) -> None:
    with database_time_limit(10):
        with pytest.raises(ValueError), waiting_for_database():
            clock.now += 4
            raise ValueError
        with waiting_for_database() as left_s:
            assert left_s == 6


def test_after_a_limit_within_a_limit_the_outer_one_is_in_force(clock: SimpleNamespace) -> None:
    with database_time_limit(10):
        with database_time_limit(1), waiting_for_database() as left_s:
            assert left_s == 1
        with waiting_for_database() as left_s:
            assert left_s == 10
    with waiting_for_database() as left_s:
        assert left_s is None
