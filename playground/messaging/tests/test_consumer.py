"""A text on its way: stored, published, delivered, acked; and what happens when it isn't."""

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
from playground.testing import Town

ORDER = PlaceOrder(1, 1, (OrderLine("margherita", 2),), "4242 4242 4242 4242")
DANA = RegisterUser("Dana", "dana@example.com", "Leeds", "correct horse")


# Nobody was turned down, and loyalty was not there.
_NOT_OWED = {"PaymentRefunded", "ApologySent", "AccountOpened", "PointsGiven"}


def effects(name: str) -> int:
    return Effect.objects.filter(name=name).count()


def pause(town: Town, service: str, duration_s: float = 60) -> Fault:
    return town.inject("unreachable", service, duration_s=duration_s)


def depth(town: Town, service: str) -> int:
    return town.parts.broker.depths(town.playground.id, [service])[service].on_the_way


def test_an_order_reaches_every_subscriber_and_its_status_follows(town: Town) -> None:
    order = town.ask(ORDER)
    assert [effects(n) for n in ("TicketPrinted", "EmailSent", "CourierAssigned")] == [0, 0, 0]
    town.serve_all()
    assert [effects(n) for n in ("TicketPrinted", "EmailSent", "CourierAssigned")] == [1, 1, 1]
    statuses = OrderStatus.objects.filter(order=order.id).values_list("status", flat=True)
    assert set(statuses) == {"placed", "accepted", "on_the_way"}


def test_a_shift_of_many_short_pieces_of_work_keeps_its_slot(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(8):
        town.ask(ORDER)
    town.choose(service_time_ms={"dispatch": 600})
    slots, sleep, intruders = town.parts.slots, town.clock.sleep, []

    def sleep_and_try_the_slot(seconds: float) -> None:
        sleep(seconds)
        intruders.append(slots.take(town.playground.id, "dispatch", 1))

    monkeypatch.setattr(town.clock, "sleep", sleep_and_try_the_slot)
    town.serve("dispatch")

    assert len(intruders) >= 8, "longer than a slot lasts unkept"
    assert set(intruders) == {None}


def test_a_registration_is_heard_by_three(town: Town) -> None:
    town.ask(DANA)
    town.serve_all()
    assert [effects(n) for n in ("WelcomeSent", "ContactAdded", "SignupCounted")] == [1, 1, 1]


def test_each_hop_of_a_text_is_recorded_in_its_order(town: Town) -> None:
    town.ask(ORDER)
    town.serve_all()
    kinds = town.kinds("OrderPlaced", "notification")
    assert kinds == ["enqueue", "deliver", "process", "ack"]


def test_an_order_accepted_while_notification_is_down_is_delivered_after_it_recovers(
    town: Town,
) -> None:
    pause(town, "notification", duration_s=60)
    for _ in range(3):
        town.ask(ORDER)
    town.serve_all()
    assert (effects("TicketPrinted"), effects("EmailSent")) == (3, 0)
    assert depth(town, "notification") == 3

    town.clock.advance(61)  # the fault ends by itself
    town.sweep()
    assert (effects("EmailSent"), depth(town, "notification")) == (3, 0)


def test_a_paused_subscriber_takes_nothing_and_every_waiting_text_is_a_hit(town: Town) -> None:
    fault = pause(town, "notification")
    town.ask(ORDER)
    town.serve_all()
    assert town.kinds("OrderPlaced", "notification") == ["enqueue"]
    assert town.hits.by_fault(town.playground.id) == {fault.id: 1}


def test_a_worker_that_dies_before_its_ack_has_the_message_delivered_again(town: Town) -> None:
    town.ask(ORDER)
    [lost] = town.parts.broker.receive(town.playground.id, "restaurant", 1)
    assert not lost.redelivered

    town.clock.advance(4)
    town.sweep()
    assert effects("TicketPrinted") == 1
    assert town.kinds("OrderPlaced", "restaurant")[:2] == ["enqueue", "redeliver"]


def test_a_worker_that_dies_after_its_commit_and_before_its_ack_changes_nothing_twice(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    town.ask(ORDER)
    ack = MemoryBroker.ack

    def die(self: Any, deliveries: Any) -> None:
        raise SystemExit

    monkeypatch.setattr(MemoryBroker, "ack", die)
    with pytest.raises(SystemExit):
        town.serve("restaurant")
    monkeypatch.setattr(MemoryBroker, "ack", ack)
    assert (effects("TicketPrinted"), depth(town, "restaurant")) == (1, 1)

    town.clock.advance(4)
    town.sweep()
    assert (effects("TicketPrinted"), depth(town, "restaurant")) == (1, 0)
    assert "duplicate" in [r.status for r in town.records if r.target == "restaurant"]
    # and what it had to announce was announced
    assert OrderStatus.objects.filter(status="accepted").count() == 1


def test_a_mail_that_left_before_its_worker_died_is_not_sent_twice(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The mail company has sent it; our own transaction never came to its end."""
    town.ask(ORDER)
    with monkeypatch.context() as patch, pytest.raises(SystemExit):
        patch.setattr(processing, "commit", lambda *_: (_ for _ in ()).throw(SystemExit))
        town.serve("notification")
    assert effects("EmailSent") == 1

    town.clock.advance(4)
    town.sweep()
    assert effects("EmailSent") == 1
    assert ProcessedMessage.objects.filter(service="notification").count() == 1


def test_what_the_broker_did_not_take_waits_in_the_outbox_and_flows_later(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish = MemoryBroker.publish

    def away(*_: Any) -> None:
        raise BrokerUnavailable("away")

    monkeypatch.setattr(MemoryBroker, "publish", away)
    order = town.ask(ORDER)
    assert Order.objects.filter(code=order.id).exists()
    assert OutboxMessage.objects.count() == 1

    monkeypatch.setattr(MemoryBroker, "publish", publish)
    town.clock.advance(4)
    town.sweep()
    assert effects("TicketPrinted") == 1
    assert OutboxMessage.objects.count() == 0


def test_a_published_row_is_forgotten(town: Town) -> None:
    town.ask(ORDER)
    assert OutboxMessage.objects.count() == 0


def test_a_failing_call_within_a_text_is_tried_again_later_each_time(town: Town) -> None:
    pause(town, "email-provider", duration_s=5)
    town.ask(ORDER)
    town.serve("notification")
    assert town.kinds("OrderPlaced", "notification")[-2:] == ["process", "retry"]
    assert effects("EmailSent") == 0

    town.serve("notification")  # too early: nothing is due
    assert town.kinds("OrderPlaced", "notification").count("deliver") == 1

    for _ in range(4):
        town.clock.advance(3)
        town.sweep()
    assert effects("EmailSent") == 1
    attempts = [
        r.attempt for r in town.records if r.kind == "deliver" and r.target == "notification"
    ]
    assert attempts == [1, 2, 3, 4][: len(attempts)]
    assert len(attempts) > 1


def test_what_nobody_can_read_becomes_a_dead_letter_with_its_reason(town: Town) -> None:
    town.ask(ORDER)
    [delivery] = town.parts.broker.receive(town.playground.id, "restaurant", 1)
    delivery.event.get_attributes()["type"] = "delivery.parcel.lost.v1"
    town.process("restaurant", [delivery])
    dead = [r for r in town.records if r.kind == "dead_letter"]
    assert "delivery.parcel.lost.v1" in dead[0].data["reason"]
    assert town.parts.broker.depths(town.playground.id, ["restaurant"])["restaurant"].dead == 1


def test_a_refusal_in_a_text_reaches_nobody_but_the_log(town: Town) -> None:
    """Lesson 1: "Saved!" over a text line is a lie."""
    town.choose(styles={"gateway->users": "text"})
    assert town.ask(SaveProfile(1, "Ada", "ben@example.com", "Leeds")) is None
    town.serve_all()
    assert User.objects.get(number=1).email == "ada@example.com"
    [end] = [r for r in town.records if r.kind == "process" and r.target == "users"]
    assert end.status == "rejected"
    assert depth(town, "users") == 0


def test_the_same_handler_serves_a_text(town: Town) -> None:
    town.choose(styles={"gateway->users": "text"})
    town.ask(SaveProfile(1, "Ada", "ada@example.com", "Leeds"))
    assert User.objects.get(number=1).city == "Turin"
    town.serve_all()
    assert User.objects.get(number=1).city == "Leeds"


def test_what_is_waiting_is_taken_one_by_one_so_that_it_is_seen_to_wait(town: Town) -> None:
    for _ in range(2):
        town.ask(ORDER)
    town.serve_all()
    waits = [r.wait_ms for r in town.records if r.kind == "deliver" and r.target == "dispatch"]
    # Dispatch is at work for 600 ms on the first; the second was placed 250 ms after it.
    assert waits[1] - waits[0] == pytest.approx(350)


def test_a_long_work_keeps_its_message(town: Town) -> None:
    """Longer than a message may be silent: the lease is renewed, nobody takes it over."""
    town.choose(service_time_ms={"dispatch": 9000})
    town.ask(ORDER)
    broker = town.parts.broker
    seen: list[bool] = []
    sleep = town.clock.sleep

    def look(seconds: float) -> None:
        sleep(seconds)
        seen.append(bool(broker.receive(town.playground.id, "dispatch", 1)))

    town.clock.sleep = look  # type: ignore[method-assign]
    town.serve("dispatch")
    assert effects("CourierAssigned") == 1
    assert not any(seen[:-1])


def test_after_its_time_budget_a_service_rings_for_itself_again(town: Town) -> None:
    town.choose(service_time_ms={"dispatch": 3000})
    for _ in range(3):
        town.ask(ORDER)
    town.bell.rung.clear()
    town.serve("dispatch")
    assert effects("CourierAssigned") == 2
    assert (town.playground.id, "dispatch") in town.bell.rung


def test_an_expired_fault_is_removed_and_said_to_be_over(town: Town) -> None:
    pause(town, "crm", duration_s=10)
    town.clock.advance(11)
    town.sweep()
    [over] = [r for r in town.records if r.kind == "fault"]
    assert (over.data["on"], over.data["why"]) == (False, "its time is over")


def test_the_ledger_closes_once_everything_is_done(town: Town) -> None:
    promised = [Promise(f"order/{town.ask(ORDER).id}", "", absent=("loyalty",)) for _ in range(3)]
    promised.append(Promise(f"user/{town.ask(DANA).id}", "", absent=("loyalty",)))
    before = {r.effect: r for r in ledger(town.playground.id, promised, town.parts.broker)}
    assert (before["EmailSent"].pending, before["EmailSent"].lost) == (3, 0)

    town.serve_all()
    for row in ledger(town.playground.id, promised, town.parts.broker):
        assert (row.lost, row.doubled, row.pending, row.dead, row.unasked) == (0,) * 5, row
        if row.effect not in _NOT_OWED:
            assert row.actual == row.expected > 0, row


def test_the_ledger_tells_what_is_lost_and_what_is_doubled(town: Town) -> None:
    promised = [Promise(f"order/{town.ask(ORDER).id}", "", absent=("loyalty",)) for _ in range(2)]
    town.serve_all()
    first, second = sorted(promise.subject for promise in promised)
    Effect.objects.filter(name="TicketPrinted", subject=first).delete()
    mail = Effect.objects.get(name="EmailSent", subject=second)
    mail.pk, mail.key = None, "another"
    mail.save()
    rows = {r.effect: r for r in ledger(town.playground.id, promised, town.parts.broker)}
    assert (rows["TicketPrinted"].lost, rows["EmailSent"].doubled) == (1, 1)


def test_a_fresh_clock_stands_still() -> None:
    clock = FakeClock(100.0)
    assert clock.now() == clock.now() == 100.0
