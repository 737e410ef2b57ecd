"""Every fault: its effect on calls, its effect on texts, and the choices that answer it."""

from typing import Any

import pytest

from playground.company.commands import OrderLine, PlaceOrder, RegisterUser
from playground.company.errors import (
    CallBroke,
    CallFailed,
    CallRefused,
    CallReset,
    CallThrottled,
    CallTimedOut,
    CircuitOpen,
    PublishFailed,
)
from playground.company.topology import flippable
from playground.design.choices import PRESETS
from playground.faults.catalogue import CATALOGUE, FaultKind
from playground.faults.fault import InvalidFault
from playground.flow.ledger import Row, ledger
from playground.flow.promises import Promise
from playground.models import Effect, Order, OrderStatus, OutboxMessage
from playground.testing import InMemoryPlayground

ORDER = PlaceOrder(1, 1, (OrderLine("margherita", 2),), "4242 4242 4242 4242")
DANA = RegisterUser("Dana", "dana@example.com", "Leeds", "correct horse")
CALLS = {"styles": {c.id: "call" for c in flippable()}}


def effects(name: str) -> int:
    return Effect.objects.filter(name=name).count()


def ledger_after(shop: InMemoryPlayground, orders: int) -> dict[str, Row]:
    """The ledger after so many orders; those without an error count as promised."""
    promised = []
    for _ in range(orders):
        try:
            promised.append(Promise(f"order/{shop.ask(ORDER).id}", "", ("loyalty",)))
        except CallFailed:
            continue
    shop.serve_all()
    return recount(shop, promised)


def recount(shop: InMemoryPlayground, promised: list[Promise]) -> dict[str, Row]:
    rows = ledger(shop.playground.id, promised, shop.parts.broker)
    return {row.effect: row for row in rows}


def all_promises() -> list[Promise]:
    """A promise for every stored order, as if each had been answered with a 202."""
    return [Promise(f"order/{code}", "") for code in Order.objects.values_list("code", flat=True)]


def pass_time(shop: InMemoryPlayground, seconds: int, *, step_s: int = 1) -> None:
    for _ in range(0, seconds, step_s):
        shop.clock.advance(step_s)
        shop.sweep()


# Effects on calls.


@pytest.mark.parametrize(
    ("kind", "error", "waited_s"),
    [
        ("errors", CallBroke, 0),
        ("throttled", CallThrottled, 0),
        ("unreachable", CallRefused, 0),
        ("poison", CallBroke, 0),
        ("hang", CallTimedOut, 3),
        ("kill", CallTimedOut, 3),
        ("reset", CallReset, 0.15),
    ],
)
def test_a_fault_has_its_effect_on_a_call(
    shop: InMemoryPlayground, kind: str, error: type[Exception], waited_s: float
) -> None:
    shop.choose(service_time_ms={"menu": 0, "gateway": 0})
    shop.inject(kind, "payments")
    started = shop.clock.now()
    with pytest.raises(error):
        shop.ask(ORDER)
    assert shop.clock.now() - started == pytest.approx(waited_s)
    assert not Order.objects.exists()
    assert shop.hits.by_fault(shop.playground.id)
    marked = [r.fault["kind"] for r in shop.records if r.fault]
    assert set(marked) == {kind}


def test_a_callee_that_needs_a_missing_field_answers_400(
    shop: InMemoryPlayground,
) -> None:
    shop.choose(styles={"orders->restaurant": "call"})
    shop.inject("schema", "restaurant")
    with pytest.raises(CallBroke, match="answered 400"):
        shop.ask(ORDER)
    assert effects("TicketPrinted") == 0


def test_a_slow_callee_makes_its_caller_wait(shop: InMemoryPlayground) -> None:
    shop.inject("slow", "payments", ms=700)
    started = shop.clock.now()
    shop.ask(ORDER)
    assert shop.clock.now() - started == pytest.approx(0.060 + 0.150 + 0.700 + 0.040)


def test_jitter_gives_each_hop_another_delay(shop: InMemoryPlayground) -> None:
    shop.inject("latency", "menu", ms=100, jitter_ms=900)
    took = set()
    for _ in range(5):
        started = shop.clock.now()
        shop.ask(ORDER)
        took.add(round(shop.clock.now() - started, 3))
    assert len(took) == 5
    assert all(0.35 <= seconds <= 1.25 for seconds in took)


@pytest.mark.parametrize("kind", ["paused", "duplicate", "reorder", "loss", "ack_lost"])
def test_a_fault_on_a_queue_does_not_affect_a_call(shop: InMemoryPlayground, kind: str) -> None:
    shop.choose(**CALLS)
    shop.inject(kind, "notification")
    shop.ask(ORDER)
    assert (effects("EmailSent"), effects("TicketPrinted")) == (1, 1)


def test_work_done_before_the_connection_broke_is_kept(shop: InMemoryPlayground) -> None:
    shop.inject("reset", "orders")
    with pytest.raises(CallReset):
        shop.ask(ORDER)
    assert Order.objects.count() == 1


def test_a_fault_on_one_connection_does_not_affect_others(shop: InMemoryPlayground) -> None:
    shop.inject("errors", "users->crm")
    shop.ask(DANA)
    shop.serve_all()
    assert (effects("ContactAdded"), effects("WelcomeSent")) == (0, 1)


# Effects on texts.


@pytest.mark.parametrize("kind", ["errors", "throttled", "unreachable", "hang"])
def test_a_failed_text_is_delivered_again_after_the_fault(
    shop: InMemoryPlayground, kind: str
) -> None:
    shop.inject(kind, "restaurant", duration_s=12)
    rows = ledger_after(shop, 2)
    assert (rows["TicketPrinted"].pending, rows["TicketPrinted"].lost) == (2, 0)
    pass_time(shop, 40)
    assert effects("TicketPrinted") == 2


def test_without_retries_a_text_that_failed_is_a_dead_letter_and_can_be_replayed(
    shop: InMemoryPlayground,
) -> None:
    shop.choose(delivery_retry={"policy": "none"})
    shop.inject("errors", "restaurant", duration_s=5)
    ledger_after(shop, 1)
    row = recount(shop, all_promises())["TicketPrinted"]
    assert (row.dead, row.lost, row.actual) == (1, 0, 0)

    [dead_letter] = shop.parts.broker.dead_letters(shop.playground.id, "restaurant", 10)
    assert "attempt 1 was the last" in dead_letter.reason
    pass_time(shop, 6)
    assert shop.parts.broker.replay(dead_letter)
    shop.serve("restaurant")
    assert effects("TicketPrinted") == 1


def test_without_dead_letters_a_failed_message_is_discarded(shop: InMemoryPlayground) -> None:
    shop.choose(delivery_retry={"policy": "none"}, dead_letters=False)
    shop.inject("errors", "restaurant")
    rows = ledger_after(shop, 1)
    assert (rows["TicketPrinted"].lost, rows["TicketPrinted"].dead) == (1, 0)


def test_a_poison_message_fails_at_every_attempt_while_others_succeed(
    shop: InMemoryPlayground,
) -> None:
    shop.choose(delivery_retry={"policy": "fixed", "attempts": 3})
    shop.inject("poison", "restaurant", limit=1, duration_s=100)
    ledger_after(shop, 3)
    pass_time(shop, 10)
    row = recount(shop, all_promises())["TicketPrinted"]
    assert (row.actual, row.dead, row.lost) == (2, 1, 0)


def test_a_schema_break_dead_letters_the_message_at_once(shop: InMemoryPlayground) -> None:
    shop.inject("schema", "restaurant", limit=1)
    rows = ledger_after(shop, 2)
    assert (rows["TicketPrinted"].dead, rows["TicketPrinted"].actual) == (1, 1)


@pytest.mark.parametrize("kind", ["duplicate", "ack_lost", "reset"])
def test_a_message_delivered_twice_has_one_effect_with_idempotent_consumers(
    shop: InMemoryPlayground, kind: str
) -> None:
    shop.inject(kind, "notification", duration_s=3)
    ledger_after(shop, 2)
    pass_time(shop, 12)
    row = recount(shop, all_promises())["EmailSent"]
    assert (row.actual, row.doubled, row.pending) == (2, 0, 0)
    assert "duplicate" in [r.status for r in shop.records]


@pytest.mark.parametrize("kind", ["duplicate", "ack_lost", "reset"])
def test_without_idempotent_consumers_a_message_delivered_twice_has_two_effects(
    shop: InMemoryPlayground, kind: str
) -> None:
    shop.choose(idempotent_consumers=False)
    shop.inject(kind, "notification", duration_s=3)
    ledger_after(shop, 2)
    pass_time(shop, 12)
    assert recount(shop, all_promises())["EmailSent"].doubled >= 2


def test_a_message_that_is_held_back_is_overtaken_by_later_ones(shop: InMemoryPlayground) -> None:
    shop.choose(service_time_ms=dict.fromkeys(("gateway", "menu", "payments", "orders"), 0))
    shop.inject("reorder", "restaurant", ms=2000, limit=1)
    first, second = shop.ask(ORDER), shop.ask(ORDER)
    shop.serve_all()
    pass_time(shop, 5)
    tickets = Effect.objects.filter(name="TicketPrinted").order_by("id")
    assert [t.subject for t in tickets] == [f"order/{second.id}", f"order/{first.id}"]


def test_a_message_lost_on_the_way_is_published_again_from_the_outbox(
    shop: InMemoryPlayground,
) -> None:
    shop.inject("loss", "restaurant", duration_s=5)
    rows = ledger_after(shop, 2)
    assert (rows["TicketPrinted"].pending, rows["TicketPrinted"].lost) == (2, 0)
    assert effects("EmailSent") == 2, "only the copy for the restaurant was lost"
    pass_time(shop, 15)
    row = recount(shop, all_promises())["TicketPrinted"]
    assert (row.actual, row.lost, row.pending) == (2, 0, 0)


def test_without_an_outbox_a_lost_message_stays_lost(shop: InMemoryPlayground) -> None:
    shop.choose(outbox=False)
    shop.inject("loss", "restaurant", duration_s=5)
    rows = ledger_after(shop, 2)
    assert rows["TicketPrinted"].lost == 2
    assert "lost" in [r.status for r in shop.records if r.kind == "enqueue"]


def test_while_the_broker_is_down_orders_are_accepted_and_wait_in_the_outbox(
    shop: InMemoryPlayground,
) -> None:
    shop.inject("broker_down", "broker", duration_s=5)
    rows = ledger_after(shop, 2)
    assert (rows["TicketPrinted"].pending, rows["TicketPrinted"].lost) == (2, 0)
    assert OutboxMessage.objects.count() == 2
    pass_time(shop, 15)
    assert effects("TicketPrinted") == 2


def test_without_an_outbox_a_broker_that_is_down_loses_a_stored_orders_event(
    shop: InMemoryPlayground,
) -> None:
    shop.choose(outbox=False)
    shop.inject("broker_down", "broker", duration_s=5)
    with pytest.raises(PublishFailed):
        shop.ask(ORDER)
    assert Order.objects.count() == 1
    pass_time(shop, 15)
    assert effects("TicketPrinted") == 0


@pytest.mark.parametrize(("outbox", "tickets"), [(True, 1), (False, 0)])
def test_a_crash_between_commit_and_publish_loses_the_event_unless_there_is_an_outbox(
    shop: InMemoryPlayground, outbox: bool, tickets: int
) -> None:
    shop.choose(outbox=outbox)
    shop.inject("crash", "orders", limit=1)
    with pytest.raises(CallFailed, match="crashed"):
        shop.ask(ORDER)
    assert Order.objects.count() == 1
    pass_time(shop, 10)
    assert effects("TicketPrinted") == tickets


def test_a_subscriber_that_crashes_before_it_publishes_gets_the_message_again(
    shop: InMemoryPlayground,
) -> None:
    shop.inject("crash", "restaurant", limit=1)
    shop.ask(ORDER)
    shop.serve_all()
    pass_time(shop, 10)
    assert effects("TicketPrinted") == 1
    assert OrderStatus.objects.filter(status="accepted").count() == 1


@pytest.mark.parametrize(("ack", "tickets"), [("late", 1), ("early", 0)])
def test_a_kill_in_mid_task_loses_a_message_that_was_acknowledged_early(
    shop: InMemoryPlayground, ack: str, tickets: int
) -> None:
    shop.choose(ack=ack)
    shop.inject("kill", "restaurant", limit=1)
    rows = ledger_after(shop, 1)
    assert shop.killable_workers.killed == 1
    assert rows["TicketPrinted"].lost == (1 if ack == "early" else 0)
    pass_time(shop, 10)
    assert effects("TicketPrinted") == tickets


def test_a_paused_consumer_leaves_its_messages_in_the_queue(shop: InMemoryPlayground) -> None:
    shop.inject("paused", "notification", duration_s=30)
    rows = ledger_after(shop, 3)
    assert rows["EmailSent"].pending == 3
    pass_time(shop, 31)
    assert effects("EmailSent") == 3


@pytest.mark.parametrize("kind", ["paused", "kill"])
def test_a_paused_queue_keeps_no_worker_busy(shop: InMemoryPlayground, kind: str) -> None:
    handed_over: list[str] = []
    shop.killable_workers.serve = lambda playground, service: handed_over.append(
        service
    )  # they are busy
    shop.choose(replicas={"notification": 3})
    shop.inject(kind, "notification", duration_s=30)
    for _ in range(5):
        shop.ask(ORDER)
    for _ in range(50):
        rung, shop.doorbell.rung = shop.doorbell.rung, []
        for _, service in rung:
            shop.serve(service)
        if not shop.doorbell.rung:
            break
    assert not shop.doorbell.rung, "a worker would find nothing to do and ring again"
    assert len(handed_over) <= 5


def test_a_rejection_is_followed_by_refund_apology_and_status(shop: InMemoryPlayground) -> None:
    shop.inject("rejection", "restaurant", limit=1)
    rows = ledger_after(shop, 2)
    assert {name: rows[name].actual for name in ("TicketPrinted", "PaymentRefunded")} == {
        "TicketPrinted": 1, "PaymentRefunded": 1,
    }  # fmt: skip
    assert (rows["ApologySent"].actual, effects("CourierCalledOff")) == (1, 1)
    for row in rows.values():
        assert (row.lost, row.doubled, row.pending) == (0, 0, 0), row
    turned_down = Effect.objects.get(name="OrderTurnedDown").subject.removeprefix("order/")
    assert OrderStatus.objects.get(status="rejected").order == turned_down


def test_the_kitchen_accepts_as_many_orders_as_its_capacity(shop: InMemoryPlayground) -> None:
    shop.choose(kitchen_capacity=2)
    rows = ledger_after(shop, 5)
    assert (rows["TicketPrinted"].actual, rows["PaymentRefunded"].actual) == (2, 3)


def test_a_rejection_that_is_delivered_twice_is_refunded_once(shop: InMemoryPlayground) -> None:
    shop.inject("rejection", "restaurant")
    shop.inject("duplicate", "payments")
    rows = ledger_after(shop, 1)
    assert (rows["PaymentRefunded"].actual, rows["PaymentRefunded"].doubled) == (1, 0)


# The choices that answer a fault.


def test_a_retry_makes_a_short_outage_invisible_to_the_customer(shop: InMemoryPlayground) -> None:
    shop.choose(call_retry={"policy": "fixed", "attempts": 3, "base_ms": 100})
    shop.inject("errors", "payments", limit=2)
    shop.ask(ORDER)
    attempts = [r.attempt for r in shop.records if r.name == "AuthorizePayment"]
    assert attempts == [None, None, 2, 2, 3, 3]
    assert effects("CardAuthorized") == 1


def test_a_retry_after_a_lost_answer_charges_once(shop: InMemoryPlayground) -> None:
    """The order's id is the idempotency key of its charge."""
    shop.choose(call_retry={"policy": "immediate"})
    shop.inject("reset", "payments", limit=1)
    shop.ask(ORDER)
    assert effects("CardAuthorized") == 1


def test_without_idempotency_the_same_retry_charges_twice(shop: InMemoryPlayground) -> None:
    shop.choose(call_retry={"policy": "immediate"}, idempotent_consumers=False)
    shop.inject("reset", "payments", limit=1)
    shop.ask(ORDER)
    assert effects("CardAuthorized") == 2


def test_an_open_breaker_answers_at_once_and_closes_when_a_probe_succeeds(
    shop: InMemoryPlayground,
) -> None:
    shop.choose(breaker={"on": True, "failures": 2, "open_ms": 5000})
    shop.inject("hang", "payments", duration_s=8)
    for _ in range(2):
        with pytest.raises(CallTimedOut):
            shop.ask(ORDER)
    started = shop.clock.now()
    with pytest.raises(CircuitOpen):
        shop.ask(ORDER)
    assert shop.clock.now() - started < 0.1

    shop.clock.advance(10)
    shop.ask(ORDER)
    phases = [r.data["breaker"] for r in shop.records if "breaker" in r.data]
    assert phases == ["open", "closed"]


def test_replicas_allow_several_sessions_on_one_queue(shop: InMemoryPlayground) -> None:
    take = shop.parts.slots.take
    assert [take("pg", "restaurant", 2) for _ in range(3)] == ["0", "1", None]


def test_with_a_spread_the_same_message_always_takes_the_same_time(
    shop: InMemoryPlayground,
) -> None:
    shop.choose(service_time_spread={"menu": 1.0})
    design = shop.context().conditions.design
    times = {design.service_time_s("menu", f"m{n}") for n in range(50)}
    assert len(times) == 50
    assert design.service_time_s("menu", "m1") == design.service_time_s("menu", "m1")


def test_an_added_subscriber_gets_later_events(shop: InMemoryPlayground) -> None:
    shop.ask(ORDER)
    shop.choose(subscribers={"loyalty": True})
    shop.ask(ORDER)
    shop.serve_all()
    assert effects("PointsGiven") == 1


# Each fault under the production preset and under the careless one.

TARGETS = {
    "broker_down": "broker",
    "crash": "orders",
    "rejection": "restaurant",
}


@pytest.mark.parametrize("kind", [kind for kind in FaultKind if kind is not FaultKind.SURGE])
def test_the_ledger_of_the_production_preset_closes_once_the_fault_has_ended(
    shop: InMemoryPlayground, kind: str
) -> None:
    shop.choose(**PRESETS["production"])
    share = 100 if CATALOGUE[FaultKind(kind)].is_whole else 60
    fault = shop.inject(
        kind, TARGETS.get(kind, "notification"), duration_s=60, percentage=share, seed=3
    )
    promised = []
    for _ in range(10):
        try:
            promised.append(Promise(f"order/{shop.ask(ORDER).id}", "", ("loyalty",)))
        except CallFailed:
            continue
    shop.serve_all()
    pass_time(shop, 150, step_s=3)
    assert shop.hits.by_fault(shop.playground.id)[fault.id], "the fault hit nothing"
    assert promised, "no order was promised"
    for row in recount(shop, promised).values():
        assert (row.lost, row.doubled, row.pending) == (0, 0, 0), row


CARELESS: list[tuple[str, str, dict[str, Any]]] = [
    ("kill", "notification", {}),
    ("errors", "notification", {}),
    ("poison", "notification", {}),
    ("schema", "notification", {}),
    ("loss", "notification", {}),
    ("duplicate", "notification", {}),
    ("hang", "notification", {}),
]


@pytest.mark.parametrize(("kind", "target", "more"), CARELESS)
def test_the_ledger_of_the_careless_preset_does_not_close(
    shop: InMemoryPlayground, kind: str, target: str, more: dict[str, Any]
) -> None:
    shop.choose(**PRESETS["careless async"])
    shop.inject(kind, target, duration_s=8, **more)
    rows = ledger_after(shop, 3)
    pass_time(shop, 60)
    row = recount(shop, all_promises())["EmailSent"]
    assert row.lost + row.doubled > 0, rows


@pytest.mark.parametrize("style", ["call", "text"])
def test_the_restaurant_rejects_an_order_by_call_and_by_text(
    shop: InMemoryPlayground, style: str
) -> None:
    shop.choose(styles={"orders->restaurant": style})
    shop.inject("rejection", "restaurant", limit=1)
    rows = ledger_after(shop, orders=2)
    assert (rows["TicketPrinted"].expected, rows["TicketPrinted"].actual) == (1, 1)
    assert (rows["PaymentRefunded"].expected, rows["PaymentRefunded"].actual) == (1, 1)
    assert (rows["ApologySent"].expected, rows["ApologySent"].actual) == (1, 1)


WHOLE = [kind for kind in FaultKind if CATALOGUE[kind].is_whole]


@pytest.mark.parametrize("kind", WHOLE)
@pytest.mark.parametrize("fields", [{"percentage": 50}, {"limit": 1}])
def test_a_fault_on_a_whole_place_accepts_no_percentage_and_no_limit(
    shop: InMemoryPlayground, kind: FaultKind, fields: dict[str, int]
) -> None:
    with pytest.raises(InvalidFault, match="spares no single message"):
        shop.inject(kind, CATALOGUE[kind].places[0], **fields)


def test_a_surge_brings_its_own_customers_and_touches_no_other_message(
    shop: InMemoryPlayground,
) -> None:
    shop.inject("surge", "gateway")
    rows = ledger_after(shop, orders=1)
    assert (rows["TicketPrinted"].expected, rows["TicketPrinted"].actual) == (1, 1)
    assert not [record.name for record in shop.records if record.fault]
