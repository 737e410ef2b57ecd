"""The table of brokers, as `EVENT_BROKER` reads it."""

from typing import Any

import pytest

from playground.messaging.brokers import BROKERS, UnknownBroker, factory
from playground.messaging.brokers.checks import check_event_broker


@pytest.mark.parametrize("name", BROKERS)
def test_each_row_names_a_factory_that_can_be_imported(name: str) -> None:
    assert callable(factory(name))


def test_an_unknown_broker_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(UnknownBroker, match="redis-streams"):
        factory("pigeons")


@pytest.mark.parametrize(
    ("name", "is_fine"), [("redis-streams", True), ("memory", False), ("pigeons", False)]
)
def test_the_start_refuses_a_broker_that_processes_cannot_share(
    settings: Any, name: str, is_fine: bool
) -> None:
    settings.EVENT_BROKER = name

    errors = check_event_broker()

    assert (not errors) is is_fine
    assert all("redis-streams" in error.hint for error in errors)
