"""gateway and menu: what a customer has to know at once is asked at once, and nothing more."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.company import commands
from playground.company.catalogue import RESTAURANTS
from playground.company.commands import OrderLine, PlaceOrder, SaveProfile, ValidateOrder
from playground.company.errors import CallRefused, Refused, UnknownEntity

from .paper import PaperCalls, begin, changes, handle

CARD = "4242 4242 4242 4242"
ORDER = PlaceOrder(1, 1, (OrderLine("margherita", 2),), CARD)


def test_an_order_is_priced_then_charged_then_stored_under_one_id() -> None:
    calls = PaperCalls({"menu": 1900, "payments": "auth-1", "orders": "the order"})
    assert handle(begin("gateway", calls=calls), ORDER) == "the order"
    assert calls.called == [
        ("menu", ValidateOrder(1, ORDER.items)),
        ("payments", commands.AuthorizePayment("7Q2K", 1, 1900, CARD)),
        ("orders", commands.StoreOrder("7Q2K", 1, 1, ORDER.items, 1900, "auth-1")),
    ]


def test_a_repeated_request_keeps_the_id_of_its_first_try() -> None:
    calls = PaperCalls({"menu": 1900})
    handle(begin("gateway", calls=calls), PlaceOrder(1, 1, ORDER.items, CARD, order="OLD1"))
    assert [message.order for _, message in calls.called[1:]] == ["OLD1", "OLD1"]


@pytest.mark.parametrize(
    ("failing", "asked"),
    [
        ("menu", ["menu"]),
        ("payments", ["menu", "payments"]),
        ("orders", ["menu", "payments", "orders"]),
    ],
)
def test_a_failing_service_ends_the_order_and_later_ones_are_not_called(
    failing: str, asked: list[str]
) -> None:
    calls = PaperCalls({"menu": 1900, failing: CallRefused(failing)})
    work = begin("gateway", calls=calls)
    with pytest.raises(CallRefused, match=f"{failing} refused the connection"):
        handle(work, ORDER)
    assert [service for service, _ in calls.called] == asked
    assert changes(work) == []


def test_a_profile_over_a_call_line_brings_the_saved_user() -> None:
    calls = PaperCalls({"users": "the user"})
    work = begin("gateway", calls=calls)
    assert handle(work, SaveProfile(1, "Ada", "ada@example.com", "Leeds")) == "the user"
    assert work.texts == []


def test_a_profile_over_a_text_line_is_left_for_users_and_brings_nothing() -> None:
    calls, command = PaperCalls(texted=("users",)), SaveProfile(1, "Ada", "a@example.com", "Leeds")
    work = begin("gateway", calls=calls)
    assert handle(work, command) is None
    assert (work.texts, calls.called) == ([("users", command)], [])


@pytest.mark.parametrize(
    ("command", "service"),
    [
        (commands.RegisterUser("Dana", "dana@example.com", "Leeds", "secret!"), "users"),
        (commands.ShowUser(1), "users"),
        (commands.SignIn("ada@example.com", "inflight"), "users"),
        (commands.ListRestaurants(), "menu"),
        (commands.ShowMenu(1), "menu"),
        (commands.ShowOrder("7Q2K"), "orders"),
    ],
    ids=lambda value: value if isinstance(value, str) else type(value).__name__,
)
def test_everything_else_is_passed_on_as_it_is(command: object, service: str) -> None:
    calls = PaperCalls({service: "the answer"})
    work = begin("gateway", calls=calls)
    assert handle(work, command) == "the answer"
    assert calls.called == [(service, command)]
    assert changes(work) == []


@pytest.mark.parametrize(
    "secretive",
    [
        ORDER,
        commands.RegisterUser("Dana", "dana@example.com", "Leeds", CARD),
        commands.SignIn("ada@example.com", CARD),
        commands.AuthorizePayment("7Q2K", 1, 1900, CARD),
    ],
    ids=lambda command: type(command).__name__,
)
def test_no_secret_is_printed_with_its_command(secretive: object) -> None:
    assert CARD not in repr(secretive)


# menu

DISHES = [(r, d) for r in RESTAURANTS for d in r.dishes]
LINES = st.lists(
    st.builds(
        OrderLine, st.sampled_from([d.id for d in RESTAURANTS[0].dishes]), st.integers(1, 20)
    ),
    max_size=6,
)


@pytest.mark.parametrize(("restaurant", "dish"), DISHES, ids=lambda x: str(x.id))
def test_a_dish_costs_what_the_menu_says(restaurant: object, dish: object) -> None:
    command = ValidateOrder(restaurant.id, (OrderLine(dish.id, 3),))
    assert handle(begin("menu"), command) == 3 * dish.price_cents


@given(LINES, LINES)
def test_two_orders_together_cost_what_they_cost_apart(
    one: list[OrderLine], other: list[OrderLine]
) -> None:
    def price(lines: list[OrderLine]) -> int:
        cents: int = handle(begin("menu"), ValidateOrder(1, tuple(lines)))
        return cents

    assert price([*one, *other]) == price(one) + price(other)


def test_a_dish_of_another_restaurant_is_refused_at_its_field() -> None:
    lines = (OrderLine("margherita", 1), OrderLine("ramen", 1))
    with pytest.raises(Refused, match=r"Luigi's Oven has no ramen on its menu\.") as refusal:
        handle(begin("menu"), ValidateOrder(1, lines))
    assert refusal.value.field == "items"


@pytest.mark.parametrize("command", [commands.ShowMenu(9), ValidateOrder(9, ())])
def test_an_unknown_restaurant_is_said_to_be_unknown(command: object) -> None:
    with pytest.raises(UnknownEntity, match=r"There is no restaurant 9\."):
        handle(begin("menu"), command)


def test_the_menu_is_looked_up_and_nothing_is_changed() -> None:
    work = begin("menu")
    assert handle(work, commands.ListRestaurants()) == RESTAURANTS
    assert handle(work, commands.ShowMenu(2)).title == "Green Bowl"
    assert changes(work) == []
