"""Conditions: caches in a process never hide what another process has changed."""

import subprocess
import sys
from typing import Any

import pytest
from django.db import connection

from playground.handling import conditions
from playground.messaging.consumer import PACE_S
from playground.messaging.tests.test_consumer import ORDER, depth
from playground.models import Playground
from playground.storage import playgrounds
from playground.testing import NO_SERVICE_TIME, InMemoryPlayground


def in_another_process(statement: str, *values: object) -> None:
    """Change the test's database as another web or worker process would."""
    script = (
        "import sqlite3, sys; "
        "db = sqlite3.connect(sys.argv[1], timeout=10); "
        "db.execute(sys.argv[2], sys.argv[3:]); db.commit()"
    )
    name = str(connection.settings_dict["NAME"])
    command = [sys.executable, "-c", script, name, statement, *map(str, values)]
    subprocess.run(command, check=True)


@pytest.mark.skipif("connection.vendor != 'sqlite'")
@pytest.mark.django_db(transaction=True)
def test_a_design_changed_by_another_process_applies_to_the_next_request(processes: None) -> None:
    shop = InMemoryPlayground()
    before = conditions.load(shop.playground.id, shop.clock.now())

    in_another_process(
        "UPDATE playground_playground SET design = ? WHERE id = ?",
        '{"timeout_ms": 700}', shop.playground.id,
    )  # fmt: skip

    after = conditions.load(shop.playground.id, shop.clock.now())
    assert before and after
    assert (before.design.timeout_ms, after.design.timeout_ms) == (3000, 700)


@pytest.mark.skipif("connection.vendor != 'sqlite'")
@pytest.mark.django_db(transaction=True)
def test_a_fault_cleared_by_another_process_is_gone_for_the_next_request(processes: None) -> None:
    shop = InMemoryPlayground()
    fault = shop.inject("paused", "notification")
    before = conditions.load(shop.playground.id, shop.clock.now())

    in_another_process("DELETE FROM playground_fault WHERE id = ?", fault.id)

    after = conditions.load(shop.playground.id, shop.clock.now())
    assert before and after
    assert (len(before.faults), len(after.faults)) == (1, 0)


def test_a_request_loads_its_conditions_with_two_queries(
    shop: InMemoryPlayground, django_assert_num_queries: Any
) -> None:
    token = playgrounds.issue_token(shop.playground)

    with django_assert_num_queries(2):
        playground = playgrounds.of_token(token)
        assert playground
        assert conditions.of(playground, shop.clock.now()).playground == shop.playground.id


def test_a_deleted_playground_has_no_conditions(shop: InMemoryPlayground) -> None:
    assert conditions.load(shop.playground.id, shop.clock.now())

    Playground.objects.filter(id=shop.playground.id).delete()

    assert conditions.load(shop.playground.id, shop.clock.now()) is None


def test_a_service_that_is_paused_during_a_sessions_pause_receives_nothing_more(
    shop: InMemoryPlayground, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.choose(**NO_SERVICE_TIME)
    shop.ask(ORDER)
    sleep, naps = shop.clock.sleep, []

    def pause_during_first_sleep(seconds: float) -> None:
        naps.append(seconds)
        sleep(seconds)
        if len(naps) == 1:
            shop.inject("paused", "notification")
            shop.ask(ORDER)

    monkeypatch.setattr(shop.clock, "sleep", pause_during_first_sleep)
    shop.serve("notification")

    assert naps[0] <= PACE_S
    assert depth(shop, "notification") == 1
