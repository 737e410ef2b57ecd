"""The design: what an architect chooses. Stored per playground as the difference from the default.

A design is a pydantic model. The page and the API show its field descriptions and check its
bounds.
"""

from collections.abc import Mapping
from functools import cached_property
from random import Random
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    PlainSerializer,
    ValidationError,
)

from ..company.topology import (
    SERVICES,
    Style,
    Wiring,
    flippable,
    optional_services,
    working_services,
)
from .retry import Retry

MAX_SERVICE_TIME_MS = 10_000
# The longest service time, however large the spread.
LONGEST_WORK_S = 30.0


# The choices that the handlers of one service read; all others concern how messages travel.
SERVICE_SETTINGS: Mapping[str, tuple[str, ...]] = {"restaurant": ("kitchen_capacity",)}


class InvalidDesign(ValueError):
    """These choices are not valid. `errors`: field ("call_retry.attempts") -> what is wrong."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__("; ".join(f"{where}: {why}" for where, why in errors.items()))
        self.errors = dict(errors)


def _one_of(names: tuple[str, ...], what: str) -> AfterValidator:
    def check(name: str) -> str:
        if name not in names:
            raise ValueError(f"{what}: {', '.join(names)}")
        return name

    return AfterValidator(check)


FlippableId = Annotated[
    str, _one_of(tuple(c.id for c in flippable()), "cannot be flipped; these can")
]
ServiceName = Annotated[str, _one_of(working_services(), "no such service; there are")]
OptionalName = Annotated[str, _one_of(optional_services(), "always there; these come and go")]
Plain = PlainSerializer(str, return_type=str)


class Choices(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", ignored_types=(cached_property,))


class Breaker(Choices):
    """A circuit breaker per callee (Nygard, Release It!)."""

    on: bool = Field(default=False, strict=True)
    failures: int = Field(default=5, strict=True, ge=1, le=100)  # in a row, then it opens
    open_ms: int = Field(default=5_000, strict=True, ge=100, le=60_000)  # then one call may probe


class Design(Choices):
    styles: dict[FlippableId, Annotated[Style, Plain]] = Field(
        default={}, description="Call or text, for each connection that can be flipped."
    )
    subscribers: dict[OptionalName, Annotated[bool, Field(strict=True)]] = Field(
        default={},
        description="Which optional services subscribe to events; no other service has to change.",
    )
    service_time_ms: dict[
        ServiceName, Annotated[int, Field(strict=True, ge=0, le=MAX_SERVICE_TIME_MS)]
    ] = Field(
        default={},
        description="How long a service works on one message, in milliseconds (the median).",
    )
    service_time_spread: dict[ServiceName, Annotated[float, Field(ge=0, le=1.5)]] = Field(
        default={}, description="How much that time varies: 0 is constant, 1 has a long tail."
    )
    replicas: dict[ServiceName, Annotated[int, Field(strict=True, ge=1, le=8)]] = Field(
        default={},
        description="How many replicas of a subscriber may work on its queue at the same time.",
    )
    timeout_ms: int = Field(
        default=3_000,
        strict=True,
        ge=50,
        le=30_000,
        description="How long a caller waits for an answer before it gives up.",
    )
    request_slots: Annotated[int, Field(strict=True, ge=1, le=200)] | None = Field(
        default=None,
        description="How many requests the gateway serves at once; the rest wait, then get a 503.",
    )
    call_retry: Retry = Field(
        default=Retry(policy="none", attempts=3, base_ms=200, cap_ms=2_000),
        description="When and how often a caller repeats a call that has failed.",
    )
    breaker: Breaker = Field(
        default=Breaker(), description="Stop calling a service for a while when it keeps failing."
    )
    ack: Literal["late", "early"] = Field(
        default="late",
        description="When a message is acknowledged: after the work (late) or before it (early).",
    )
    delivery_retry: Retry = Field(
        default=Retry(policy="exponential", attempts=20, base_ms=1_000, cap_ms=10_000),
        description="When and how often a message is redelivered after its handler failed.",
    )
    dead_letters: bool = Field(
        default=True,
        strict=True,
        description="Keep messages that failed too often (on), or discard them (off).",
    )
    outbox: bool = Field(
        default=True,
        strict=True,
        description="Store the event and the order in one transaction, then publish the event.",
    )
    idempotent_consumers: bool = Field(
        default=True,
        strict=True,
        description="A message that is delivered twice takes effect once.",
    )
    idempotency_key: bool = Field(
        default=True, strict=True, description="Requests with the same key create one order."
    )
    queue_bound: Annotated[int, Field(strict=True, ge=1, le=10_000)] | None = Field(
        default=None,
        description="How many messages a queue may hold before new work is refused with a 503.",
    )
    kitchen_capacity: Annotated[int, Field(strict=True, ge=0, le=1_000)] | None = Field(
        default=None,
        description="How many orders the kitchen accepts per minute; it rejects the rest.",
    )

    @classmethod
    def of(cls, choices: Mapping[str, Any]) -> Self:
        """Parse choices, as stored or as sent in a PATCH. Raises InvalidDesign."""
        try:
            return cls.model_validate(choices)
        except ValidationError as invalid:
            raise InvalidDesign(_by_field(invalid)) from None

    def patched(self, choices: Mapping[str, Any]) -> Self:
        """This design with some choices changed. Raises InvalidDesign.

        `choices` may name a `preset`; the other choices are then applied on top of it. Nested
        objects are merged: {"breaker": {"on": true}} keeps the breaker's other settings.
        """
        rest = dict(choices)
        preset = rest.pop("preset", "")
        base = self if preset == "" else self._with_preset(preset)
        return type(self).of(_merged(base.model_dump(), rest))

    def _with_preset(self, name: Any) -> Self:
        """The preset, with this design's services and service times; "as built" resets those, too."""
        if name == AS_BUILT:
            return type(self)()
        if name not in PRESETS:
            raise InvalidDesign({"preset": f"no such preset; there are: {', '.join(PRESETS)}"})
        settings = [name for names in SERVICE_SETTINGS.values() for name in names]
        kept = ("service_time_ms", "service_time_spread", "subscribers", *settings)
        own_choices = {name: value for name, value in self.choices().items() if name in kept}
        return type(self)(**own_choices).patched(PRESETS[name])

    @cached_property
    def wiring(self) -> Wiring:
        return Wiring(self.styles, self.subscribers)

    @property
    def timeout_s(self) -> float:
        return self.timeout_ms / 1000

    def median_ms(self, service: str) -> int:
        return self.service_time_ms.get(service, SERVICES[service].service_time_ms)

    def service_time_s(self, service: str, message: str) -> float:
        """How long the service works on this message: the same at every delivery.

        Log-normal around the median, at most LONGEST_WORK_S.
        """
        median_s = self.median_ms(service) / 1000
        spread = self.service_time_spread.get(service, 0.0)
        if not spread:
            return median_s
        drawn = median_s * Random(f"{service} {message}").lognormvariate(0, spread)
        return min(drawn, LONGEST_WORK_S)

    @cached_property
    def takes_no_time(self) -> bool:
        """Whether every service that is present has a service time of zero."""
        return not any(
            self.median_ms(name) for name in working_services() if self.wiring.is_present(name)
        )

    def settings_of(self, service: str) -> dict[str, Any]:
        """The settings that the service's handlers find in their unit of work, by name."""
        return {name: getattr(self, name) for name in SERVICE_SETTINGS.get(service, ())}

    def replicas_of(self, service: str) -> int:
        return self.replicas.get(service, 1)

    def choices(self) -> dict[str, Any]:
        """The choices that differ from the default: the form in which a design is stored."""
        return self.model_dump(exclude_defaults=True)

    def as_json(self) -> dict[str, Any]:
        """Every choice with its current value, for every service and flippable connection."""
        services = working_services()
        return self.model_dump() | {
            "styles": {c.id: self.wiring.style(c).value for c in flippable()},
            "subscribers": {name: self.wiring.is_present(name) for name in optional_services()},
            "service_time_ms": {name: self.median_ms(name) for name in services},
            "service_time_spread": {
                name: self.service_time_spread.get(name, 0.0) for name in services
            },
            "replicas": {name: self.replicas_of(name) for name in services},
        }


def _all_flippable(style: str) -> dict[str, str]:
    """The style for every flippable connection but gateway->users, which stays as built (lesson 1)."""
    return {c.id: style for c in flippable() if c.source != "gateway"}


AS_BUILT = "as built"
PRESETS: Mapping[str, dict[str, Any]] = {
    AS_BUILT: {},
    "textbook sync": {"styles": _all_flippable("call"), "request_slots": 20},
    "textbook async": {"styles": _all_flippable("text")},
    "careless async": {
        "styles": _all_flippable("text"),
        "ack": "early",
        "outbox": False,
        "idempotent_consumers": False,
        "idempotency_key": False,
        "dead_letters": False,
        "delivery_retry": {"policy": "none"},
    },
    "production": {
        "styles": _all_flippable("text"),
        "request_slots": 50,
        "call_retry": {"policy": "full_jitter"},
        "breaker": {"on": True},
        "queue_bound": 1_000,
        "replicas": {"restaurant": 2, "notification": 2, "dispatch": 2},
    },
}


def _merged(base: Mapping[str, Any], change: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(base)
    for name, value in change.items():
        before = merged.get(name)
        both = isinstance(before, Mapping) and isinstance(value, Mapping)
        merged[name] = _merged(before, value) if both else value  # type: ignore[arg-type]
    return merged


def _by_field(invalid: ValidationError) -> dict[str, str]:
    errors: dict[str, str] = {}
    for error in invalid.errors():
        where = ".".join(str(part) for part in error["loc"] if part not in ("[key]", "int"))
        if error["type"] == "extra_forbidden":
            errors[where] = f"there is no such choice; there are {', '.join(Design.model_fields)}"
        else:
            errors[where] = error["msg"].removeprefix("Value error, ")
    return errors
