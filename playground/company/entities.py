"""What the company stores: users, orders, menus, and the effects of its work."""

from dataclasses import dataclass

PLACED, ACCEPTED, ON_THE_WAY, REJECTED = "placed", "accepted", "on_the_way", "rejected"

# In this order: a status only moves forward, whatever order the events arrive in.
ORDER_STATUSES = (PLACED, ACCEPTED, ON_THE_WAY, REJECTED)


@dataclass(frozen=True, slots=True)
class User:
    id: int
    name: str
    email: str
    city: str
    password: str = ""  # a hash; never leaves the users service


@dataclass(frozen=True, slots=True)
class StatusChange:
    status: str
    at: float  # unix seconds
    by: str  # the service that recorded it


@dataclass(frozen=True, slots=True)
class Order:
    id: str
    user: int
    restaurant: int
    total_cents: int
    history: tuple[StatusChange, ...]

    @property
    def status(self) -> str:
        """The furthest status reached; a late `accepted` never undoes `on_the_way`."""
        return max((change.status for change in self.history), key=ORDER_STATUSES.index)


@dataclass(frozen=True, slots=True)
class Dish:
    id: str
    title: str
    price_cents: int


@dataclass(frozen=True, slots=True)
class Restaurant:
    id: int
    title: str
    city: str
    dishes: tuple[Dish, ...]


@dataclass(frozen=True, slots=True)
class Effect:
    """Something that a message brought about: a ticket printed, an e-mail sent."""

    name: str  # "TicketPrinted"
    subject: str  # what it is about: "order/7Q2K", "user/4"
    detail: str = ""
    key: str = ""  # idempotency key: of two effects with the same key only the first is stored
