"""dispatch: finds somebody with a bicycle."""

from zlib import crc32

from ..catalogue import COURIERS
from ..events import CourierAssigned, OrderPlaced, OrderRejected
from ..work import UnitOfWork


def assign_courier(event: OrderPlaced, work: UnitOfWork) -> None:
    """The same order always gets the same courier, so a repeated run can be compared."""
    courier = COURIERS[crc32(event.order.encode()) % len(COURIERS)]
    work.record_effect("CourierAssigned", f"order/{event.order}", courier)
    work.publish(CourierAssigned(event.order, courier))


def call_courier_off(event: OrderRejected, work: UnitOfWork) -> None:
    """Nothing to carry. Safe to do twice, and before the courier was assigned."""
    work.record_effect("CourierCalledOff", f"order/{event.order}", key=f"order/{event.order}")
