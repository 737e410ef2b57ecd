"""analytics: counts sign-ups by city."""

from ..events import UserRegistered
from ..work import UnitOfWork


def count_signup(event: UserRegistered, work: UnitOfWork) -> None:
    work.record_effect("SignupCounted", f"user/{event.user}", event.city)
