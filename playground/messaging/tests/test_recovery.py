"""The recovery sweep: one playground's outbox never keeps another's waiting."""

import pytest
from django.db.models import F

from playground.company.commands import OrderLine, PlaceOrder
from playground.fairness.shares import OUTBOX_BATCH
from playground.faults import switching
from playground.faults.fault import FaultRequest
from playground.messaging.brokers.memory import MemoryBroker
from playground.messaging.port import BrokerUnavailable
from playground.messaging.recovery import OUTBOX_STALE_S, publish_stale_outbox
from playground.models import OutboxMessage, Playground
from playground.storage import playgrounds
from playground.testing import InMemoryPlayground

ORDER = PlaceOrder(1, 1, (OrderLine("margherita", 2),), "4242 4242 4242 4242")


@pytest.fixture
def neighbour(shop: InMemoryPlayground) -> Playground:
    return playgrounds.create()


def store_without_publishing(
    shop: InMemoryPlayground, monkeypatch: pytest.MonkeyPatch, playground: Playground, count: int
) -> None:
    """Leave `count` outbox rows, as a process does that dies before it publishes."""

    def away(*_: object) -> None:
        raise BrokerUnavailable("away")

    mine, shop.playground = shop.playground, playground
    with monkeypatch.context() as patch:
        patch.setattr(MemoryBroker, "publish", away)
        shop.ask(ORDER)
    shop.playground = mine
    [row] = OutboxMessage.objects.filter(playground=playground)
    OutboxMessage.objects.bulk_create(
        OutboxMessage(playground=playground, event=row.event, groups=row.groups,
                      stored_at=row.stored_at) for _ in range(count - 1)
    )  # fmt: skip


def waiting_rows(playground: Playground) -> int:
    return OutboxMessage.objects.filter(playground=playground).count()


def test_an_outbox_whose_broker_is_down_keeps_no_other_waiting(
    shop: InMemoryPlayground, neighbour: Playground, monkeypatch: pytest.MonkeyPatch
) -> None:
    store_without_publishing(shop, monkeypatch, neighbour, OUTBOX_BATCH + 200)
    switching.switch_on(neighbour, FaultRequest("broker_down", "broker"), shop.clock.now())
    store_without_publishing(shop, monkeypatch, shop.playground, 1)

    shop.clock.advance(OUTBOX_STALE_S + 1)
    publish_stale_outbox(shop.parts)

    assert (waiting_rows(shop.playground), waiting_rows(neighbour)) == (0, OUTBOX_BATCH + 200)


def test_a_full_outbox_shares_each_sweep_with_the_others(
    shop: InMemoryPlayground, neighbour: Playground, monkeypatch: pytest.MonkeyPatch
) -> None:
    store_without_publishing(shop, monkeypatch, neighbour, OUTBOX_BATCH + 200)
    store_without_publishing(shop, monkeypatch, shop.playground, 3)

    shop.clock.advance(OUTBOX_STALE_S + 1)
    publish_stale_outbox(shop.parts)

    assert (waiting_rows(shop.playground), waiting_rows(neighbour)) == (0, 203)


def test_the_sweep_leaves_a_broker_that_is_down_in_peace(
    shop: InMemoryPlayground, monkeypatch: pytest.MonkeyPatch
) -> None:
    store_without_publishing(shop, monkeypatch, shop.playground, 20)
    shop.inject("broker_down", "broker")
    records = len(shop.records)

    for _ in range(4):
        shop.clock.advance(OUTBOX_STALE_S + 1)
        publish_stale_outbox(shop.parts)

    assert len(shop.records) == records, "each sweep records every message that waits"
    assert waiting_rows(shop.playground) == 20


def test_nothing_is_published_while_the_broker_is_down_for_the_whole_class(
    shop: InMemoryPlayground, neighbour: Playground, monkeypatch: pytest.MonkeyPatch
) -> None:
    store_without_publishing(shop, monkeypatch, shop.playground, 1)
    store_without_publishing(shop, monkeypatch, neighbour, 1)
    switching.switch_on(None, FaultRequest("broker_down", "broker"), shop.clock.now())

    shop.clock.advance(OUTBOX_STALE_S + 1)
    publish_stale_outbox(shop.parts)

    assert (waiting_rows(shop.playground), waiting_rows(neighbour)) == (1, 1)


def test_a_row_that_cannot_be_read_stops_its_own_playground_only(
    shop: InMemoryPlayground, neighbour: Playground, monkeypatch: pytest.MonkeyPatch
) -> None:
    store_without_publishing(shop, monkeypatch, neighbour, 1)
    OutboxMessage.objects.filter(playground=neighbour).update(event="no event at all")
    store_without_publishing(shop, monkeypatch, shop.playground, 1)

    shop.clock.advance(OUTBOX_STALE_S + 1)
    publish_stale_outbox(shop.parts)

    assert waiting_rows(shop.playground) == 0


def test_rows_are_published_in_the_order_in_which_they_were_stored(
    shop: InMemoryPlayground, monkeypatch: pytest.MonkeyPatch
) -> None:
    store_without_publishing(shop, monkeypatch, shop.playground, OUTBOX_BATCH + 1)
    last = OutboxMessage.objects.latest("id")
    OutboxMessage.objects.filter(pk=last.pk).update(stored_at=F("stored_at") - 100)

    shop.clock.advance(OUTBOX_STALE_S + 1)
    publish_stale_outbox(shop.parts)

    assert list(OutboxMessage.objects.all()) == [last]
