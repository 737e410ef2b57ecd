"""A clock that is set back delays nothing: what was stored later than now is old."""

import pytest
from redis import Redis

from playground.company.commands import OrderLine, PlaceOrder
from playground.control import heartbeat, presence
from playground.faults import switching
from playground.models import OutboxMessage
from playground.storage.repository import DjangoRepository
from playground.testing import NO_SERVICE_TIME, InMemoryPlayground

ORDER = PlaceOrder(1, 1, (OrderLine("margherita", 1),), "4242 4242 4242 4242", "")
HOUR_S = 3600.0


def test_outbox_rows_from_before_are_published(shop: InMemoryPlayground) -> None:
    shop.choose(**NO_SERVICE_TIME)
    fault = shop.inject("broker_down", "broker")
    shop.ask(ORDER)
    assert OutboxMessage.objects.count() == 1
    switching.clear(shop.playground, fault.id)
    shop.clock.set_back(HOUR_S)
    shop.sweep()
    assert OutboxMessage.objects.count() == 0
    assert shop.kinds("EmailSent") == ["effect"]


def test_a_row_that_was_just_stored_on_a_clock_a_little_ahead_is_left_to_its_process(
    shop: InMemoryPlayground,
) -> None:
    shop.inject("broker_down", "broker")
    shop.ask(ORDER)
    switching.clear(shop.playground)
    shop.clock.set_back(2)
    shop.sweep()
    assert OutboxMessage.objects.count() == 1


def test_the_history_of_an_order_is_in_the_order_of_what_happened(
    shop: InMemoryPlayground,
) -> None:
    shop.choose(**NO_SERVICE_TIME)
    placed = shop.ask(ORDER)
    shop.clock.set_back(HOUR_S)
    shop.serve_all()
    shop.sweep()
    history = DjangoRepository(shop.playground.key).order(placed.id).history
    assert history[0].status == "placed"
    assert len(history) > 1


def test_a_fault_that_was_on_ends(shop: InMemoryPlayground) -> None:
    shop.inject("kill", "orders")
    shop.clock.set_back(HOUR_S)
    shop.sweep()
    assert not shop.playground.faults.exists()


def test_a_worker_that_died_before_does_not_count_as_alive(redis: Redis) -> None:
    heartbeat.beat(redis, "dead", now=10_000.0)
    heartbeat.beat(redis, "living", now=10_000.0 - HOUR_S)
    assert set(heartbeat.ages(redis, now=10_000.0 - HOUR_S + 1)) == {"living"}


def test_a_socket_that_left_before_does_not_count_as_present(
    redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = presence.parts().clock.now()
    presence.report({"left": 1}, now + HOUR_S)
    presence.report({"here": 1}, now)
    assert [present.playground for present in presence.live_playgrounds()] == ["here"]
