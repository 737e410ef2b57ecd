"""A broker on a server of its own fails in its own way: nothing is lost, and nobody is lied to.

The adapter here stands for Kafka's or RabbitMQ's: its client library raises an error that
nobody outside knows, and the adapter turns it into BrokerUnavailable. It is a row of the table
of brokers that only this file knows.
"""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from redis import Redis

from playground import bootstrap
from playground.api.conftest import Caller
from playground.api.tests.test_company_api import ORDER as ORDER_BODY
from playground.company.commands import OrderLine, PlaceOrder, SaveProfile
from playground.company.errors import CompanyError, PublishFailed
from playground.flow.ledger import Row, ledger
from playground.flow.promises import Promise
from playground.handling.clock import FakeClock
from playground.messaging.batch_writer import SequentialBatchWriter
from playground.messaging.brokers import BROKERS, BrokerParts, Surroundings
from playground.messaging.brokers.memory import MemoryBroker
from playground.messaging.consumer import serve
from playground.messaging.outbox_cleaner import ImmediateCleaner
from playground.messaging.port import BrokerUnavailable
from playground.messaging.recovery import sweep
from playground.models import Effect, Order, OutboxMessage, Playground, User
from playground.testing import NO_SERVICE_TIME, InMemoryPlayground

ORDER = PlaceOrder(1, 1, (OrderLine("margherita", 2),), "4242 4242 4242 4242")
CLOSED = (0, 0, 0, 0, 0)

AWAY = "away"  # it was not done
NO_ANSWER = "no answer"  # it was done, and the answer got lost
UNTRANSLATED = "untranslated"  # it was not done, and the adapter has forgotten to translate


class KafkaLikeError(Exception):
    """What the client library raises."""


class KafkaLikeBroker:
    """MemoryBroker behind a connection of which a test says what fails, and how."""

    def __init__(self, clock: Any) -> None:
        self._server = MemoryBroker(clock)
        self.failing: dict[str, str] = {}  # method -> AWAY, NO_ANSWER or UNTRANSLATED
        self.spared = 0  # requests to failing methods that still succeed before the first failure

    def __getattr__(self, method: str) -> Callable[..., Any]:
        def request(*args: Any, **kwargs: Any) -> Any:
            how = self.failing.get(method)
            if how is None:
                return getattr(self._server, method)(*args, **kwargs)
            if self.spared:
                self.spared -= 1
                return getattr(self._server, method)(*args, **kwargs)
            if how == NO_ANSWER:
                getattr(self._server, method)(*args, **kwargs)
            error = KafkaLikeError(f"{method}: connection reset by peer")
            if how == UNTRANSLATED:
                raise error
            raise BrokerUnavailable(str(error)) from error

        return request

    def comes_back(self) -> None:
        self.failing, self.spared = {}, 0


def make(surroundings: Surroundings) -> BrokerParts:
    """The factory of this row."""
    broker = KafkaLikeBroker(surroundings.clock)
    writer = SequentialBatchWriter(surroundings.log, broker, surroundings.doorbell)
    return BrokerParts(broker, writer)


# A customer's request, through the API


class Company:
    """What a customer and time do to a company on this broker."""

    def __init__(self, call: Caller, clock: FakeClock, broker: KafkaLikeBroker) -> None:
        self.call, self.broker, self._clock = call, broker, clock

    def choose(self, **choices: Any) -> None:
        Playground.objects.filter(id=self.call.id).update(design=NO_SERVICE_TIME | choices)

    def order(self, **headers: str) -> Any:
        return self.call("POST", "/api/orders", ORDER_BODY, **headers)

    def recover(self) -> None:
        """The broker is back; the sweep and the workers do what is left to do."""
        self.broker.comes_back()
        parts = bootstrap.parts()
        for _ in range(20):
            self._clock.advance(1)
            sweep(parts)
            for playground, service in parts.broker.unfinished():
                serve(parts, playground, service)

    def rows(self) -> dict[str, dict[str, Any]]:
        rows = self.call("GET", "/api/playground/ledger").json()["rows"]
        return {row["effect"]: row for row in rows}

    def open_rows(self) -> dict[str, dict[str, Any]]:
        """The rows of the ledger that do not close."""
        columns = ("lost", "doubled", "pending", "dead", "unasked")
        return {e: row for e, row in self.rows().items() if any(row[c] for c in columns)}


@pytest.fixture
def company(
    transactional_db: None, redis: Redis, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Company]:
    clock = FakeClock()
    monkeypatch.setitem(BROKERS, "kafka-like", f"{__name__}.make")
    monkeypatch.setattr(bootstrap, "SystemClock", lambda: clock)
    monkeypatch.setattr(bootstrap, "BatchingCleaner", lambda clock: ImmediateCleaner())
    settings.EVENT_BROKER = "kafka-like"
    cache.clear()
    client = Client(raise_request_exception=False)  # a bug is answered, as it would be
    broker: Any = bootstrap.parts().broker
    yield Company(Caller(client), clock, broker)


def is_problem(answer: Any, status: int) -> bool:
    is_of_type = answer["Content-Type"].startswith("application/problem+json")
    return is_of_type and answer.status_code == answer.json()["status"] == status


@pytest.mark.parametrize("how", [AWAY, NO_ANSWER])
def test_with_an_outbox_the_customer_is_told_yes_and_every_effect_comes_once_afterwards(
    company: Company, how: str
) -> None:
    company.broker.failing = {"publish": how}
    answer = company.order()
    assert answer.status_code == 202
    assert company.call("GET", answer["Location"]).json()["status"] == "placed"
    row = company.rows()["TicketPrinted"]
    assert (row["pending"], row["lost"]) == (1, 0), "it waits in the outbox"

    company.recover()

    assert company.open_rows() == {}
    assert company.rows()["TicketPrinted"]["actual"] == 1
    assert company.call("GET", answer["Location"]).json()["status"] == "on_the_way"
    assert not OutboxMessage.objects.exists()


def test_with_an_outbox_a_whole_outage_of_the_broker_is_a_delay(company: Company) -> None:
    company.broker.failing = dict.fromkeys(
        ("publish", "receive", "ack", "extend", "retry", "dead_letter", "unfinished"), AWAY
    )
    answers = [company.order() for _ in range(3)]
    assert [answer.status_code for answer in answers] == [202] * 3

    company.recover()

    assert company.open_rows() == {}
    assert company.rows()["EmailSent"]["actual"] == 3


def test_without_an_outbox_the_customer_is_told_what_was_kept_and_that_nobody_will_hear_of_it(
    company: Company,
) -> None:
    company.choose(outbox=False)
    company.broker.failing = {"publish": AWAY}
    answer = company.order()
    assert is_problem(answer, 503)
    assert answer["Retry-After"] == "5"
    problem = answer.json()
    assert "the event could not be published" in problem["detail"]
    assert "OrderStored (order/" in problem["kept"]
    assert "it may have been stored" in problem["next"]

    company.recover()

    assert Order.objects.count() == 1, "stored, and nobody was told"
    rows = company.rows()
    assert (rows["OrderStored"]["unasked"], rows["CardAuthorized"]["unasked"]) == (1, 1)
    assert not Effect.objects.filter(name__in=["TicketPrinted", "EmailSent"]).exists()
    assert all(row["doubled"] == 0 for row in rows.values())


def test_without_an_outbox_an_answer_that_got_lost_means_an_error_for_what_was_published(
    company: Company,
) -> None:
    company.choose(outbox=False)
    company.broker.failing = {"publish": NO_ANSWER}
    assert is_problem(company.order(), 503)

    company.recover()

    rows = company.rows()
    assert (rows["TicketPrinted"]["unasked"], rows["TicketPrinted"]["doubled"]) == (1, 0)


def test_without_an_outbox_a_repeated_request_finds_its_order_and_charges_nothing_twice(
    company: Company,
) -> None:
    """It still cannot tell the subscribers: only an outbox would have kept the event."""
    company.choose(outbox=False)
    company.broker.failing = {"publish": AWAY}
    key = {"Idempotency-Key": "7b1c"}
    assert is_problem(company.order(**key), 503)
    company.recover()

    assert company.order(**key).status_code == 202
    company.recover()

    assert Order.objects.count() == 1
    rows = company.rows()
    assert (rows["CardAuthorized"]["actual"], rows["CardAuthorized"]["doubled"]) == (1, 0)
    assert rows["TicketPrinted"]["lost"] == 1


def test_when_nobody_can_tell_how_full_a_queue_is_no_new_work_is_promised(
    company: Company,
) -> None:
    company.choose(queue_bound=10)
    company.broker.failing = {"on_the_way": AWAY}
    answer = company.order()
    assert is_problem(answer, 503)
    assert answer["Retry-After"] == "5"
    assert answer.json()["detail"] == "The message broker is not available."
    assert answer.json()["kept"] == "Nothing was changed."
    assert not Order.objects.exists()
    assert company.call("GET", "/api/users/1").status_code == 200, "which fills no queue"

    company.recover()
    assert company.order().status_code == 202


@pytest.mark.parametrize("outbox", [True, False])
def test_an_error_that_the_adapter_forgot_to_translate_is_no_success_and_loses_nothing(
    company: Company, outbox: bool
) -> None:
    company.choose(outbox=outbox)
    company.broker.failing = {"publish": UNTRANSLATED}
    answer = company.order()
    assert is_problem(answer, 500)
    assert Order.objects.count() == 1

    company.recover()

    assert OutboxMessage.objects.count() == 0
    assert Effect.objects.filter(name="TicketPrinted").count() == (1 if outbox else 0)
    assert all(row["doubled"] == 0 for row in company.rows().values())


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("peek", "/api/playground/ledger"),
        ("depths", "/api/playground"),
        ("dead_letters", "/api/playground/dead-letters"),
    ],
)
def test_what_only_the_broker_knows_is_not_made_up_while_it_is_away(
    company: Company, method: str, path: str
) -> None:
    company.broker.failing = {method: AWAY}
    answer = company.call("GET", path)
    assert is_problem(answer, 503)
    assert answer.json()["detail"] == "The message broker is not available."


def test_a_reset_that_the_broker_cannot_take_part_in_changes_nothing(company: Company) -> None:
    company.order()
    company.broker.failing = {"depths": AWAY}
    answer = company.call("POST", "/api/playground/reset")
    assert is_problem(answer, 503)
    assert answer.json()["kept"] == "Nothing was changed."
    assert Order.objects.count() == 1
    company.recover()
    assert company.open_rows() == {}

    assert company.call("POST", "/api/playground/reset").status_code == 200
    playground = Playground.objects.get(id=company.call.id)
    assert not Order.objects.filter(playground=playground).exists()


def test_messages_that_a_reset_could_not_delete_are_deleted_once_the_broker_can(
    company: Company,
) -> None:
    company.order()
    company.broker.failing = {"delete": AWAY}
    assert company.call("POST", "/api/playground/reset").status_code == 200
    assert company.broker.unfinished()
    company.recover()
    assert company.broker.unfinished() == []
    assert company.open_rows() == {}


def test_a_fault_can_be_switched_off_while_the_broker_is_away(company: Company) -> None:
    """The sweep rings for the services whose messages wait."""
    company.call("POST", "/api/playground/faults", {"kind": "paused", "target": "notification"})
    company.order()
    company.broker.failing = {"unfinished": AWAY}
    answer = company.call("DELETE", "/api/playground/faults")
    assert answer.status_code < 300
    assert not Playground.objects.get(id=company.call.id).faults.exists()

    company.recover()
    assert company.open_rows() == {}


# A subscriber's session


@pytest.fixture
def shop(db: None) -> InMemoryPlayground:
    clock = FakeClock()
    return InMemoryPlayground(clock=clock, broker=KafkaLikeBroker(clock))


def broker_of(shop: InMemoryPlayground) -> KafkaLikeBroker:
    broker: Any = shop.parts.broker
    return broker


def recover(shop: InMemoryPlayground) -> None:
    broker_of(shop).comes_back()
    for _ in range(20):
        shop.clock.advance(1)
        shop.sweep()


def rows(shop: InMemoryPlayground, orders: list[str]) -> dict[str, Row]:
    promises = [Promise(f"order/{order}", "", ("loyalty",)) for order in orders]
    found = ledger(shop.playground.id, promises, shop.parts.broker)
    return {row.effect: row for row in found}


def numbers(row: Row) -> tuple[int, ...]:
    return row.lost, row.doubled, row.pending, row.dead, row.unasked


def statuses(shop: InMemoryPlayground, service: str) -> list[str]:
    return [r.status for r in shop.records if r.kind == "process" and r.target == service]


@pytest.mark.parametrize("method", ["receive", "depths"])
def test_a_session_that_cannot_look_at_its_queue_ends_and_loses_nothing(
    shop: InMemoryPlayground, method: str
) -> None:
    order = shop.ask(ORDER)
    broker_of(shop).failing = {method: AWAY}
    with pytest.raises(BrokerUnavailable):
        shop.serve("restaurant")

    recover(shop)
    assert numbers(rows(shop, [order.id])["TicketPrinted"]) == CLOSED


@pytest.mark.parametrize("spared", range(4))
def test_a_broker_that_goes_away_in_the_middle_of_a_session_loses_and_doubles_nothing(
    shop: InMemoryPlayground, spared: int
) -> None:
    orders = [shop.ask(ORDER).id for _ in range(3)]
    broker_of(shop).failing, broker_of(shop).spared = {"receive": AWAY}, spared
    with pytest.raises(BrokerUnavailable):
        shop.serve("restaurant")

    recover(shop)
    for row in rows(shop, orders).values():
        assert numbers(row) == CLOSED, row


@pytest.mark.parametrize("replicas", [1, 3])
def test_a_session_that_fails_gives_its_slot_back_at_once(
    shop: InMemoryPlayground, replicas: int
) -> None:
    shop.choose(replicas={"restaurant": replicas})
    shop.ask(ORDER)
    broker_of(shop).failing = {"receive": AWAY, "depths": AWAY}
    with pytest.raises(BrokerUnavailable):
        shop.serve("restaurant")

    assert shop.parts.slots.held(shop.playground.id, "restaurant", replicas) == 0


@pytest.mark.parametrize(("how", "expected"), [(AWAY, ["ok", "duplicate"]), (NO_ANSWER, ["ok"])])
def test_an_ack_that_fails_after_the_commit_is_a_redelivery_recognised_as_a_duplicate(
    shop: InMemoryPlayground, how: str, expected: list[str]
) -> None:
    order = shop.ask(ORDER)
    broker_of(shop).failing = {"ack": how}
    shop.serve("restaurant")
    assert Effect.objects.filter(name="TicketPrinted").count() == 1

    recover(shop)
    assert statuses(shop, "restaurant") == expected
    for row in rows(shop, [order.id]).values():
        assert numbers(row) == CLOSED, row


def test_an_ack_before_the_work_that_fails_keeps_the_work_from_being_begun(
    shop: InMemoryPlayground,
) -> None:
    shop.choose(ack="early")
    order = shop.ask(ORDER)
    broker_of(shop).failing = {"ack": AWAY}
    with pytest.raises(BrokerUnavailable):
        shop.serve("restaurant")
    assert not Effect.objects.filter(name="TicketPrinted").exists()

    recover(shop)
    assert numbers(rows(shop, [order.id])["TicketPrinted"]) == CLOSED


def test_what_follows_from_a_message_waits_in_the_outbox_and_the_message_is_not_acked(
    shop: InMemoryPlayground,
) -> None:
    order = shop.ask(ORDER)
    broker_of(shop).failing = {"publish": AWAY}
    shop.serve("restaurant")
    assert OutboxMessage.objects.count() == 1, "OrderAccepted"
    depth = broker_of(shop).depths(shop.playground.id, ["restaurant"])["restaurant"]
    assert depth.unacked == 1

    recover(shop)
    assert shop.parts.broker.unfinished() == []
    assert numbers(rows(shop, [order.id])["TicketPrinted"]) == CLOSED
    accepted = [r for r in shop.records if r.kind == "state" and r.name == "accepted"]
    assert len(accepted) == 1


def test_a_long_piece_of_work_whose_lease_cannot_be_renewed_is_done_once(
    shop: InMemoryPlayground,
) -> None:
    shop.choose(service_time_ms={"dispatch": 9000})
    order = shop.ask(ORDER)
    broker_of(shop).failing = {"extend": AWAY}
    with pytest.raises(BrokerUnavailable):
        shop.serve("dispatch")
    assert not Effect.objects.filter(name="CourierAssigned").exists()

    recover(shop)
    assert numbers(rows(shop, [order.id])["CourierAssigned"]) == CLOSED


def test_a_retry_that_fails_leaves_the_message_with_the_broker(shop: InMemoryPlayground) -> None:
    order = shop.ask(ORDER)
    shop.inject("errors", "restaurant", duration_s=3)
    broker_of(shop).failing = {"retry": AWAY}
    with pytest.raises(BrokerUnavailable):
        shop.serve("restaurant")
    depth = broker_of(shop).depths(shop.playground.id, ["restaurant"])["restaurant"]
    assert (depth.unacked, depth.delayed) == (1, 0)

    recover(shop)
    assert numbers(rows(shop, [order.id])["TicketPrinted"]) == CLOSED


@pytest.mark.parametrize("how", [AWAY, NO_ANSWER])
def test_a_dead_letter_that_could_not_be_kept_is_kept_once_at_the_next_attempt(
    shop: InMemoryPlayground, how: str
) -> None:
    order = shop.ask(ORDER)
    shop.inject("schema", "restaurant")
    broker_of(shop).failing = {"dead_letter": how}
    with pytest.raises(BrokerUnavailable):
        shop.serve("restaurant")

    recover(shop)
    letters = shop.parts.broker.dead_letters(shop.playground.id, "restaurant", 10)
    assert ["locale" in letter.reason for letter in letters] == [True]
    row = rows(shop, [order.id])["TicketPrinted"]
    assert (row.dead, row.lost) == (1, 0)


def test_a_refusal_that_could_not_be_acked_is_refused_again_and_changes_nothing(
    shop: InMemoryPlayground,
) -> None:
    shop.choose(styles={"gateway->users": "text"})
    shop.ask(SaveProfile(1, "Ada", "ben@example.com", "Leeds"))
    broker_of(shop).failing = {"ack": AWAY}
    with pytest.raises(BrokerUnavailable):
        shop.serve("users")

    recover(shop)
    assert statuses(shop, "users") == ["rejected", "rejected"]
    assert User.objects.get(playground=shop.playground, number=1).email == "ada@example.com"
    assert shop.parts.broker.unfinished() == []


def test_without_an_outbox_a_subscriber_does_its_work_once_and_its_news_is_lost(
    shop: InMemoryPlayground,
) -> None:
    order = shop.ask(ORDER)
    shop.choose(outbox=False)
    broker_of(shop).failing = {"publish": AWAY}
    shop.serve("restaurant")

    recover(shop)
    assert numbers(rows(shop, [order.id])["TicketPrinted"]) == CLOSED
    assert "accepted" not in [r.name for r in shop.records if r.kind == "state"]


def test_without_an_outbox_a_caller_is_told_that_the_publish_failed(
    shop: InMemoryPlayground,
) -> None:
    shop.choose(outbox=False)
    broker_of(shop).failing = {"publish": AWAY}
    with pytest.raises(PublishFailed):
        shop.ask(ORDER)
    assert Order.objects.filter(playground=shop.playground).count() == 1


def test_a_sweep_that_cannot_ask_who_is_unfinished_has_published_what_was_stale(
    shop: InMemoryPlayground,
) -> None:
    broker_of(shop).failing = {"publish": AWAY}
    order = shop.ask(ORDER)
    shop.clock.advance(4)
    broker_of(shop).failing = {"unfinished": AWAY}
    with pytest.raises(BrokerUnavailable):
        shop.sweep()
    assert OutboxMessage.objects.count() == 0

    recover(shop)
    assert numbers(rows(shop, [order.id])["TicketPrinted"]) == CLOSED


@pytest.mark.parametrize("method", ["receive", "ack", "publish", "depths", "extend"])
def test_an_error_that_was_not_translated_ends_the_session_loudly_and_loses_nothing(
    shop: InMemoryPlayground, method: str
) -> None:
    shop.choose(service_time_ms={"restaurant": 1500})
    order = shop.ask(ORDER)
    broker_of(shop).failing = {method: UNTRANSLATED}
    with pytest.raises(KafkaLikeError):
        shop.serve("restaurant")

    recover(shop)
    for row in rows(shop, [order.id]).values():
        assert numbers(row) == CLOSED, row


# Whatever fails in whatever order

METHODS = (
    "publish", "receive", "extend", "ack", "retry", "dead_letter", "depths", "unfinished",
)  # fmt: skip
STEPS = st.lists(
    st.tuples(
        st.sampled_from(("order", "time", "restaurant", "notification", "dispatch", "orders")),
        st.sampled_from((None, *METHODS)),
        st.sampled_from((AWAY, NO_ANSWER, UNTRANSLATED)),
        st.integers(0, 3),
    ),
    max_size=10,
)


@pytest.mark.django_db
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=STEPS)
def test_whatever_fails_a_promised_order_has_each_of_its_effects_once(
    steps: list[tuple[str, str | None, str, int]],
) -> None:
    clock = FakeClock()
    shop = InMemoryPlayground(clock=clock, broker=KafkaLikeBroker(clock))
    shop.choose(service_time_ms={"dispatch": 1500})
    promised = []
    for step, method, how, spared in steps:
        broker_of(shop).failing = {method: how} if method else {}
        broker_of(shop).spared = spared
        try:
            match step:
                case "order":
                    promised.append(shop.ask(ORDER).id)
                case "time":
                    shop.clock.advance(1)
                    shop.sweep()
                case service:
                    shop.serve(service)
        except (BrokerUnavailable, KafkaLikeError, CompanyError):
            pass
        broker_of(shop).comes_back()
    recover(shop)
    recover(shop)
    stored = Order.objects.filter(playground=shop.playground).values_list("code", flat=True)
    for row in rows(shop, list(stored)).values():
        assert numbers(row) == CLOSED, row
    assert set(promised) <= set(stored)
