"""Texts: stored, published, delivered and acked, and what happens when one of these fails."""

from typing import Any

import pytest

from playground.company.commands import OrderLine, PlaceOrder, RegisterUser, SaveProfile
from playground.faults.fault import Fault
from playground.flow.ledger import ledger
from playground.flow.promises import Promise
from playground.handling.clock import FakeClock
from playground.messaging import processing
from playground.messaging.brokers.memory import MemoryBroker
from playground.messaging.port import BrokerUnavailable
from playground.models import Effect, Order, OrderStatus, OutboxMessage, ProcessedMessage, User
from playground.testing import InMemoryPlayground

ORDER = PlaceOrder(1, 1, (OrderLine("margherita", 2),), "4242 4242 4242 4242")
DANA = RegisterUser("Dana", "dana@example.com", "Leeds", "correct horse")


# For a playground in which no order is rejected and loyalty is absent.
_NOT_OWED = {"PaymentRefunded", "ApologySent", "AccountOpened", "PointsGiven"}


def effects(name: str) -> int:
    return Effect.objects.filter(name=name).count()


def pause(shop: InMemoryPlayground, service: str, duration_s: float = 60) -> Fault:
    return shop.inject("unreachable", service, duration_s=duration_s)


def depth(shop: InMemoryPlayground, service: str) -> int:
    return shop.parts.broker.depths(shop.playground.id, [service])[service].on_the_way


def test_an_order_reaches_every_subscriber_and_its_status_follows(shop: InMemoryPlayground) -> None:
    order = shop.ask(ORDER)
    assert [effects(n) for n in ("TicketPrinted", "EmailSent", "CourierAssigned")] == [0, 0, 0]
    shop.serve_all()
    assert [effects(n) for n in ("TicketPrinted", "EmailSent", "CourierAssigned")] == [1, 1, 1]
    statuses = OrderStatus.objects.filter(order=order.id).values_list("status", flat=True)
    assert set(statuses) == {"placed", "accepted", "on_the_way"}


def test_a_session_of_many_short_pieces_of_work_keeps_its_slot(
    shop: InMemoryPlayground, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(8):
        shop.ask(ORDER)
    shop.choose(service_time_ms={"dispatch": 600})
    slots, sleep, intruders = shop.parts.slots, shop.clock.sleep, []

    def sleep_and_try_the_slot(seconds: float) -> None:
        sleep(seconds)
        intruders.append(slots.take(shop.playground.id, "dispatch", 1))

    monkeypatch.setattr(shop.clock, "sleep", sleep_and_try_the_slot)
    shop.serve("dispatch")

    assert len(intruders) >= 8, "the session was not longer than a slot lasts without a renewal"
    assert set(intruders) == {None}


def test_a_registration_reaches_three_subscribers(shop: InMemoryPlayground) -> None:
    shop.ask(DANA)
    shop.serve_all()
    assert [effects(n) for n in ("WelcomeSent", "ContactAdded", "SignupCounted")] == [1, 1, 1]


def test_each_hop_of_a_text_is_recorded_in_its_order(shop: InMemoryPlayground) -> None:
    shop.ask(ORDER)
    shop.serve_all()
    kinds = shop.kinds("OrderPlaced", "notification")
    assert kinds == ["enqueue", "deliver", "process", "ack"]


def test_an_order_accepted_while_notification_is_down_is_delivered_after_it_recovers(
    shop: InMemoryPlayground,
) -> None:
    pause(shop, "notification", duration_s=60)
    for _ in range(3):
        shop.ask(ORDER)
    shop.serve_all()
    assert (effects("TicketPrinted"), effects("EmailSent")) == (3, 0)
    assert depth(shop, "notification") == 3

    shop.clock.advance(61)  # the fault expires
    shop.sweep()
    assert (effects("EmailSent"), depth(shop, "notification")) == (3, 0)


def test_a_paused_subscriber_takes_nothing_and_every_waiting_text_is_a_hit(
    shop: InMemoryPlayground,
) -> None:
    fault = pause(shop, "notification")
    shop.ask(ORDER)
    shop.serve_all()
    assert shop.kinds("OrderPlaced", "notification") == ["enqueue"]
    assert shop.hits.by_fault(shop.playground.id) == {fault.id: 1}


def test_a_message_is_delivered_again_if_its_worker_dies_before_the_ack(
    shop: InMemoryPlayground,
) -> None:
    shop.ask(ORDER)
    [lost] = shop.parts.broker.receive(shop.playground.id, "restaurant", 1)
    assert not lost.redelivered

    shop.clock.advance(4)
    shop.sweep()
    assert effects("TicketPrinted") == 1
    assert shop.kinds("OrderPlaced", "restaurant")[:2] == ["enqueue", "redeliver"]


def test_a_worker_that_dies_after_its_commit_and_before_its_ack_changes_nothing_twice(
    shop: InMemoryPlayground, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.ask(ORDER)
    ack = MemoryBroker.ack

    def die(self: Any, deliveries: Any) -> None:
        raise SystemExit

    monkeypatch.setattr(MemoryBroker, "ack", die)
    with pytest.raises(SystemExit):
        shop.serve("restaurant")
    monkeypatch.setattr(MemoryBroker, "ack", ack)
    assert (effects("TicketPrinted"), depth(shop, "restaurant")) == (1, 1)

    shop.clock.advance(4)
    shop.sweep()
    assert (effects("TicketPrinted"), depth(shop, "restaurant")) == (1, 0)
    assert "duplicate" in [r.status for r in shop.records if r.target == "restaurant"]
    # its event was published, too
    assert OrderStatus.objects.filter(status="accepted").count() == 1


def test_a_mail_sent_before_its_worker_died_is_not_sent_twice(
    shop: InMemoryPlayground, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The provider has sent the mail, but our own transaction was not committed."""
    shop.ask(ORDER)
    with monkeypatch.context() as patch, pytest.raises(SystemExit):
        patch.setattr(processing, "commit", lambda *_: (_ for _ in ()).throw(SystemExit))
        shop.serve("notification")
    assert effects("EmailSent") == 1

    shop.clock.advance(4)
    shop.sweep()
    assert effects("EmailSent") == 1
    assert ProcessedMessage.objects.filter(service="notification").count() == 1


def test_messages_that_the_broker_did_not_take_wait_in_the_outbox(
    shop: InMemoryPlayground, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish = MemoryBroker.publish

    def away(*_: Any) -> None:
        raise BrokerUnavailable("away")

    monkeypatch.setattr(MemoryBroker, "publish", away)
    order = shop.ask(ORDER)
    assert Order.objects.filter(code=order.id).exists()
    assert OutboxMessage.objects.count() == 1

    monkeypatch.setattr(MemoryBroker, "publish", publish)
    shop.clock.advance(4)
    shop.sweep()
    assert effects("TicketPrinted") == 1
    assert OutboxMessage.objects.count() == 0


def test_a_published_row_is_deleted(shop: InMemoryPlayground) -> None:
    shop.ask(ORDER)
    assert OutboxMessage.objects.count() == 0


def test_a_text_whose_call_fails_is_retried_after_longer_and_longer_delays(
    shop: InMemoryPlayground,
) -> None:
    pause(shop, "email-provider", duration_s=5)
    shop.ask(ORDER)
    shop.serve("notification")
    assert shop.kinds("OrderPlaced", "notification")[-2:] == ["process", "retry"]
    assert effects("EmailSent") == 0

    shop.serve("notification")  # too early: the retry is not due
    assert shop.kinds("OrderPlaced", "notification").count("deliver") == 1

    for _ in range(4):
        shop.clock.advance(3)
        shop.sweep()
    assert effects("EmailSent") == 1
    attempts = [
        r.attempt for r in shop.records if r.kind == "deliver" and r.target == "notification"
    ]
    assert attempts == [1, 2, 3, 4][: len(attempts)]
    assert len(attempts) > 1


def test_an_unreadable_message_becomes_a_dead_letter_with_its_reason(
    shop: InMemoryPlayground,
) -> None:
    shop.ask(ORDER)
    [delivery] = shop.parts.broker.receive(shop.playground.id, "restaurant", 1)
    delivery.event.get_attributes()["type"] = "delivery.parcel.lost.v1"
    shop.process("restaurant", [delivery])
    dead = [r for r in shop.records if r.kind == "dead_letter"]
    assert "delivery.parcel.lost.v1" in dead[0].data["reason"]
    assert shop.parts.broker.depths(shop.playground.id, ["restaurant"])["restaurant"].dead == 1


def test_a_refused_text_is_only_recorded_in_the_log(shop: InMemoryPlayground) -> None:
    """Lesson 1: after a text, the page must not say "Saved!"."""
    shop.choose(styles={"gateway->users": "text"})
    assert shop.ask(SaveProfile(1, "Ada", "ben@example.com", "Leeds")) is None
    shop.serve_all()
    assert User.objects.get(number=1).email == "ada@example.com"
    [end] = [r for r in shop.records if r.kind == "process" and r.target == "users"]
    assert end.status == "rejected"
    assert depth(shop, "users") == 0


def test_the_same_handler_serves_a_text(shop: InMemoryPlayground) -> None:
    shop.choose(styles={"gateway->users": "text"})
    shop.ask(SaveProfile(1, "Ada", "ada@example.com", "Leeds"))
    assert User.objects.get(number=1).city == "Turin"
    shop.serve_all()
    assert User.objects.get(number=1).city == "Leeds"


def test_waiting_messages_are_received_one_by_one_if_work_takes_time(
    shop: InMemoryPlayground,
) -> None:
    for _ in range(2):
        shop.ask(ORDER)
    shop.serve_all()
    waits = [r.wait_ms for r in shop.records if r.kind == "deliver" and r.target == "dispatch"]
    # Dispatch works on the first for 600 ms; the second was placed 250 ms later.
    assert waits[1] - waits[0] == pytest.approx(350)


def test_long_work_keeps_its_message(shop: InMemoryPlayground) -> None:
    """Work that takes longer than a message may go unextended: the lease is renewed meanwhile."""
    shop.choose(service_time_ms={"dispatch": 9000})
    shop.ask(ORDER)
    broker = shop.parts.broker
    seen: list[bool] = []
    sleep = shop.clock.sleep

    def look(seconds: float) -> None:
        sleep(seconds)
        seen.append(bool(broker.receive(shop.playground.id, "dispatch", 1)))

    shop.clock.sleep = look  # type: ignore[method-assign]
    shop.serve("dispatch")
    assert effects("CourierAssigned") == 1
    assert not any(seen[:-1])


def test_after_its_time_budget_a_service_rings_for_itself_again(shop: InMemoryPlayground) -> None:
    shop.choose(service_time_ms={"dispatch": 3000})
    for _ in range(3):
        shop.ask(ORDER)
    shop.doorbell.rung.clear()
    shop.serve("dispatch")
    assert effects("CourierAssigned") == 2
    assert (shop.playground.id, "dispatch") in shop.doorbell.rung


def test_an_expired_fault_is_deleted_and_recorded(shop: InMemoryPlayground) -> None:
    pause(shop, "crm", duration_s=10)
    shop.clock.advance(11)
    shop.sweep()
    [over] = [r for r in shop.records if r.kind == "fault"]
    assert (over.data["on"], over.data["why"]) == (False, "it expired")


def test_the_ledger_closes_once_everything_is_done(shop: InMemoryPlayground) -> None:
    promised = [Promise(f"order/{shop.ask(ORDER).id}", "", absent=("loyalty",)) for _ in range(3)]
    promised.append(Promise(f"user/{shop.ask(DANA).id}", "", absent=("loyalty",)))
    before = {r.effect: r for r in ledger(shop.playground.id, promised, shop.parts.broker)}
    assert (before["EmailSent"].pending, before["EmailSent"].lost) == (3, 0)

    shop.serve_all()
    for row in ledger(shop.playground.id, promised, shop.parts.broker):
        assert (row.lost, row.doubled, row.pending, row.dead, row.unasked) == (0,) * 5, row
        if row.effect not in _NOT_OWED:
            assert row.actual == row.expected > 0, row


def test_the_ledger_counts_lost_and_doubled_effects(shop: InMemoryPlayground) -> None:
    promised = [Promise(f"order/{shop.ask(ORDER).id}", "", absent=("loyalty",)) for _ in range(2)]
    shop.serve_all()
    first, second = sorted(promise.subject for promise in promised)
    Effect.objects.filter(name="TicketPrinted", subject=first).delete()
    mail = Effect.objects.get(name="EmailSent", subject=second)
    mail.pk, mail.key = None, "another"
    mail.save()
    rows = {r.effect: r for r in ledger(shop.playground.id, promised, shop.parts.broker)}
    assert (rows["TicketPrinted"].lost, rows["EmailSent"].doubled) == (1, 1)


def test_a_fresh_clock_stands_still() -> None:
    clock = FakeClock(100.0)
    assert clock.now() == clock.now() == 100.0
