"""Every fault: what it does to calls, what it does to texts, and which choice answers it."""

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
from playground.testing import Town

ORDER = PlaceOrder(1, 1, (OrderLine("margherita", 2),), "4242 4242 4242 4242")
DANA = RegisterUser("Dana", "dana@example.com", "Leeds", "correct horse")
CALLS = {"styles": {c.id: "call" for c in flippable()}}


def effects(name: str) -> int:
    return Effect.objects.filter(name=name).count()


def ledger_after(town: Town, orders: int) -> dict[str, Row]:
    """The ledger of so many orders, each answered with a 202 if it could be."""
    promised = []
    for _ in range(orders):
        try:
            promised.append(Promise(f"order/{town.ask(ORDER).id}", "", ("loyalty",)))
        except CallFailed:
            continue
    town.serve_all()
    return recount(town, promised)


def recount(town: Town, promised: list[Promise]) -> dict[str, Row]:
    rows = ledger(town.playground.id, promised, town.parts.broker)
    return {row.effect: row for row in rows}


def all_promises() -> list[Promise]:
    """Every order that was stored, as if each had been answered."""
    return [Promise(f"order/{code}", "") for code in Order.objects.values_list("code", flat=True)]


def pass_time(town: Town, seconds: int, *, step_s: int = 1) -> None:
    for _ in range(0, seconds, step_s):
        town.clock.advance(step_s)
        town.sweep()


# What a caller comes to feel.


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
def test_what_a_caller_feels(
    town: Town, kind: str, error: type[Exception], waited_s: float
) -> None:
    town.choose(service_time_ms={"menu": 0, "gateway": 0})
    town.inject(kind, "payments")
    started = town.clock.now()
    with pytest.raises(error):
        town.ask(ORDER)
    assert town.clock.now() - started == pytest.approx(waited_s)
    assert not Order.objects.exists()
    assert town.hits.by_fault(town.playground.id)
    marked = [r.fault["kind"] for r in town.records if r.fault]
    assert set(marked) == {kind}


def test_who_is_called_and_needs_a_field_that_is_not_there_says_400(town: Town) -> None:
    town.choose(styles={"orders->restaurant": "call"})
    town.inject("schema", "restaurant")
    with pytest.raises(CallBroke, match="answered 400"):
        town.ask(ORDER)
    assert effects("TicketPrinted") == 0


def test_a_slow_callee_makes_its_caller_wait(town: Town) -> None:
    town.inject("slow", "payments", ms=700)
    started = town.clock.now()
    town.ask(ORDER)
    assert town.clock.now() - started == pytest.approx(0.060 + 0.150 + 0.700 + 0.040)


def test_jitter_makes_each_hop_take_another_time(town: Town) -> None:
    town.inject("latency", "menu", ms=100, jitter_ms=900)
    took = set()
    for _ in range(5):
        started = town.clock.now()
        town.ask(ORDER)
        took.add(round(town.clock.now() - started, 3))
    assert len(took) == 5
    assert all(0.35 <= seconds <= 1.25 for seconds in took)


@pytest.mark.parametrize("kind", ["paused", "duplicate", "reorder", "loss", "ack_lost"])
def test_what_befalls_a_queue_does_nothing_to_a_call(town: Town, kind: str) -> None:
    town.choose(**CALLS)
    town.inject(kind, "notification")
    town.ask(ORDER)
    assert (effects("EmailSent"), effects("TicketPrinted")) == (1, 1)


def test_work_that_was_done_before_the_line_broke_stays_done(town: Town) -> None:
    town.inject("reset", "orders")
    with pytest.raises(CallReset):
        town.ask(ORDER)
    assert Order.objects.count() == 1


def test_a_fault_on_one_arrow_leaves_the_others_alone(town: Town) -> None:
    town.inject("errors", "users->crm")
    town.ask(DANA)
    town.serve_all()
    assert (effects("ContactAdded"), effects("WelcomeSent")) == (0, 1)


# What becomes of a text.


@pytest.mark.parametrize("kind", ["errors", "throttled", "unreachable", "hang"])
def test_a_text_that_failed_is_delivered_again_once_it_is_over(town: Town, kind: str) -> None:
    town.inject(kind, "restaurant", duration_s=12)
    rows = ledger_after(town, 2)
    assert (rows["TicketPrinted"].pending, rows["TicketPrinted"].lost) == (2, 0)
    pass_time(town, 40)
    assert effects("TicketPrinted") == 2


def test_without_retries_a_text_that_failed_is_a_dead_letter_and_can_be_replayed(
    town: Town,
) -> None:
    town.choose(delivery_retry={"policy": "none"})
    town.inject("errors", "restaurant", duration_s=5)
    ledger_after(town, 1)
    row = recount(town, all_promises())["TicketPrinted"]
    assert (row.dead, row.lost, row.actual) == (1, 0, 0)

    [letter] = town.parts.broker.dead_letters(town.playground.id, "restaurant", 10)
    assert "attempt 1 was the last" in letter.reason
    pass_time(town, 6)
    assert town.parts.broker.replay(letter)
    town.serve("restaurant")
    assert effects("TicketPrinted") == 1


def test_without_dead_letters_it_is_thrown_away(town: Town) -> None:
    town.choose(delivery_retry={"policy": "none"}, dead_letters=False)
    town.inject("errors", "restaurant")
    rows = ledger_after(town, 1)
    assert (rows["TicketPrinted"].lost, rows["TicketPrinted"].dead) == (1, 0)


def test_a_poison_message_fails_at_every_attempt_and_others_pass_it(town: Town) -> None:
    town.choose(delivery_retry={"policy": "fixed", "attempts": 3})
    town.inject("poison", "restaurant", limit=1, duration_s=100)
    ledger_after(town, 3)
    pass_time(town, 10)
    row = recount(town, all_promises())["TicketPrinted"]
    assert (row.actual, row.dead, row.lost) == (2, 1, 0)


def test_a_broken_schema_is_a_dead_letter_at_once(town: Town) -> None:
    town.inject("schema", "restaurant", limit=1)
    rows = ledger_after(town, 2)
    assert (rows["TicketPrinted"].dead, rows["TicketPrinted"].actual) == (1, 1)


@pytest.mark.parametrize("kind", ["duplicate", "ack_lost", "reset"])
def test_a_message_that_comes_twice_has_its_effect_once_with_idempotent_consumers(
    town: Town, kind: str
) -> None:
    town.inject(kind, "notification", duration_s=3)
    ledger_after(town, 2)
    pass_time(town, 12)
    row = recount(town, all_promises())["EmailSent"]
    assert (row.actual, row.doubled, row.pending) == (2, 0, 0)
    assert "duplicate" in [r.status for r in town.records]


@pytest.mark.parametrize("kind", ["duplicate", "ack_lost", "reset"])
def test_without_idempotent_consumers_it_has_its_effect_twice(town: Town, kind: str) -> None:
    town.choose(idempotent_consumers=False)
    town.inject(kind, "notification", duration_s=3)
    ledger_after(town, 2)
    pass_time(town, 12)
    assert recount(town, all_promises())["EmailSent"].doubled >= 2


def test_a_message_that_is_held_back_is_overtaken(town: Town) -> None:
    town.choose(service_time_ms=dict.fromkeys(("gateway", "menu", "payments", "orders"), 0))
    town.inject("reorder", "restaurant", ms=2000, limit=1)
    first, second = town.ask(ORDER), town.ask(ORDER)
    town.serve_all()
    pass_time(town, 5)
    tickets = Effect.objects.filter(name="TicketPrinted").order_by("id")
    assert [t.subject for t in tickets] == [f"order/{second.id}", f"order/{first.id}"]


def test_what_got_lost_on_the_way_is_published_again_from_the_outbox(town: Town) -> None:
    town.inject("loss", "restaurant", duration_s=5)
    rows = ledger_after(town, 2)
    assert (rows["TicketPrinted"].pending, rows["TicketPrinted"].lost) == (2, 0)
    assert effects("EmailSent") == 2, "only the copy for the restaurant was lost"
    pass_time(town, 15)
    row = recount(town, all_promises())["TicketPrinted"]
    assert (row.actual, row.lost, row.pending) == (2, 0, 0)


def test_without_an_outbox_it_stays_lost(town: Town) -> None:
    town.choose(outbox=False)
    town.inject("loss", "restaurant", duration_s=5)
    rows = ledger_after(town, 2)
    assert rows["TicketPrinted"].lost == 2
    assert "lost" in [r.status for r in town.records if r.kind == "enqueue"]


def test_while_the_broker_is_down_orders_are_accepted_and_wait_in_the_outbox(town: Town) -> None:
    town.inject("broker_down", "broker", duration_s=5)
    rows = ledger_after(town, 2)
    assert (rows["TicketPrinted"].pending, rows["TicketPrinted"].lost) == (2, 0)
    assert OutboxMessage.objects.count() == 2
    pass_time(town, 15)
    assert effects("TicketPrinted") == 2


def test_without_an_outbox_a_broker_that_is_down_leaves_an_order_that_nobody_cooks(
    town: Town,
) -> None:
    town.choose(outbox=False)
    town.inject("broker_down", "broker", duration_s=5)
    with pytest.raises(PublishFailed):
        town.ask(ORDER)
    assert Order.objects.count() == 1
    pass_time(town, 15)
    assert effects("TicketPrinted") == 0


@pytest.mark.parametrize(("outbox", "tickets"), [(True, 1), (False, 0)])
def test_a_crash_between_commit_and_publish_loses_the_event_unless_there_is_an_outbox(
    town: Town, outbox: bool, tickets: int
) -> None:
    town.choose(outbox=outbox)
    town.inject("crash", "orders", limit=1)
    with pytest.raises(CallFailed, match="crashed"):
        town.ask(ORDER)
    assert Order.objects.count() == 1
    pass_time(town, 10)
    assert effects("TicketPrinted") == tickets


def test_a_subscriber_that_crashes_before_it_publishes_is_given_the_message_again(
    town: Town,
) -> None:
    town.inject("crash", "restaurant", limit=1)
    town.ask(ORDER)
    town.serve_all()
    pass_time(town, 10)
    assert effects("TicketPrinted") == 1
    assert OrderStatus.objects.filter(status="accepted").count() == 1


@pytest.mark.parametrize(("ack", "tickets"), [("late", 1), ("early", 0)])
def test_a_kill_in_mid_task_loses_what_was_acknowledged_early(
    town: Town, ack: str, tickets: int
) -> None:
    town.choose(ack=ack)
    town.inject("kill", "restaurant", limit=1)
    rows = ledger_after(town, 1)
    assert town.killable_workers.killed == 1
    assert rows["TicketPrinted"].lost == (1 if ack == "early" else 0)
    pass_time(town, 10)
    assert effects("TicketPrinted") == tickets


def test_a_paused_consumer_leaves_its_messages_in_the_queue(town: Town) -> None:
    town.inject("paused", "notification", duration_s=30)
    rows = ledger_after(town, 3)
    assert rows["EmailSent"].pending == 3
    pass_time(town, 31)
    assert effects("EmailSent") == 3


@pytest.mark.parametrize("kind", ["paused", "kill"])
def test_what_nobody_may_take_now_keeps_no_worker_busy(town: Town, kind: str) -> None:
    handed_over: list[str] = []
    town.killable_workers.serve = lambda playground, service: handed_over.append(
        service
    )  # they are busy
    town.choose(replicas={"notification": 3})
    town.inject(kind, "notification", duration_s=30)
    for _ in range(5):
        town.ask(ORDER)
    for _ in range(50):
        rung, town.bell.rung = town.bell.rung, []
        for _, service in rung:
            town.serve(service)
        if not town.bell.rung:
            break
    assert not town.bell.rung, "whoever is rung for finds nothing to do and rings again"
    assert len(handed_over) <= 5


def test_a_rejection_is_followed_by_refund_apology_and_status(town: Town) -> None:
    town.inject("rejection", "restaurant", limit=1)
    rows = ledger_after(town, 2)
    assert {name: rows[name].actual for name in ("TicketPrinted", "PaymentRefunded")} == {
        "TicketPrinted": 1, "PaymentRefunded": 1,
    }  # fmt: skip
    assert (rows["ApologySent"].actual, effects("CourierCalledOff")) == (1, 1)
    for row in rows.values():
        assert (row.lost, row.doubled, row.pending) == (0, 0, 0), row
    turned_down = Effect.objects.get(name="OrderTurnedDown").subject.removeprefix("order/")
    assert OrderStatus.objects.get(status="rejected").order == turned_down


def test_the_kitchen_takes_as_many_as_it_has_room_for(town: Town) -> None:
    town.choose(kitchen_capacity=2)
    rows = ledger_after(town, 5)
    assert (rows["TicketPrinted"].actual, rows["PaymentRefunded"].actual) == (2, 3)


def test_a_refund_that_is_heard_of_twice_is_paid_once(town: Town) -> None:
    town.inject("rejection", "restaurant")
    town.inject("duplicate", "payments")
    rows = ledger_after(town, 1)
    assert (rows["PaymentRefunded"].actual, rows["PaymentRefunded"].doubled) == (1, 0)


# The choices that answer.


def test_a_retry_makes_a_short_outage_invisible_to_the_customer(town: Town) -> None:
    town.choose(call_retry={"policy": "fixed", "attempts": 3, "base_ms": 100})
    town.inject("errors", "payments", limit=2)
    town.ask(ORDER)
    attempts = [r.attempt for r in town.records if r.name == "AuthorizePayment"]
    assert attempts == [None, None, 2, 2, 3, 3]
    assert effects("CardAuthorized") == 1


def test_a_retry_after_an_answer_that_got_lost_charges_once(town: Town) -> None:
    """The order's id is the idempotency key of its charge."""
    town.choose(call_retry={"policy": "immediate"})
    town.inject("reset", "payments", limit=1)
    town.ask(ORDER)
    assert effects("CardAuthorized") == 1


def test_without_idempotency_the_same_retry_charges_twice(town: Town) -> None:
    town.choose(call_retry={"policy": "immediate"}, idempotent_consumers=False)
    town.inject("reset", "payments", limit=1)
    town.ask(ORDER)
    assert effects("CardAuthorized") == 2


def test_an_open_breaker_answers_at_once_and_closes_when_a_probe_succeeds(town: Town) -> None:
    town.choose(breaker={"on": True, "failures": 2, "open_ms": 5000})
    town.inject("hang", "payments", duration_s=8)
    for _ in range(2):
        with pytest.raises(CallTimedOut):
            town.ask(ORDER)
    started = town.clock.now()
    with pytest.raises(CircuitOpen):
        town.ask(ORDER)
    assert town.clock.now() - started < 0.1

    town.clock.advance(10)
    town.ask(ORDER)
    phases = [r.data["breaker"] for r in town.records if "breaker" in r.data]
    assert phases == ["open", "closed"]


def test_replicas_let_several_work_at_one_queue(town: Town) -> None:
    take = town.parts.slots.take
    assert [take("pg", "restaurant", 2) for _ in range(3)] == ["0", "1", None]


def test_a_spread_draws_the_same_time_for_the_same_message(town: Town) -> None:
    town.choose(service_time_spread={"menu": 1.0})
    design = town.context().conditions.design
    times = {design.service_time_s("menu", f"m{n}") for n in range(50)}
    assert len(times) == 50
    assert design.service_time_s("menu", "m1") == design.service_time_s("menu", "m1")


def test_a_subscriber_that_is_added_hears_what_comes_after(town: Town) -> None:
    town.ask(ORDER)
    town.choose(subscribers={"loyalty": True})
    town.ask(ORDER)
    town.serve_all()
    assert effects("PointsGiven") == 1


# Each fault against the designs that fit it, and that do not.

TARGETS = {
    "broker_down": "broker",
    "crash": "orders",
    "rejection": "restaurant",
}


@pytest.mark.parametrize("kind", [kind for kind in FaultKind if kind is not FaultKind.SURGE])
def test_production_closes_the_ledger_once_the_fault_has_ended(town: Town, kind: str) -> None:
    town.choose(**PRESETS["production"])
    share = 100 if CATALOGUE[FaultKind(kind)].is_whole else 60
    fault = town.inject(
        kind, TARGETS.get(kind, "notification"), duration_s=60, percentage=share, seed=3
    )
    promised = []
    for _ in range(10):
        try:
            promised.append(Promise(f"order/{town.ask(ORDER).id}", "", ("loyalty",)))
        except CallFailed:
            continue
    town.serve_all()
    pass_time(town, 150, step_s=3)
    assert town.hits.by_fault(town.playground.id)[fault.id], "it was there"
    assert promised, "somebody was told yes"
    for row in recount(town, promised).values():
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
def test_careless_does_not_close_the_ledger(
    town: Town, kind: str, target: str, more: dict[str, Any]
) -> None:
    town.choose(**PRESETS["careless async"])
    town.inject(kind, target, duration_s=8, **more)
    rows = ledger_after(town, 3)
    pass_time(town, 60)
    row = recount(town, all_promises())["EmailSent"]
    assert row.lost + row.doubled > 0, rows


@pytest.mark.parametrize("style", ["call", "text"])
def test_the_restaurant_says_no_however_it_is_reached(town: Town, style: str) -> None:
    town.choose(styles={"orders->restaurant": style})
    town.inject("rejection", "restaurant", limit=1)
    rows = ledger_after(town, orders=2)
    assert (rows["TicketPrinted"].expected, rows["TicketPrinted"].actual) == (1, 1)
    assert (rows["PaymentRefunded"].expected, rows["PaymentRefunded"].actual) == (1, 1)
    assert (rows["ApologySent"].expected, rows["ApologySent"].actual) == (1, 1)


WHOLE = [kind for kind in FaultKind if CATALOGUE[kind].is_whole]


@pytest.mark.parametrize("kind", WHOLE)
@pytest.mark.parametrize("wish", [{"percentage": 50}, {"limit": 1}])
def test_what_holds_a_place_as_a_whole_cannot_spare_single_messages(
    town: Town, kind: FaultKind, wish: dict[str, int]
) -> None:
    with pytest.raises(InvalidFault, match="spares no single message"):
        town.inject(kind, CATALOGUE[kind].places[0], **wish)


def test_a_surge_brings_its_own_customers_and_touches_no_other_message(town: Town) -> None:
    town.inject("surge", "gateway")
    rows = ledger_after(town, orders=1)
    assert (rows["TicketPrinted"].expected, rows["TicketPrinted"].actual) == (1, 1)
    assert not [record.name for record in town.records if record.fault]
