"""orders: stores every order, and updates its status from events."""

from ..commands import ShowOrder, StoreOrder
from ..entities import ACCEPTED, ON_THE_WAY, PLACED, REJECTED, Order, StatusChange
from ..events import CourierAssigned, OrderAccepted, OrderPlaced, PaymentRefunded
from ..work import UnitOfWork


def store_order(command: StoreOrder, work: UnitOfWork) -> Order:
    """Store the order and its OrderPlaced event together.

    If the order exists (a caller repeats a call whose answer it did not get), return it.
    """
    existing = work.repository.find_order(command.order)
    if existing is not None:
        return existing
    customer = work.repository.user(command.user)
    placed = StatusChange(PLACED, work.now, work.service)
    order = Order(command.order, command.user, command.restaurant, command.total_cents, (placed,))
    work.add_order(order)
    work.record_effect("OrderStored", f"order/{order.id}")
    work.publish(
        OrderPlaced(order.id, order.user, customer.email, order.restaurant, order.total_cents)
    )
    return order


def show_order(command: ShowOrder, work: UnitOfWork) -> Order:
    return work.repository.order(command.order)


def note_accepted(event: OrderAccepted, work: UnitOfWork) -> None:
    work.change_status(event.order, ACCEPTED)


def note_courier(event: CourierAssigned, work: UnitOfWork) -> None:
    work.change_status(event.order, ON_THE_WAY)


def note_rejected(event: PaymentRefunded, work: UnitOfWork) -> None:
    """An order is shown as rejected once its payment has been refunded."""
    work.change_status(event.order, REJECTED)
