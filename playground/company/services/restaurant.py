"""restaurant: cooks what was ordered, if there is room on the stove."""

from ..events import OrderAccepted, OrderPlaced, OrderRejected
from ..work import UnitOfWork

# A ticket hangs in the kitchen for so long.
COOKING_S = 60


def take_order(event: OrderPlaced, work: UnitOfWork) -> None:
    """Hang the ticket in the kitchen and say that we have it, or say no.

    A no comes after the customer was told yes: others have to undo what they did
    (Garcia-Molina and Salem, "Sagas", 1987).
    """
    if _is_full(work):
        reason = "The kitchen is full."
        work.record_effect("OrderTurnedDown", f"order/{event.order}", reason)
        work.publish(OrderRejected(event.order, event.user, event.email, event.total_cents, reason))
        return
    work.record_effect("TicketPrinted", f"order/{event.order}")
    work.publish(OrderAccepted(event.order))


def _is_full(work: UnitOfWork) -> bool:
    """Whether as many tickets hang as the kitchen takes (the setting; without one, any number)."""
    capacity = work.settings.get("kitchen_capacity")
    if capacity is None:
        return False
    return work.repository.tickets_since(work.now - COOKING_S) >= capacity
