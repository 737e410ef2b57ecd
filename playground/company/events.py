"""Events: facts in the past tense. A subscriber cannot refuse one; any service may subscribe."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class UserRegistered:
    user: int
    name: str
    email: str
    city: str


@dataclass(frozen=True, slots=True)
class OrderPlaced:
    order: str
    user: int
    email: str
    restaurant: int
    total_cents: int


@dataclass(frozen=True, slots=True)
class OrderAccepted:
    """The restaurant has accepted the order and will cook it."""

    order: str


@dataclass(frozen=True, slots=True)
class OrderRejected:
    """The restaurant cannot cook the order. Services that have worked for it undo that work."""

    order: str
    user: int
    email: str
    total_cents: int
    reason: str


@dataclass(frozen=True, slots=True)
class PaymentRefunded:
    order: str
    user: int
    email: str
    amount_cents: int
    reason: str


@dataclass(frozen=True, slots=True)
class CourierAssigned:
    order: str
    courier: str


Event = (
    UserRegistered | OrderPlaced | OrderAccepted | OrderRejected | PaymentRefunded | CourierAssigned
)
