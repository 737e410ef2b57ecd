"""dispatch: finds somebody with a bicycle."""

from zlib import crc32

from ..catalogue import COURIERS
from ..events import CourierAssigned, OrderPlaced
from ..work import UnitOfWork


def assign_courier(event: OrderPlaced, work: UnitOfWork) -> None:
    """The same order always gets the same courier, so a repeated run can be compared."""
    courier = COURIERS[crc32(event.order.encode()) % len(COURIERS)]
    work.record_effect("CourierAssigned", f"order/{event.order}", courier)
    work.publish(CourierAssigned(event.order, courier))
