"""crm: the sales team's address book."""

from ..events import UserRegistered
from ..work import UnitOfWork


def add_contact(event: UserRegistered, work: UnitOfWork) -> None:
    work.record_effect("ContactAdded", f"user/{event.user}", event.email)
