"""The ledger's rows: promises against effects, and where the messages in between are."""

from dataclasses import dataclass, field

import pytest
from cloudevents.core.v1.event import CloudEvent
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from playground.company import envelope
from playground.company.events import OrderPlaced, OrderRejected, PaymentRefunded, UserRegistered
from playground.company.trace import Span
from playground.flow.ledger import ENTRIES, NOUNS, Line, ledger, lines
from playground.flow.promises import Promise
from playground.models import Effect, OutboxMessage, Playground
from playground.storage.playgrounds import create

SPAN = Span("run", "a" * 32, "b" * 16)
LOYALTY_IS_ABSENT = ("loyalty",)


@dataclass
class GivenUp:
    event: CloudEvent


@dataclass
class ShortQueues:
    """The Queues that a ledger looks at: what a test has put into them."""

    waiting: dict[str, list[CloudEvent]] = field(default_factory=dict)
    dead: dict[str, list[GivenUp]] = field(default_factory=dict)

    def peek(self, playground: str, group: str, limit: int) -> list[CloudEvent]:
        return self.waiting.get(group, [])[:limit]

    def dead_letters(self, playground: str, group: str, limit: int) -> list[GivenUp]:
        return self.dead.get(group, [])[:limit]


@pytest.fixture
def playground(db: None) -> Playground:
    return create()


@pytest.fixture
def queues() -> ShortQueues:
    return ShortQueues()


def placed(order: str) -> CloudEvent:
    return wrapped(OrderPlaced(order, 1, "ada@example.com", 1, 1900), "orders")


def wrapped(message: object, source: str) -> CloudEvent:
    return envelope.wrap(
        message, playground="pg", source=source, span=SPAN, event_id="e", cause="", now=0.0
    )


def effect(playground: Playground, name: str, subject: str, *, run: str = "run") -> None:
    Effect.objects.create(playground=playground, name=name, subject=subject, run=run, at=0.0)


def promised(*subjects: str, run: str = "run", absent: tuple[str, ...] = ()) -> list[Promise]:
    return [Promise(subject, run, absent) for subject in subjects]


def line_of(found: list[Line], name: str) -> Line:
    return next(line for line in found if line.entry.effect == name)


def numbers(
    playground: Playground, queues: ShortQueues, promises: list[Promise], name: str
) -> dict[str, int]:
    """What is not zero in the row of this effect."""
    row = next(r for r in ledger(playground.id, promises, queues) if r.effect == name)
    columns = ("expected", "actual", "lost", "doubled", "pending", "dead", "unasked")
    return {column: getattr(row, column) for column in columns if getattr(row, column)}


def test_without_promises_and_effects_every_row_is_zeros(
    playground: Playground, queues: ShortQueues
) -> None:
    for entry in ENTRIES:
        assert numbers(playground, queues, [], entry.effect) == {}


def test_a_promise_that_came_true_is_expected_and_actual(
    playground: Playground, queues: ShortQueues
) -> None:
    effect(playground, "EmailSent", "order/A")
    assert numbers(playground, queues, promised("order/A"), "EmailSent") == {
        "expected": 1, "actual": 1,
    }  # fmt: skip


def test_an_effect_that_nothing_will_bring_any_more_is_lost(
    playground: Playground, queues: ShortQueues
) -> None:
    found = lines(playground.id, promised("order/A", "order/B"), queues)
    mails = line_of(found, "EmailSent")
    assert mails.row.lost == 2
    assert mails.behind["lost"] == {"order/A": 1, "order/B": 1}


def test_an_effect_whose_message_is_in_its_queue_is_pending_and_not_lost(
    playground: Playground, queues: ShortQueues
) -> None:
    queues.waiting = {"notification": [placed("A")]}
    assert numbers(playground, queues, promised("order/A"), "EmailSent") == {
        "expected": 1, "pending": 1,
    }  # fmt: skip


def test_a_message_in_another_services_queue_brings_another_effect(
    playground: Playground, queues: ShortQueues
) -> None:
    queues.waiting = {"dispatch": [placed("A")]}
    assert "pending" not in numbers(playground, queues, promised("order/A"), "EmailSent")
    assert numbers(playground, queues, promised("order/A"), "CourierAssigned")["pending"] == 1


def test_a_message_that_waits_in_the_outbox_is_pending_for_its_subscribers_only(
    playground: Playground, queues: ShortQueues
) -> None:
    OutboxMessage.objects.create(
        playground=playground, event=envelope.to_json(placed("A")).decode(),
        groups=["restaurant"], stored_at=0.0,
    )  # fmt: skip
    assert numbers(playground, queues, promised("order/A"), "TicketPrinted")["pending"] == 1
    assert numbers(playground, queues, promised("order/A"), "EmailSent")["lost"] == 1


def test_a_dead_letter_is_neither_lost_nor_pending(
    playground: Playground, queues: ShortQueues
) -> None:
    queues.dead = {"notification": [GivenUp(placed("A"))]}
    assert numbers(playground, queues, promised("order/A"), "EmailSent") == {
        "expected": 1, "dead": 1,
    }  # fmt: skip


def test_a_message_that_is_both_dead_and_on_its_way_is_pending(
    playground: Playground, queues: ShortQueues
) -> None:
    queues.dead = {"notification": [GivenUp(placed("A"))]}
    queues.waiting = {"notification": [placed("A")]}
    assert numbers(playground, queues, promised("order/A"), "EmailSent") == {
        "expected": 1, "pending": 1,
    }  # fmt: skip


def test_a_message_at_work_that_no_queue_holds_is_pending(
    playground: Playground, queues: ShortQueues
) -> None:
    way = ("notification", "OrderPlaced")
    found = lines(playground.id, promised("order/A"), queues, lambda: [(way, "order/A")])
    assert line_of(found, "EmailSent").row.pending == 1


def test_once_there_an_effect_is_actual_wherever_copies_of_its_message_are(
    playground: Playground, queues: ShortQueues
) -> None:
    effect(playground, "EmailSent", "order/A")
    queues.waiting = {"notification": [placed("A")]}
    queues.dead = {"notification": [GivenUp(placed("A"))]}
    assert numbers(playground, queues, promised("order/A"), "EmailSent") == {
        "expected": 1, "actual": 1,
    }  # fmt: skip


def test_effects_beyond_the_first_are_doubled(playground: Playground, queues: ShortQueues) -> None:
    for _ in range(3):
        effect(playground, "EmailSent", "order/A")
    assert numbers(playground, queues, promised("order/A"), "EmailSent") == {
        "expected": 1, "actual": 1, "doubled": 2,
    }  # fmt: skip


def test_an_effect_that_nobody_was_promised_is_unasked(
    playground: Playground, queues: ShortQueues
) -> None:
    effect(playground, "OrderStored", "order/A")
    assert numbers(playground, queues, [], "OrderStored") == {"unasked": 1}


def test_a_service_that_was_absent_at_the_promise_owes_nothing(
    playground: Playground, queues: ShortQueues
) -> None:
    absent = promised("order/A", absent=LOYALTY_IS_ABSENT)
    assert numbers(playground, queues, absent, "PointsGiven") == {}
    assert numbers(playground, queues, promised("order/A"), "PointsGiven") == {
        "expected": 1, "lost": 1,
    }  # fmt: skip


def test_an_order_that_was_turned_down_is_owed_a_refund_and_no_ticket(
    playground: Playground, queues: ShortQueues
) -> None:
    effect(playground, "OrderTurnedDown", "order/A")
    promises = promised("order/A", "order/B")
    assert numbers(playground, queues, promises, "TicketPrinted")["expected"] == 1, "B's"
    assert numbers(playground, queues, promises, "PaymentRefunded")["expected"] == 1, "A's"
    assert numbers(playground, queues, promises, "EmailSent")["expected"] == 2


def test_an_apology_is_pending_while_the_rejection_or_the_refund_is_on_its_way(
    playground: Playground, queues: ShortQueues
) -> None:
    effect(playground, "OrderTurnedDown", "order/A")
    rejected = OrderRejected("A", 1, "ada@example.com", 1900, "full")
    refunded = PaymentRefunded("A", 1, "ada@example.com", 1900, "full")
    for waiting in (
        {"payments": [wrapped(rejected, "restaurant")]},
        {"notification": [wrapped(refunded, "payments")]},
    ):
        queues.waiting = waiting
        assert numbers(playground, queues, promised("order/A"), "ApologySent")["pending"] == 1


def test_a_registration_is_owed_what_an_order_is_not(
    playground: Playground, queues: ShortQueues
) -> None:
    queues.waiting = {"crm": [wrapped(UserRegistered(4, "Dana", "d@example.com", ""), "users")]}
    promises = promised("user/4")
    assert numbers(playground, queues, promises, "ContactAdded") == {"expected": 1, "pending": 1}
    assert numbers(playground, queues, promises, "EmailSent") == {}


def test_effects_of_other_runs_are_not_unasked_in_this_one(
    playground: Playground, queues: ShortQueues
) -> None:
    effect(playground, "OrderStored", "order/A", run="first")
    effect(playground, "OrderStored", "order/B", run="second")
    found = lines(playground.id, promised("order/B", run="second"), queues, run="second")
    assert line_of(found, "OrderStored").row.unasked == 0
    everything = lines(playground.id, promised("order/B", run="second"), queues)
    assert line_of(everything, "OrderStored").behind["unasked"] == {"order/A": 1}


def test_effects_of_another_playground_do_not_count(
    playground: Playground, queues: ShortQueues
) -> None:
    effect(create(), "EmailSent", "order/A")
    assert numbers(playground, queues, promised("order/A"), "EmailSent")["lost"] == 1


WHERE = st.sampled_from(["nowhere", "queue", "outbox", "dead", "done", "done twice"])


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(WHERE, max_size=8), st.integers(0, 2))
def test_every_promise_is_in_exactly_one_column(db: None, where: list[str], unasked: int) -> None:
    playground, queues = create(), ShortQueues({"notification": []}, {"notification": []})
    for n, place in enumerate(where):
        match place:
            case "queue":
                queues.waiting["notification"].append(placed(str(n)))
            case "outbox":
                text = envelope.to_json(placed(str(n))).decode()
                OutboxMessage.objects.create(
                    playground=playground, event=text, groups=["notification"], stored_at=0.0
                )
            case "dead":
                queues.dead["notification"].append(GivenUp(placed(str(n))))
            case "done" | "done twice":
                for _ in range(1 + (place == "done twice")):
                    effect(playground, "EmailSent", f"order/{n}")
    for n in range(unasked):
        effect(playground, "EmailSent", f"order/unasked-{n}")

    promises = promised(*(f"order/{n}" for n in range(len(where))))
    mails = line_of(lines(playground.id, promises, queues), "EmailSent")

    row = mails.row
    assert row.expected == len(where) == row.actual + row.lost + row.pending + row.dead
    assert (row.lost, row.dead) == (where.count("nowhere"), where.count("dead"))
    assert (row.doubled, row.unasked) == (where.count("done twice"), unasked)
    for column, subjects in mails.behind.items():
        assert sum(subjects.values()) == getattr(row, column)


def test_every_entry_has_a_noun_for_one_and_for_many() -> None:
    assert {entry.effect for entry in ENTRIES} == set(NOUNS)
    receipts = next(entry for entry in ENTRIES if entry.effect == "EmailSent")
    assert [receipts.counted(n) for n in (0, 1, 2)] == ["0 receipts", "1 receipt", "2 receipts"]
