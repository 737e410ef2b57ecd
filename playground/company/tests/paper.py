"""A company on paper: ports that answer as told, and units of work that begin with them."""

from dataclasses import dataclass, field
from typing import Any

from playground.company.catalogue import FIRST_USERS, RESTAURANTS
from playground.company.entities import Order, Restaurant, User
from playground.company.errors import UnknownEntity
from playground.company.topology import HANDLERS
from playground.company.work import UnitOfWork

NOW = 1000.0


@dataclass
class PaperRepository:
    """The Repository port."""

    users: dict[int, User] = field(default_factory=lambda: {u.id: u for u in FIRST_USERS})
    orders: dict[str, Order] = field(default_factory=dict)
    tickets_at: list[float] = field(default_factory=list)

    def user(self, user: int) -> User:
        if user not in self.users:
            raise UnknownEntity("user", user)
        return self.users[user]

    def user_by_email(self, email: str) -> User | None:
        return next((u for u in self.users.values() if u.email == email), None)

    def next_user_id(self) -> int:
        return max(self.users, default=0) + 1

    def order(self, order: str) -> Order:
        if order not in self.orders:
            raise UnknownEntity("order", order)
        return self.orders[order]

    def find_order(self, order: str) -> Order | None:
        return self.orders.get(order)

    def tickets_since(self, at: float) -> int:
        return sum(printed_at > at for printed_at in self.tickets_at)

    def restaurants(self) -> tuple[Restaurant, ...]:
        return RESTAURANTS

    def hash_password(self, password: str) -> str:
        return f"hash of {password}"

    def password_matches(self, password: str, hashed: str) -> bool:
        return hashed == f"hash of {password}"


@dataclass
class PaperCalls:
    """The ServiceCalls port: replies as told (an exception is raised), and remembers who was called."""

    replies: dict[str, Any] = field(default_factory=dict)
    texted: tuple[str, ...] = ()  # services that are left a text instead
    called: list[tuple[str, Any]] = field(default_factory=list)

    def call(self, service: str, message: Any) -> Any:
        self.called.append((service, message))
        reply = self.replies.get(service, "reply")
        if isinstance(reply, Exception):
            raise reply
        return reply

    def goes_by_text(self, service: str, command: Any) -> bool:
        return service in self.texted


def begin(service: str, **parts: Any) -> UnitOfWork:
    """A unit of work of this service, on paper unless a part is given."""
    usual = {
        "repository": PaperRepository(), "calls": PaperCalls(), "now": NOW,
        "new_id": lambda: "7Q2K",
    }  # fmt: skip
    return UnitOfWork(service, **(usual | parts))


def handle(work: UnitOfWork, message: Any) -> Any:
    """Run the handler of this message at the unit's service."""
    return HANDLERS[work.service, type(message)](message, work)


def changes(work: UnitOfWork) -> list[Any]:
    """All that the unit would make true, announce or send."""
    return [
        *work.new_users, *work.users, *work.orders, *work.status_changes, *work.effects, *work.events, *work.texts,
    ]  # fmt: skip
