"""Why the ledger does not close, told from the records of what really happened."""

import contextlib

import pytest

from playground.api.ingress import GATEWAY
from playground.company.commands import OrderLine, PlaceOrder
from playground.company.errors import CallFailed, PublishFailed
from playground.flow.causes import UNKNOWN, Difference, explain, in_work
from playground.flow.ledger import lines
from playground.flow.promises import Promise
from playground.flow.records import Kind, Record
from playground.models import Effect, Order
from playground.testing import Town

ORDER = PlaceOrder(1, 1, (OrderLine("margherita", 2),), "4242 4242 4242 4242")


def order(town: Town) -> None:
    with contextlib.suppress(CallFailed, PublishFailed):
        town.ask(ORDER)
    town.serve_all()


def told(town: Town, records: list[Record] | None = None) -> dict[str, Difference]:
    """The differences by "effect column", if every order that is stored was promised."""
    promised = [
        Promise(f"order/{code}", "", ("loyalty",))
        for code in Order.objects.values_list("code", flat=True)
    ]
    found = lines(town.playground.id, promised, town.parts.broker)
    differences = explain(found, town.records if records is None else records)
    return {f"{d.effect} {d.column}": d for d in differences}


def pass_time(town: Town, seconds: int) -> None:
    for _ in range(seconds):
        town.clock.advance(1)
        town.sweep()


def test_a_ledger_that_closes_has_nothing_to_explain(town: Town) -> None:
    order(town)
    assert told(town) == {}


def test_killed_after_an_early_ack(town: Town) -> None:
    town.choose(ack="early")
    town.inject("kill", "notification", limit=2)
    for _ in range(3):
        order(town)
    pass_time(town, 6)
    difference = told(town)["EmailSent lost"]
    assert difference.says == "2 receipts lost: the worker was killed after an early ack."
    assert len(difference.subjects) == 2
    kinds = {r.kind for r in town.records if r.message in difference.messages}
    assert {Kind.PUBLISH, Kind.ENQUEUE, Kind.ACK, Kind.NOTE} <= kinds


@pytest.mark.parametrize(
    ("kind", "target", "choices", "expected"),
    [
        (
            "loss", "notification", {"outbox": False},
            "1 receipt lost: its publish was dropped on the way to the broker.",
        ),
        (
            "crash", "orders", {"outbox": False},
            "1 receipt lost: orders crashed between commit and publish, without an outbox.",
        ),
        (
            "broker_down", "broker", {"outbox": False},
            "1 receipt lost: the broker was down, and without an outbox nothing kept it.",
        ),
        (
            "schema", "notification", {"dead_letters": False},
            "1 receipt lost: it was thrown away, for there is no dead letter queue "
            "(nobody here can read it: OrderPlaced without the field 'locale').",
        ),
        (
            "unreachable", "notification", {"styles": {"orders->notification": "call"}},
            "1 receipt lost: the call to notification failed (refused, unreachable).",
        ),
        (
            "schema", "notification", {},
            "1 receipt stuck as dead letters: nobody here can read it: OrderPlaced without the field 'locale'.",
        ),
        (
            "duplicate", "notification", {"idempotent_consumers": False},
            "1 receipt too many: the broker was given it twice (duplicate fault), and the "
            "consumer is not idempotent: it did not notice.",
        ),
        (
            "errors", "notification", {},
            "1 receipt on the way: it failed, and will be tried again.",
        ),
        ("paused", "notification", {}, "1 receipt on the way: nobody takes it from its queue."),
        ("broker_down", "broker", {}, "1 receipt on the way: the broker is down; the outbox keeps it."),
    ],
)  # fmt: skip
def test_one_order_and_what_became_of_its_receipt(
    town: Town, kind: str, target: str, choices: dict[str, object], expected: str
) -> None:
    town.choose(**choices)
    town.inject(kind, target)
    order(town)
    says = [d.says for d in told(town).values() if d.effect == "EmailSent"]
    assert says == [expected]


@pytest.mark.parametrize("kind", ["ack_lost", "reset"])
def test_a_lost_ack_without_idempotency(town: Town, kind: str) -> None:
    town.choose(idempotent_consumers=False)
    town.inject(kind, "notification", limit=1)
    order(town)
    pass_time(town, 6)
    difference = told(town)["EmailSent doubled"]
    assert "1 receipt too many: the" in difference.says
    assert "delivered again, and the consumer is not idempotent" in difference.says


def test_a_call_that_was_repeated_after_its_answer_got_lost(town: Town) -> None:
    town.choose(
        styles={"orders->notification": "call"}, idempotent_consumers=False,
        call_retry={"attempts": 2},
    )  # fmt: skip
    town.inject("reset", "notification", limit=1)
    order(town)
    says = told(town)["EmailSent doubled"].says
    assert says == (
        "1 receipt too many: the connection broke after the work, "
        "and the call was repeated without a key."
    )


def test_what_the_records_do_not_tell_is_said_so(town: Town) -> None:
    order(town)
    Effect.objects.filter(name="EmailSent").delete()  # nothing that we do
    assert told(town)["EmailSent lost"].says == f"1 receipt lost: {UNKNOWN}."
    assert told(town, [])["EmailSent lost"].says == f"1 receipt lost: {UNKNOWN}."


def test_an_effect_that_nobody_was_promised_names_the_answer(town: Town) -> None:
    order(town)
    [stored] = Order.objects.values_list("code", flat=True)
    trace = next(r.trace for r in town.records if r.data.get("subject") == f"order/{stored}")
    answer = Record(
        Kind.RESPONSE, "POST /api/orders", 1.0, GATEWAY, "customer",
        status="refused", code=502, trace=trace, fault={"id": "f", "kind": "reset"},
    )  # fmt: skip
    found = explain(lines(town.playground.id, [], town.parts.broker), [*town.records, answer])
    assert [d.says for d in found] == [
        "1 order that nobody was promised: the customer was told 502, reset, though it was done."
    ]


def _at_it(**ends: Kind) -> list[Record]:
    """Two deliveries of OrderPlaced at notification, acknowledged early."""
    told = []
    for n, message in enumerate(("first", "second")):
        event = {"id": message, "subject": f"order/{n}"}
        common = {"trace": message, "message": message, "attempt": 1}
        told.append(Record(Kind.PUBLISH, "OrderPlaced", n, "orders", "broker",
                           data={"event": event}, **common))  # fmt: skip
        for kind in (Kind.DELIVER, Kind.ACK, *([ends[message]] if message in ends else [])):
            told.append(Record(kind, "OrderPlaced", n, "broker", "notification", **common))
    return told


def test_what_a_living_worker_has_acknowledged_early_is_on_the_way() -> None:
    way = ("notification", "OrderPlaced")
    assert in_work(_at_it(first=Kind.PROCESS), {"notification": 1}) == [(way, "order/1")]
    assert in_work(_at_it(first=Kind.PROCESS), {"notification": 0}) == []
    assert in_work(_at_it(first=Kind.PROCESS, second=Kind.PROCESS), {"notification": 1}) == []


def test_a_living_worker_is_not_taken_for_one_that_has_gone() -> None:
    """One slot is held, two texts are unfinished: the older one's worker is dead."""
    assert [subject for _, subject in in_work(_at_it(), {"notification": 1})] == ["order/1"]


def test_the_receipt_that_is_being_written_counts_as_pending(town: Town) -> None:
    town.choose(ack="early")
    order(town)
    began = next(i for i, r in enumerate(town.records) if r.kind is Kind.PROCESS)
    so_far = town.records[:began]
    working = next(r for r in reversed(so_far) if r.kind is Kind.DELIVER)

    found = in_work(so_far, {working.target: 1})

    assert [way for way, _ in found] == [(working.target, "OrderPlaced")]


def test_a_receipt_that_is_taken_while_the_ledger_is_counted_is_not_lost(town: Town) -> None:
    """It has left its queue, and the workers were asked too soon to know of it."""
    town.choose(ack="early")
    town.ask(ORDER)
    code = Order.objects.get().code

    def taken_now() -> list[tuple[tuple[str, str], str]]:
        broker = town.parts.broker
        broker.ack(broker.receive(town.playground.id, "notification", 10))
        return []

    found = lines(
        town.playground.id, [Promise(f"order/{code}", "", ("loyalty",))], town.parts.broker,
        taken_now,
    )  # fmt: skip

    receipts = next(line.row for line in found if line.row.effect == "EmailSent")
    assert (receipts.lost, receipts.pending) == (0, 1)
