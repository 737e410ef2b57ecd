"""Events: facts in the past tense. Nobody can refuse them; anybody may listen."""

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
    """The restaurant has taken the order in."""

    order: str


@dataclass(frozen=True, slots=True)
class OrderRejected:
    """The restaurant cannot cook it. Whoever has done something for it undoes that."""

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
