"""The shapes of requests and responses. Every request's example works on a new playground."""

from typing import Annotated, Any, Literal

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from ninja import Schema
from pydantic import AfterValidator, ConfigDict, Field, StringConstraints

from ..company.entities import Order, Restaurant, User
from ..design.choices import PRESETS, Design
from ..faults.catalogue import PLACES, FaultKind
from ..faults.fault import DEFAULT_DURATION_S, MAX_DURATION_S, MAX_LIMIT, MAX_MS, MAX_SEED
from ..faults.storm import MAX_AT_ONCE, MAX_HOLD_S
from ..faults.storm import MAX_SECONDS as MAX_STORM_S
from ..parsing import visible_text
from ..rush.plan import MAX_RATE, MAX_SECONDS


def _an_email(value: str) -> str:
    try:
        validate_email(value)
    except ValidationError as error:
        raise ValueError(error.messages[0]) from None
    return value.lower()


def _empty_or_visible(value: str) -> str:
    return visible_text(value) if value.strip() else ""


# A text for others to read
Text = Annotated[str, AfterValidator(visible_text)]
Name = Annotated[Text, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]
City = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=80),
    AfterValidator(_empty_or_visible),
]
Number = Annotated[int, Field(ge=1, le=2**31 - 1)]  # of a user or a restaurant
Email = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=254),
    AfterValidator(_an_email),
    Field(json_schema_extra={"format": "email"}),
]
Password = Annotated[str, StringConstraints(min_length=6, max_length=128)]
# 12 to 19 digits, as on the card: in groups, or not
Card = Annotated[str, StringConstraints(pattern=r"^[0-9]([ -]?[0-9]){11,18}$")]
Dish = Annotated[Text, StringConstraints(min_length=1, max_length=40)]
Reason = Annotated[
    Text,
    StringConstraints(min_length=1, max_length=120),
    Field(description="why it may be lost"),
]


class Strict(Schema):
    """JSON as the document says: no other fields, and no `true` or "1" for 1."""

    model_config = ConfigDict(extra="forbid", strict=True)


def example(**values: Any) -> ConfigDict:
    return ConfigDict(extra="forbid", strict=True, json_schema_extra={"example": values})


class ProfileIn(Strict):
    model_config = example(name="Ada Okafor", email="ada@example.com", city="Turin")
    name: Name
    email: Email
    city: City = ""


class RegistrationIn(ProfileIn):
    model_config = example(
        name="Dana Petrov", email="dana@example.com", city="Leeds", password="correct horse"
    )
    password: Password


class SignInIn(Strict):
    model_config = example(email="ada@example.com", password="inflight")
    email: Email
    password: Annotated[str, StringConstraints(max_length=128)]


class UserOut(Schema):
    id: int
    name: str
    email: str
    city: str

    @classmethod
    def of(cls, user: User) -> "UserOut":
        return cls(id=user.id, name=user.name, email=user.email, city=user.city)


class AcceptedOut(Schema):
    status: Literal["accepted"] = "accepted"
    detail: str


class SessionOut(Schema):
    user: UserOut


class DishOut(Schema):
    id: str
    title: str
    price_cents: int


class RestaurantOut(Schema):
    id: int
    title: str
    city: str

    @classmethod
    def of(cls, restaurant: Restaurant) -> "RestaurantOut":
        return cls(id=restaurant.id, title=restaurant.title, city=restaurant.city)


class RestaurantsOut(Schema):
    restaurants: list[RestaurantOut]


class MenuOut(Schema):
    restaurant: RestaurantOut
    dishes: list[DishOut]


class OrderLineIn(Strict):
    dish: Dish
    quantity: Annotated[int, Field(ge=1, le=20)] = 1


class OrderIn(Strict):
    model_config = example(
        user=1,
        restaurant=1,
        items=[{"dish": "margherita", "quantity": 2}, {"dish": "tiramisu", "quantity": 1}],
        card="4242 4242 4242 4242",
    )
    user: Number
    restaurant: Number
    items: Annotated[list[OrderLineIn], Field(min_length=1, max_length=20)]
    card: Card


class StatusOut(Schema):
    status: str
    at: float = Field(description="unix seconds")
    by: str = Field(description="the service that recorded it")


class OrderOut(Schema):
    id: str
    status: str
    user: int
    restaurant: int
    total_cents: int
    history: list[StatusOut]

    @classmethod
    def of(cls, order: Order) -> "OrderOut":
        return cls(
            id=order.id,
            status=order.status,
            user=order.user,
            restaurant=order.restaurant,
            total_cents=order.total_cents,
            history=[StatusOut(status=c.status, at=c.at, by=c.by) for c in order.history],
        )


class PlaygroundOut(Schema):
    id: str
    token: str = Field(description="shown once; send it as `Authorization: Bearer <token>`")
    websocket: str


class DesignIn(Design):
    """Any of the choices; the others keep their values. A preset is applied first."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "styles": {"orders->notification": "call"},
                "service_time_ms": {"restaurant": 800},
                "timeout_ms": 2000,
            }
        },
    )
    preset: str = Field(
        default="",
        description=f"one of: {', '.join(PRESETS)}",
        json_schema_extra={"enum": ["", *PRESETS]},
    )


def _within(least: int, most: int) -> dict[str, Any]:
    """Bounds for the document. FaultRequest checks them, and says what is wrong in its own words."""
    return {"minimum": least, "maximum": most}


class FaultIn(Strict):
    model_config = example(kind="unreachable", target="notification", duration_s=60)
    kind: str = Field(
        description=f"one of {', '.join(FaultKind)}", json_schema_extra={"enum": list(FaultKind)}
    )
    target: str = Field(
        description="a service, a connection (orders->dispatch), or the broker; each kind has its own",
        json_schema_extra={"enum": list(PLACES)},
    )
    ms: int = Field(
        0,
        description="milliseconds, for kinds that take a time; 0: the kind's default",
        json_schema_extra=_within(0, MAX_MS),
    )
    jitter_ms: int = Field(
        0,
        description="latency only: adds a random 0 to this many milliseconds",
        json_schema_extra=_within(0, MAX_MS),
    )
    status: int = Field(
        0,
        description="HTTP status (400 to 599) of errors and throttled; 0: the kind's default. "
        "At the gateway it is what customers get, whether or not it is listed with the operation.",
        json_schema_extra=_within(0, 599),
    )
    percentage: int = Field(
        100,
        description="share of the messages that are hit; paused, broker_down and surge hit all",
        json_schema_extra=_within(1, 100),
    )
    limit: int = Field(
        0,
        description="hits after which it is spent (1: only the next message); 0: no limit",
        json_schema_extra=_within(0, MAX_LIMIT),
    )
    seed: int = Field(
        0,
        description="the same seed hits the same messages, by their order",
        json_schema_extra=_within(0, MAX_SEED),
    )
    duration_s: float = Field(
        DEFAULT_DURATION_S, description="seconds", json_schema_extra=_within(1, MAX_DURATION_S)
    )


class FaultOut(Schema):
    id: str
    kind: str
    target: str
    ms: int
    jitter_ms: int
    status: int
    percentage: int
    limit: int
    seed: int
    scope: Literal["playground", "class"]
    ends_at: float = Field(description="unix seconds")
    hits: int
    is_spent: bool = Field(description="it has reached its limit and hits nothing more")
    says: str
    teaches: str
    calls: str = Field(description="the effect on a call")
    texts: str = Field(description="the effect on a text")
    answers: list[str] = Field(description="the design choices that answer it")
    hint: str = Field(description="what to press so that it hits a message")


class ConnectionOut(Schema):
    id: str
    source: str
    target: str
    style: Literal["call", "text"]
    flippable: bool
    carries: list[str]
    says: str


class DepthOut(Schema):
    ready: int
    unacked: int
    delayed: int
    dead: int


class DesignOut(Schema):
    design: dict[str, Any]
    connections: list[ConnectionOut]


class StateOut(DesignOut):
    id: str
    faults: list[FaultOut]
    queues: dict[str, DepthOut]
    breakers: dict[str, str] = Field(description="closed, open or half-open, by callee")
    cursor: str


class RecordsOut(Schema):
    records: list[dict[str, Any]]
    cursor: str


class HandlerOut(Schema):
    symbol: str
    file: str = Field(description="from the root of the repository")
    first_line: int
    source: str


class DeadLetterOut(Schema):
    id: str
    service: str = Field(description="the subscriber that could not handle it")
    name: str
    subject: str
    reason: str
    attempts: int
    at: float = Field(description="unix seconds")
    trace: str
    event: dict[str, Any] = Field(description="the CloudEvent")


class DeadLettersOut(Schema):
    dead_letters: list[DeadLetterOut]
    not_listed: int = Field(description="how many more there are; replaying all includes them")


class ReplayIn(Strict):
    model_config = example(id="")
    id: Annotated[str, StringConstraints(max_length=64)] = Field("", description="empty: all")


class ReplayedOut(Schema):
    replayed: int


class StormIn(Strict):
    model_config = example(seed=7, seconds=30, kinds=["latency", "errors"], at_once=2)
    seed: int = Field(0, ge=0, le=MAX_SEED)
    seconds: int = Field(60, ge=5, le=MAX_STORM_S)
    # An enum is read from its text.
    kinds: list[Annotated[FaultKind, Field(strict=False)]] = Field(
        [], description="empty: all kinds but surge"
    )
    min_hold_s: float = Field(
        5, ge=1, le=MAX_HOLD_S, description="each fault lasts at least this many seconds"
    )
    max_hold_s: float = Field(15, ge=1, le=MAX_HOLD_S)
    at_once: int = Field(2, ge=1, le=MAX_AT_ONCE)


class StormOut(Schema):
    faults: int = Field(description="how many were scheduled")


class RushIn(Strict):
    model_config = example(action="order", rate=5, seconds=2)
    action: Literal["order", "register", "profile"] = "order"
    rate: int = Field(10, ge=1, le=MAX_RATE, description="actions per second")
    seconds: int = Field(5, ge=1, le=MAX_SECONDS)


class RushOut(Schema):
    """Times are milliseconds, as {"p50", "p95", "p99"}, or null where nothing was measured."""

    action: str
    rate: int
    seconds: int
    run: str = Field(description="its id in records and ledger")
    state: Literal["waiting", "running", "stopped", "done", "failed"]
    offered: int
    accepted: int
    refused: int
    timed_out: int
    finished: int = Field(description="customers whose work is done, to the last effect")
    answer_ms: dict[str, float] | None
    completion_ms: dict[str, float] | None = Field(
        description="from sending to the last effect; null for profiles: all save the same one"
    )
    reason: str


class LedgerRowOut(Schema):
    effect: str
    says: str
    expected: int
    actual: int
    lost: int
    doubled: int
    pending: int
    dead: int
    unasked: int = Field(
        description="effects without a promise: the customer got an error, or no answer"
    )


class DifferenceOut(Schema):
    effect: str
    column: Literal["lost", "doubled", "pending", "dead", "unasked"]
    count: int
    says: str = Field(description="in words, with the cause that the records show")
    subjects: list[str] = Field(description="at most 100: order/7Q2K, user/4")
    messages: list[str] = Field(description="ids of their messages, in the flow log")


class LedgerOut(Schema):
    rows: list[LedgerRowOut]
    differences: list[DifferenceOut]


class MetricsPointOut(Schema):
    """Times are milliseconds, over the minute before; null where nothing was measured."""

    at: float = Field(description="unix seconds")
    waiting: dict[str, int] = Field(description="by subscriber: ready and delayed messages")
    throughput_per_s: float
    errors_per_s: float
    answer_ms: dict[str, float] | None
    completion_ms: dict[str, float] | None = Field(description="from request to last ack")
    open_calls: int


class MetricsOut(Schema):
    points: list[MetricsPointOut]


class ProblemOut(Schema):
    """RFC 9457, plus what was changed nevertheless (`kept`) and what to do (`next`)."""

    type: str
    title: str
    status: int
    detail: str
    kept: str
    next: str = ""
    errors: list[dict[str, str]] = []
