"""restaurant: cooks what was ordered."""

from ..events import OrderAccepted, OrderPlaced
from ..work import UnitOfWork


def print_ticket(event: OrderPlaced, work: UnitOfWork) -> None:
    """Hang the ticket in the kitchen, and say that we have it."""
    work.record_effect("TicketPrinted", f"order/{event.order}")
    work.publish(OrderAccepted(event.order))
