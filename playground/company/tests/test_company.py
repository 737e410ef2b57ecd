"""The company without database, broker and network: its handlers and its topology."""

from collections.abc import Callable
from typing import Any

import pytest

from playground.company import commands, events
from playground.company.catalogue import FIRST_USERS, RESTAURANTS
from playground.company.entities import ACCEPTED, ON_THE_WAY, PLACED, Order, StatusChange, User
from playground.company.errors import EmailTaken, Refused, UnknownEntity, WrongPassword
from playground.company.topology import (
    CONNECTIONS,
    EVENT_TYPES,
    HANDLERS,
    SERVICES,
    Style,
    Wiring,
    flippable,
)
from playground.company.work import UnitOfWork


class MemoryRepository:
    """The Repository port in memory."""

    def __init__(self) -> None:
        self.users = {user.id: user for user in FIRST_USERS}
        self.orders: dict[str, Order] = {}

    def user(self, user: int) -> User:
        if user not in self.users:
            raise UnknownEntity("user", user)
        return self.users[user]

    def user_by_email(self, email: str) -> User | None:
        return next((u for u in self.users.values() if u.email == email), None)

    def next_user_id(self) -> int:
        return max(self.users) + 1

    def order(self, order: str) -> Order:
        raise UnknownEntity("order", order)

    def find_order(self, order: str) -> Order | None:
        return self.orders.get(order)

    def tickets_since(self, at: float) -> int:
        return 0

    def restaurants(self) -> Any:
        return RESTAURANTS

    def hash_password(self, password: str) -> str:
        return f"hash of {password}"

    def password_matches(self, password: str, hashed: str) -> bool:
        return hashed == f"hash of {password}"


class FakeCalls:
    """The ServiceCalls port: gives fixed answers, and notes which services were called."""

    def __init__(self, texted: bool = False) -> None:
        self.called: list[tuple[str, Any]] = []
        self.texted = texted

    def call(self, service: str, message: Any) -> Any:
        self.called.append((service, message))
        return {"menu": 1900, "payments": "auth-1"}.get(service, "reply")

    def goes_by_text(self, service: str, command: Any) -> bool:
        return self.texted


@pytest.fixture
def at() -> Callable[..., UnitOfWork]:
    def begin(service: str, calls: FakeCalls | None = None) -> UnitOfWork:
        return UnitOfWork(service, MemoryRepository(), calls or FakeCalls(), 1000.0, lambda: "7Q2K")

    return begin


def handle(work: UnitOfWork, message: Any) -> Any:
    return HANDLERS[work.service, type(message)](message, work)


ORDER = commands.PlaceOrder(1, 1, (commands.OrderLine("margherita", 2),), "4242 4242 4242 4242")


def test_an_order_is_validated_and_charged_before_it_is_stored(at: Any) -> None:
    calls = FakeCalls()
    handle(at("gateway", calls), ORDER)
    assert [service for service, _ in calls.called] == ["menu", "payments", "orders"]
    assert calls.called[2][1].total_cents == 1900


def test_a_stored_order_is_announced_once_with_what_subscribers_need(at: Any) -> None:
    work = at("orders")
    store = commands.StoreOrder("7Q2K", 1, 1, ORDER.items, 1900, "auth-1")
    order = handle(work, store)
    assert order.status == PLACED
    assert work.events == [events.OrderPlaced("7Q2K", 1, "ada@example.com", 1, 1900)]
    assert [e.name for e in work.effects] == ["OrderStored"]


def test_a_dish_that_is_not_on_the_menu_is_refused_before_anything_is_stored(at: Any) -> None:
    work = at("menu")
    with pytest.raises(Refused, match="has no sushi") as refusal:
        handle(work, commands.ValidateOrder(1, (commands.OrderLine("sushi", 1),)))
    assert refusal.value.field == "items"
    assert not work.effects


def test_a_declined_card_stores_no_order(at: Any) -> None:
    work = at("payments")
    with pytest.raises(Refused, match="declined"):
        handle(work, commands.AuthorizePayment("7Q2K", 1, 1900, "4000 0000 0000 0002"))
    assert not work.effects


def test_a_profile_cannot_take_another_users_address(at: Any) -> None:
    work = at("users")
    with pytest.raises(EmailTaken):
        handle(work, commands.SaveProfile(1, "Ada", "ben@example.com", "Leeds"))
    assert not work.users


def test_a_user_may_save_the_same_address_again(at: Any) -> None:
    work = at("users")
    saved = handle(work, commands.SaveProfile(1, "Ada", "ada@example.com", "Leeds"))
    assert (saved.city, work.users) == ("Leeds", [saved])


def test_a_text_returns_no_reply(at: Any) -> None:
    work = at("gateway", FakeCalls(texted=True))
    command = commands.SaveProfile(1, "Ada", "ada@example.com", "Leeds")
    assert handle(work, command) is None
    assert work.texts == [("users", command)]


def test_a_registration_hashes_the_password_and_announces_without_it(at: Any) -> None:
    work = at("users")
    user = handle(work, commands.RegisterUser("Dana", "dana@example.com", "Leeds", "secret!"))
    assert user.password == "hash of secret!"
    assert work.events == [events.UserRegistered(4, "Dana", "dana@example.com", "Leeds")]


def test_a_wrong_password_and_an_unknown_address_get_the_same_error(at: Any) -> None:
    for email in ("ada@example.com", "nobody@example.com"):
        with pytest.raises(WrongPassword):
            handle(at("users"), commands.SignIn(email, "wrong"))


def test_the_email_provider_gets_the_message_id_as_idempotency_key(at: Any) -> None:
    calls = FakeCalls()
    work = at("notification", calls)
    work.message = "event-1"
    handle(work, events.OrderPlaced("7Q2K", 1, "ada@example.com", 1, 1900))
    [(service, mail)] = calls.called
    assert (service, mail.idempotency_key) == ("email-provider", "event-1")


def test_the_same_order_always_gets_the_same_courier(at: Any) -> None:
    event = events.OrderPlaced("7Q2K", 1, "ada@example.com", 1, 1900)
    couriers = set()
    for _ in range(5):
        work = at("dispatch")
        handle(work, event)
        couriers.add(work.effects[0].detail)
    assert len(couriers) == 1


def test_an_orders_status_never_goes_back_when_events_arrive_in_the_wrong_order() -> None:
    history = (
        StatusChange(PLACED, 1.0, "orders"),
        StatusChange(ON_THE_WAY, 2.0, "orders"),
        StatusChange(ACCEPTED, 3.0, "orders"),
    )
    assert Order("7Q2K", 1, 1, 1900, history).status == ON_THE_WAY


def test_every_connections_messages_have_a_handler_at_its_target() -> None:
    for connection in CONNECTIONS:
        for message in connection.carries:
            assert (connection.target, message) in HANDLERS, connection.id


def test_every_connection_joins_services_that_exist() -> None:
    for connection in CONNECTIONS:
        assert {connection.source, connection.target} <= SERVICES.keys()


def test_every_message_that_can_be_a_text_has_an_event_type() -> None:
    for connection in CONNECTIONS:
        if connection.flippable or connection.style is Style.TEXT:
            assert set(connection.carries) <= EVENT_TYPES.keys()


def test_these_connections_can_be_flipped_and_no_others() -> None:
    assert {c.id for c in flippable()} == {
        "gateway->users",
        "users->notification", "users->crm", "users->analytics",
        "orders->restaurant", "orders->notification", "orders->dispatch",
    }  # fmt: skip


def test_a_service_that_is_only_called_has_no_queue() -> None:
    everything_called = Wiring({c.id: Style.CALL for c in flippable()})
    saga = {"payments", "orders", "notification", "dispatch"}
    assert set(everything_called.subscribers()) == saga
    assert "users" in Wiring({"gateway->users": Style.TEXT}).subscribers()


def test_a_new_subscriber_appears_only_in_the_topology() -> None:
    before, after = Wiring(), Wiring(presence={"loyalty": True})
    assert "loyalty" not in [s.name for s in before.services()]
    assert "loyalty" in after.subscribers()
    subscribers = [c.target for c in after.connections_carrying("orders", events.OrderPlaced)]
    assert subscribers == ["restaurant", "notification", "dispatch", "loyalty"]


def test_a_removed_subscriber_gets_no_events() -> None:
    without = Wiring(presence={"crm": False})
    assert "crm" not in [
        c.target for c in without.connections_carrying("users", events.UserRegistered)
    ]


def test_a_full_kitchen_rejects_the_order(at: Any) -> None:
    work = at("restaurant")
    work.settings = {"kitchen_capacity": 0}
    handle(work, events.OrderPlaced("7Q2K", 1, "ada@example.com", 1, 1900))
    assert [effect.name for effect in work.effects] == ["OrderTurnedDown"]
    assert [type(event) for event in work.events] == [events.OrderRejected]


def test_a_refund_has_its_order_as_idempotency_key(at: Any) -> None:
    work = at("payments")
    handle(work, events.OrderRejected("7Q2K", 1, "ada@example.com", 1900, "full"))
    [refund] = work.effects
    assert (refund.name, refund.detail, refund.key) == ("PaymentRefunded", "19.00", "order/7Q2K")
    [event] = work.events
    assert (event.order, event.amount_cents) == ("7Q2K", 1900)


def test_an_order_that_exists_is_not_stored_again(at: Any) -> None:
    work = at("orders")
    existing = Order("7Q2K", 1, 1, 1900, (StatusChange(PLACED, 1.0, "orders"),))
    work.repository.orders["7Q2K"] = existing
    assert handle(work, commands.StoreOrder("7Q2K", 1, 1, (), 1900, "a")) == existing
    assert not work.orders
    assert not work.events
