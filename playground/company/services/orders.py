"""orders: keeps every order, and its status as the news come in."""

from ..commands import ShowOrder, StoreOrder
from ..entities import ACCEPTED, ON_THE_WAY, PLACED, REJECTED, Order, StatusChange
from ..events import CourierAssigned, OrderAccepted, OrderPlaced, PaymentRefunded
from ..work import UnitOfWork


def store_order(command: StoreOrder, work: UnitOfWork) -> Order:
    """Write the order and its announcement down together; then the customer may go.

    Asked again for an order that is there already (an answer got lost), we only say so.
    """
    known = work.repository.find_order(command.order)
    if known is not None:
        return known
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
    """Only now: a rejected order is one whose money is on its way back."""
    work.change_status(event.order, REJECTED)
