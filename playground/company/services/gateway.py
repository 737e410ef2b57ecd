"""gateway: the only way in. It calls the services whose answers the customer waits for."""

from typing import Any

from ..commands import (
    AuthorizePayment,
    ListRestaurants,
    PlaceOrder,
    RegisterUser,
    SaveProfile,
    ShowMenu,
    ShowOrder,
    ShowUser,
    SignIn,
    StoreOrder,
    ValidateOrder,
)
from ..entities import Order, User
from ..work import UnitOfWork


def place_order(command: PlaceOrder, work: UnitOfWork) -> Order:
    """Check the order, charge the card and store the order, while the customer waits."""
    order_id = command.order or work.new_id()
    total_cents = work.call("menu", ValidateOrder(command.restaurant, command.items))
    authorization = work.call(
        "payments", AuthorizePayment(order_id, command.user, total_cents, command.card)
    )
    return work.call(
        "orders",
        StoreOrder(
            order_id, command.user, command.restaurant, command.items, total_cents, authorization
        ),
    )


def save_profile(command: SaveProfile, work: UnitOfWork) -> User | None:
    """Call the users service, or text it. A text brings no reply, so this returns None."""
    return work.send("users", command)


def ask_users(command: RegisterUser | ShowUser | SignIn, work: UnitOfWork) -> Any:
    return work.call("users", command)


def ask_menu(command: ListRestaurants | ShowMenu, work: UnitOfWork) -> Any:
    return work.call("menu", command)


def ask_orders(command: ShowOrder, work: UnitOfWork) -> Order:
    return work.call("orders", command)
