"""restaurant: accepts an order and prints a kitchen ticket, or rejects it."""

from ..events import OrderAccepted, OrderPlaced, OrderRejected
from ..work import UnitOfWork

# How long an order takes up room in the kitchen.
COOKING_S = 60


def take_order(event: OrderPlaced, work: UnitOfWork) -> None:
    """Print a ticket and accept the order, or reject it if the kitchen is full.

    A rejection comes after the customer was told yes, so other services have to undo
    their work (Garcia-Molina and Salem, "Sagas", 1987).
    """
    if _is_full(work):
        reason = "The kitchen is full."
        work.record_effect("OrderTurnedDown", f"order/{event.order}", reason)
        work.publish(OrderRejected(event.order, event.user, event.email, event.total_cents, reason))
        return
    work.record_effect("TicketPrinted", f"order/{event.order}")
    work.publish(OrderAccepted(event.order))


def _is_full(work: UnitOfWork) -> bool:
    """Whether the kitchen has as many orders as `kitchen_capacity` allows (None: no limit)."""
    capacity = work.settings.get("kitchen_capacity")
    if capacity is None:
        return False
    return work.repository.tickets_since(work.now - COOKING_S) >= capacity
