"""What is kept in a process's memory for speed never hides what others have changed."""

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
from playground.testing import NO_SERVICE_TIME, Town


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
def test_a_design_changed_by_another_process_holds_for_the_very_next_request(
    processes: None,
) -> None:
    town = Town()
    before = conditions.load(town.playground.id, town.clock.now())

    in_another_process(
        "UPDATE playground_playground SET design = ? WHERE id = ?",
        '{"timeout_ms": 700}', town.playground.id,
    )  # fmt: skip

    after = conditions.load(town.playground.id, town.clock.now())
    assert before and after
    assert (before.design.timeout_ms, after.design.timeout_ms) == (3000, 700)


@pytest.mark.skipif("connection.vendor != 'sqlite'")
@pytest.mark.django_db(transaction=True)
def test_a_fault_lifted_by_another_process_is_gone_for_the_very_next_request(
    processes: None,
) -> None:
    town = Town()
    fault = town.inject("paused", "notification")
    before = conditions.load(town.playground.id, town.clock.now())

    in_another_process("DELETE FROM playground_fault WHERE id = ?", fault.id)

    after = conditions.load(town.playground.id, town.clock.now())
    assert before and after
    assert (len(before.faults), len(after.faults)) == (1, 0)


def test_a_request_knows_its_world_after_two_queries(
    town: Town, django_assert_num_queries: Any
) -> None:
    token = playgrounds.issue_token(town.playground)

    with django_assert_num_queries(2):
        found = playgrounds.of_token(token)
        assert found
        assert conditions.of(found, town.clock.now()).playground == town.playground.id


def test_a_deleted_playground_has_no_world(town: Town) -> None:
    assert conditions.load(town.playground.id, town.clock.now())

    Playground.objects.filter(id=town.playground.id).delete()

    assert conditions.load(town.playground.id, town.clock.now()) is None


def test_whoever_is_paused_while_a_shift_paces_itself_takes_nothing_more(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    town.choose(**NO_SERVICE_TIME)
    town.ask(ORDER)
    sleep, naps = town.clock.sleep, []

    def meanwhile(seconds: float) -> None:
        naps.append(seconds)
        sleep(seconds)
        if len(naps) == 1:
            town.inject("paused", "notification")
            town.ask(ORDER)

    monkeypatch.setattr(town.clock, "sleep", meanwhile)
    town.serve("notification")

    assert naps[0] <= PACE_S
    assert depth(town, "notification") == 1
