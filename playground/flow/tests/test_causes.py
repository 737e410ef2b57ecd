"""Why the ledger does not close: the causes that the records of real faults show."""

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
from playground.testing import InMemoryPlayground

ORDER = PlaceOrder(1, 1, (OrderLine("margherita", 2),), "4242 4242 4242 4242")


def order(shop: InMemoryPlayground) -> None:
    with contextlib.suppress(CallFailed, PublishFailed):
        shop.ask(ORDER)
    shop.serve_all()


def differences_of(
    shop: InMemoryPlayground, records: list[Record] | None = None
) -> dict[str, Difference]:
    """The differences by "effect column", with a promise for every stored order."""
    promised = [
        Promise(f"order/{code}", "", ("loyalty",))
        for code in Order.objects.values_list("code", flat=True)
    ]
    found = lines(shop.playground.id, promised, shop.parts.broker)
    differences = explain(found, shop.records if records is None else records)
    return {f"{d.effect} {d.column}": d for d in differences}


def pass_time(shop: InMemoryPlayground, seconds: int) -> None:
    for _ in range(seconds):
        shop.clock.advance(1)
        shop.sweep()


def test_a_ledger_that_closes_has_no_differences(shop: InMemoryPlayground) -> None:
    order(shop)
    assert differences_of(shop) == {}


def test_killed_after_an_early_ack(shop: InMemoryPlayground) -> None:
    shop.choose(ack="early")
    shop.inject("kill", "notification", limit=2)
    for _ in range(3):
        order(shop)
    pass_time(shop, 6)
    difference = differences_of(shop)["EmailSent lost"]
    assert difference.says == "2 receipts lost: the worker was killed after an early ack."
    assert len(difference.subjects) == 2
    kinds = {r.kind for r in shop.records if r.message in difference.messages}
    assert {Kind.PUBLISH, Kind.ENQUEUE, Kind.ACK, Kind.NOTE} <= kinds


@pytest.mark.parametrize(
    ("kind", "target", "choices", "expected"),
    [
        (
            "loss", "notification", {"outbox": False},
            "1 receipt lost: its publish was lost on the way to the broker.",
        ),
        (
            "crash", "orders", {"outbox": False},
            "1 receipt lost: orders crashed between commit and publish, without an outbox.",
        ),
        (
            "broker_down", "broker", {"outbox": False},
            "1 receipt lost: the broker was down, and there was no outbox to keep it.",
        ),
        (
            "schema", "notification", {"dead_letters": False},
            "1 receipt lost: it was discarded, because dead letters are off "
            "(the consumer cannot read it: OrderPlaced without the field 'locale').",
        ),
        (
            "unreachable", "notification", {"styles": {"orders->notification": "call"}},
            "1 receipt lost: the call to notification failed (refused, unreachable).",
        ),
        (
            "schema", "notification", {},
            "1 receipt stuck as dead letters: the consumer cannot read it: OrderPlaced without the field 'locale'.",
        ),
        (
            "duplicate", "notification", {"idempotent_consumers": False},
            "1 receipt too many: the broker got it twice (duplicate fault), and the "
            "consumer is not idempotent: it did not notice.",
        ),
        (
            "errors", "notification", {},
            "1 receipt on the way: it failed, and will be retried.",
        ),
        ("paused", "notification", {}, "1 receipt on the way: its consumer is stopped."),
        ("broker_down", "broker", {}, "1 receipt on the way: the broker is down; the outbox keeps it."),
    ],
)  # fmt: skip
def test_the_ledger_explains_what_happened_to_a_receipt(
    shop: InMemoryPlayground, kind: str, target: str, choices: dict[str, object], expected: str
) -> None:
    shop.choose(**choices)
    shop.inject(kind, target)
    order(shop)
    says = [d.says for d in differences_of(shop).values() if d.effect == "EmailSent"]
    assert says == [expected]


@pytest.mark.parametrize("kind", ["ack_lost", "reset"])
def test_a_lost_ack_without_idempotency(shop: InMemoryPlayground, kind: str) -> None:
    shop.choose(idempotent_consumers=False)
    shop.inject(kind, "notification", limit=1)
    order(shop)
    pass_time(shop, 6)
    difference = differences_of(shop)["EmailSent doubled"]
    assert "1 receipt too many: " in difference.says
    assert "delivered again, and the consumer is not idempotent" in difference.says


def test_a_call_that_was_repeated_after_its_answer_was_lost(shop: InMemoryPlayground) -> None:
    shop.choose(
        styles={"orders->notification": "call"}, idempotent_consumers=False,
        call_retry={"attempts": 2},
    )  # fmt: skip
    shop.inject("reset", "notification", limit=1)
    order(shop)
    says = differences_of(shop)["EmailSent doubled"].says
    assert says == (
        "1 receipt too many: the connection broke after the work, "
        "and the call was repeated without a key."
    )


def test_the_ledger_says_when_the_records_show_no_cause(shop: InMemoryPlayground) -> None:
    order(shop)
    Effect.objects.filter(name="EmailSent").delete()  # no record shows this
    assert differences_of(shop)["EmailSent lost"].says == f"1 receipt lost: {UNKNOWN}."
    assert differences_of(shop, [])["EmailSent lost"].says == f"1 receipt lost: {UNKNOWN}."


def test_an_effect_without_a_promise_names_the_answer_that_the_customer_got(
    shop: InMemoryPlayground,
) -> None:
    order(shop)
    [stored] = Order.objects.values_list("code", flat=True)
    trace = next(r.trace for r in shop.records if r.data.get("subject") == f"order/{stored}")
    answer = Record(
        Kind.RESPONSE, "POST /api/orders", 1.0, GATEWAY, "customer",
        status="refused", code=502, trace=trace, fault={"id": "f", "kind": "reset"},
    )  # fmt: skip
    found = explain(lines(shop.playground.id, [], shop.parts.broker), [*shop.records, answer])
    assert [d.says for d in found] == [
        "1 order that no customer was promised: the customer got an error (502, reset), though the work was done."
    ]


def _at_it(**ends: Kind) -> list[Record]:
    """The records of two OrderPlaced at notification, acknowledged early."""
    records = []
    for n, message in enumerate(("first", "second")):
        event = {"id": message, "subject": f"order/{n}"}
        common = {"trace": message, "message": message, "attempt": 1}
        records.append(Record(Kind.PUBLISH, "OrderPlaced", n, "orders", "broker",
                           data={"event": event}, **common))  # fmt: skip
        for kind in (Kind.DELIVER, Kind.ACK, *([ends[message]] if message in ends else [])):
            records.append(Record(kind, "OrderPlaced", n, "broker", "notification", **common))
    return records


def test_a_text_that_a_living_worker_acknowledged_early_is_on_the_way() -> None:
    way = ("notification", "OrderPlaced")
    assert in_work(_at_it(first=Kind.PROCESS), {"notification": 1}) == [(way, "order/1")]
    assert in_work(_at_it(first=Kind.PROCESS), {"notification": 0}) == []
    assert in_work(_at_it(first=Kind.PROCESS, second=Kind.PROCESS), {"notification": 1}) == []


def test_a_message_of_a_living_worker_is_not_redelivered() -> None:
    """One slot is held and two texts are unfinished: the worker of the older one has died."""
    assert [subject for _, subject in in_work(_at_it(), {"notification": 1})] == ["order/1"]


def test_a_receipt_that_a_worker_is_sending_counts_as_pending(shop: InMemoryPlayground) -> None:
    shop.choose(ack="early")
    order(shop)
    began = next(i for i, r in enumerate(shop.records) if r.kind is Kind.PROCESS)
    so_far = shop.records[:began]
    working = next(r for r in reversed(so_far) if r.kind is Kind.DELIVER)

    found = in_work(so_far, {working.target: 1})

    assert [way for way, _ in found] == [(working.target, "OrderPlaced")]


def test_a_receipt_received_while_the_ledger_is_counted_is_not_lost(
    shop: InMemoryPlayground,
) -> None:
    """It leaves its queue after the workers were asked and before the effects are counted."""
    shop.choose(ack="early")
    shop.ask(ORDER)
    code = Order.objects.get().code

    def taken_now() -> list[tuple[tuple[str, str], str]]:
        broker = shop.parts.broker
        broker.ack(broker.receive(shop.playground.id, "notification", 10))
        return []

    found = lines(
        shop.playground.id, [Promise(f"order/{code}", "", ("loyalty",))], shop.parts.broker,
        taken_now,
    )  # fmt: skip

    receipts = next(line.row for line in found if line.row.effect == "EmailSent")
    assert (receipts.lost, receipts.pending) == (0, 1)
