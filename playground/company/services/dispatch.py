"""dispatch: finds a courier for each order."""

from zlib import crc32

from ..catalogue import COURIERS
from ..events import CourierAssigned, OrderPlaced, OrderRejected
from ..work import UnitOfWork


def assign_courier(event: OrderPlaced, work: UnitOfWork) -> None:
    """Pick a courier by the order's id: the same in every run, so that runs can be compared."""
    courier = COURIERS[crc32(event.order.encode()) % len(COURIERS)]
    work.record_effect("CourierAssigned", f"order/{event.order}", courier)
    work.publish(CourierAssigned(event.order, courier))


def call_courier_off(event: OrderRejected, work: UnitOfWork) -> None:
    """Cancel the courier of a rejected order.

    Safe to run twice, and safe to run before the courier was assigned.
    """
    work.record_effect("CourierCalledOff", f"order/{event.order}", key=f"order/{event.order}")
