"""loyalty: added last, by subscribing to events. No other service had to change."""

from ..events import OrderPlaced, UserRegistered
from ..work import UnitOfWork

CENTS_PER_POINT = 100


def open_account(event: UserRegistered, work: UnitOfWork) -> None:
    work.record_effect("AccountOpened", f"user/{event.user}")


def give_points(event: OrderPlaced, work: UnitOfWork) -> None:
    points = event.total_cents // CENTS_PER_POINT
    work.record_effect("PointsGiven", f"order/{event.order}", str(points))
