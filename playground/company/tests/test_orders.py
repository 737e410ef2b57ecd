"""orders: an order is stored once, announced once, and its status only moves forward."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.company.commands import OrderLine, ShowOrder, StoreOrder
from playground.company.entities import (
    ACCEPTED,
    ON_THE_WAY,
    ORDER_STATUSES,
    PLACED,
    REJECTED,
    Effect,
    Order,
    StatusChange,
)
from playground.company.errors import UnknownEntity
from playground.company.events import CourierAssigned, OrderAccepted, OrderPlaced, PaymentRefunded

from .paper import NOW, PaperRepository, begin, changes, handle

STORE = StoreOrder("7Q2K", 1, 2, (OrderLine("lentils", 2),), 1500, "auth-1")


def an_order(*statuses: str) -> Order:
    history = tuple(StatusChange(s, float(n), "orders") for n, s in enumerate(statuses))
    return Order("7Q2K", 1, 2, 1500, history)


def test_an_order_is_stored_as_placed_now_by_orders() -> None:
    work = begin("orders")
    order = handle(work, STORE)
    assert (order.id, order.user, order.restaurant, order.total_cents) == ("7Q2K", 1, 2, 1500)
    assert order.history == (StatusChange(PLACED, NOW, "orders"),)
    assert work.orders == [order]


def test_order_and_announcement_are_in_one_unit_of_work() -> None:
    work = begin("orders")
    handle(work, STORE)
    assert work.events == [OrderPlaced("7Q2K", 1, "ada@example.com", 2, 1500)]
    assert work.effects == [Effect("OrderStored", "order/7Q2K")]


def test_storing_an_order_again_returns_the_known_one_and_changes_nothing() -> None:
    known = an_order(PLACED, ACCEPTED)
    work = begin("orders", repository=PaperRepository(orders={"7Q2K": known}))
    assert handle(work, STORE) is known
    assert changes(work) == []


def test_an_order_of_an_unknown_customer_is_not_stored() -> None:
    work = begin("orders", repository=PaperRepository(users={}))
    with pytest.raises(UnknownEntity, match=r"There is no user 1\."):
        handle(work, STORE)
    assert changes(work) == []


def test_an_order_is_shown_as_it_is_and_an_unknown_one_is_said_to_be_unknown() -> None:
    known = an_order(PLACED)
    work = begin("orders", repository=PaperRepository(orders={"7Q2K": known}))
    assert handle(work, ShowOrder("7Q2K")) is known
    with pytest.raises(UnknownEntity, match=r"There is no order 0000\.") as unknown:
        handle(work, ShowOrder("0000"))
    assert (unknown.value.what, unknown.value.which) == ("order", "0000")


@pytest.mark.parametrize(
    ("event", "status"),
    [
        (OrderAccepted("7Q2K"), ACCEPTED),
        (CourierAssigned("7Q2K", "Mina"), ON_THE_WAY),
        (PaymentRefunded("7Q2K", 1, "ada@example.com", 1500, "full"), REJECTED),
    ],
)
def test_each_piece_of_news_adds_a_line_to_the_history_and_nothing_else(
    event: object, status: str
) -> None:
    work = begin("orders")
    handle(work, event)
    assert changes(work) == [("7Q2K", StatusChange(status, NOW, "orders"))]


@given(st.lists(st.sampled_from(ORDER_STATUSES), min_size=1, max_size=8))
def test_a_status_only_ever_moves_forward_in_whatever_order_the_news_come(news: list[str]) -> None:
    reached = [ORDER_STATUSES.index(an_order(*news[: n + 1]).status) for n in range(len(news))]
    assert reached == sorted(reached)
    assert an_order(*news).status == max(news, key=ORDER_STATUSES.index)


@given(st.permutations(ORDER_STATUSES))
def test_the_order_in_which_the_news_come_does_not_matter_in_the_end(news: list[str]) -> None:
    assert an_order(*news).status == REJECTED
