"""Commands: each asks one service to do one thing, and the service may refuse."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class OrderLine:
    dish: str
    quantity: int


@dataclass(frozen=True, slots=True)
class SaveProfile:
    user: int
    name: str
    email: str
    city: str


@dataclass(frozen=True, slots=True)
class RegisterUser:
    name: str
    email: str
    city: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class ShowUser:
    user: int


@dataclass(frozen=True, slots=True)
class SignIn:
    email: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class ListRestaurants:
    pass


@dataclass(frozen=True, slots=True)
class ShowMenu:
    restaurant: int


@dataclass(frozen=True, slots=True)
class PlaceOrder:
    """The customer's request, as the gateway receives it."""

    user: int
    restaurant: int
    items: tuple[OrderLine, ...]
    card: str = field(repr=False)
    order: str = (
        ""  # the order's id, so that a repeated request means the same order; "": a new one
    )


@dataclass(frozen=True, slots=True)
class ValidateOrder:
    restaurant: int
    items: tuple[OrderLine, ...]


@dataclass(frozen=True, slots=True)
class AuthorizePayment:
    order: str
    user: int
    amount_cents: int
    card: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class StoreOrder:
    order: str
    user: int
    restaurant: int
    items: tuple[OrderLine, ...]
    total_cents: int
    authorization: str


@dataclass(frozen=True, slots=True)
class ShowOrder:
    order: str


@dataclass(frozen=True, slots=True)
class SendEmail:
    to: str
    template: str  # "welcome", "receipt" or "apology"
    about: str  # "order/7Q2K"
    idempotency_key: str  # two commands with the same key send one mail


Command = (
    SaveProfile
    | RegisterUser
    | ShowUser
    | SignIn
    | ListRestaurants
    | ShowMenu
    | PlaceOrder
    | ValidateOrder
    | AuthorizePayment
    | StoreOrder
    | ShowOrder
    | SendEmail
)
