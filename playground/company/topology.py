"""The services and their connections: the only source of routing and of the picture.

To add a service: write its file in `services/`, then its rows in the tables below.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from . import commands, events
from .services import (
    analytics,
    crm,
    dispatch,
    email_provider,
    gateway,
    loyalty,
    menu,
    notification,
    orders,
    payments,
    restaurant,
    users,
)
from .work import UnitOfWork

Handler = Callable[[Any, UnitOfWork], Any]
Message = type  # a command or event class


class Style(StrEnum):
    CALL = "call"  # synchronous: ask, wait, get an answer
    TEXT = "text"  # asynchronous: leave a message with the broker, go on


class Party(StrEnum):
    ACTOR = "actor"
    SERVICE = "service"
    OUTSIDE = "outside"  # another company's service


@dataclass(frozen=True, slots=True)
class Service:
    name: str
    title: str
    does: str
    party: Party = Party.SERVICE
    service_time_ms: int = 0  # how long it works on one message, unless the design says otherwise
    optional: bool = False  # the learner may add and remove it while the company runs
    present: bool = True  # as built; the design can add or remove an optional one


@dataclass(frozen=True, slots=True)
class Connection:
    """An arrow: `source` reaches `target` with these messages, in this style."""

    source: str
    target: str
    carries: tuple[Message, ...]
    style: Style  # as built; the design can flip a flippable one
    flippable: bool = False

    @property
    def id(self) -> str:
        return f"{self.source}->{self.target}"


SERVICES: Mapping[str, Service] = {
    service.name: service
    for service in (
        Service("customer", "Customer", "You, in a browser or with curl.", Party.ACTOR),
        Service(
            "gateway", "Gateway", "The only way into the company from outside.", service_time_ms=5
        ),
        Service(
            "users", "Users", "Keeps the customers' accounts and profiles.", service_time_ms=40
        ),
        Service("menu", "Menu", "Knows the dishes and their prices.", service_time_ms=60),
        Service("payments", "Payments", "Asks the bank about the card.", service_time_ms=150),
        Service("orders", "Orders", "Keeps orders and their status.", service_time_ms=40),
        Service("restaurant", "Restaurant", "Prints a ticket and cooks.", service_time_ms=400),
        Service("notification", "Notification", "Sends the customer e-mails.", service_time_ms=120),
        Service("dispatch", "Dispatch", "Finds a courier.", service_time_ms=600),
        Service("crm", "CRM", "The sales team's address book.", service_time_ms=200, optional=True),
        Service("analytics", "Analytics", "Counts sign-ups.", service_time_ms=80, optional=True),
        Service(
            "loyalty",
            "Loyalty",
            "Gives points. No other service knows that it exists.",
            service_time_ms=90,
            optional=True,
            present=False,
        ),
        Service(
            "email-provider",
            "E-mail provider",
            "Another company, which sends our e-mails.",
            Party.OUTSIDE,
            service_time_ms=180,
        ),
    )
}

CALL, TEXT = Style.CALL, Style.TEXT

CONNECTIONS: tuple[Connection, ...] = (
    Connection("gateway", "users", (commands.SaveProfile,), CALL, flippable=True),
    Connection(
        "gateway", "users", (commands.RegisterUser, commands.ShowUser, commands.SignIn), CALL
    ),
    Connection(
        "gateway",
        "menu",
        (commands.ListRestaurants, commands.ShowMenu, commands.ValidateOrder),
        CALL,
    ),
    Connection("gateway", "payments", (commands.AuthorizePayment,), CALL),
    Connection("gateway", "orders", (commands.StoreOrder, commands.ShowOrder), CALL),
    Connection("users", "notification", (events.UserRegistered,), TEXT, flippable=True),
    Connection("users", "crm", (events.UserRegistered,), TEXT, flippable=True),
    Connection("users", "analytics", (events.UserRegistered,), TEXT, flippable=True),
    Connection("orders", "restaurant", (events.OrderPlaced,), TEXT, flippable=True),
    Connection("orders", "notification", (events.OrderPlaced,), TEXT, flippable=True),
    Connection("orders", "dispatch", (events.OrderPlaced,), TEXT, flippable=True),
    Connection("users", "loyalty", (events.UserRegistered,), TEXT),
    Connection("orders", "loyalty", (events.OrderPlaced,), TEXT),
    Connection("restaurant", "orders", (events.OrderAccepted,), TEXT),
    Connection("restaurant", "payments", (events.OrderRejected,), TEXT),
    Connection("restaurant", "dispatch", (events.OrderRejected,), TEXT),
    Connection("payments", "orders", (events.PaymentRefunded,), TEXT),
    Connection("payments", "notification", (events.PaymentRefunded,), TEXT),
    Connection("dispatch", "orders", (events.CourierAssigned,), TEXT),
    Connection("notification", "email-provider", (commands.SendEmail,), CALL),
)

# The one function that handles a message at a service, however it arrives.
HANDLERS: Mapping[tuple[str, Message], Handler] = {
    ("gateway", commands.PlaceOrder): gateway.place_order,
    ("gateway", commands.SaveProfile): gateway.save_profile,
    ("gateway", commands.RegisterUser): gateway.ask_users,
    ("gateway", commands.ShowUser): gateway.ask_users,
    ("gateway", commands.SignIn): gateway.ask_users,
    ("gateway", commands.ListRestaurants): gateway.ask_menu,
    ("gateway", commands.ShowMenu): gateway.ask_menu,
    ("gateway", commands.ShowOrder): gateway.ask_orders,
    ("users", commands.SaveProfile): users.save_profile,
    ("users", commands.RegisterUser): users.register,
    ("users", commands.ShowUser): users.show_user,
    ("users", commands.SignIn): users.sign_in,
    ("menu", commands.ListRestaurants): menu.list_restaurants,
    ("menu", commands.ShowMenu): menu.show_menu,
    ("menu", commands.ValidateOrder): menu.validate_order,
    ("payments", commands.AuthorizePayment): payments.authorize,
    ("orders", commands.StoreOrder): orders.store_order,
    ("orders", commands.ShowOrder): orders.show_order,
    ("orders", events.OrderAccepted): orders.note_accepted,
    ("orders", events.CourierAssigned): orders.note_courier,
    ("orders", events.PaymentRefunded): orders.note_rejected,
    ("restaurant", events.OrderPlaced): restaurant.take_order,
    ("payments", events.OrderRejected): payments.refund,
    ("notification", events.UserRegistered): notification.send_welcome_mail,
    ("notification", events.OrderPlaced): notification.send_receipt,
    ("notification", events.PaymentRefunded): notification.send_apology,
    ("email-provider", commands.SendEmail): email_provider.send_email,
    ("dispatch", events.OrderPlaced): dispatch.assign_courier,
    ("dispatch", events.OrderRejected): dispatch.call_courier_off,
    ("crm", events.UserRegistered): crm.add_contact,
    ("analytics", events.UserRegistered): analytics.count_signup,
    ("loyalty", events.UserRegistered): loyalty.open_account,
    ("loyalty", events.OrderPlaced): loyalty.give_points,
}

# What each message is called on the wire (CloudEvents `type`).
EVENT_TYPES: Mapping[Message, str] = {
    events.UserRegistered: "delivery.user.registered.v1",
    events.OrderPlaced: "delivery.order.placed.v1",
    events.OrderAccepted: "delivery.order.accepted.v1",
    events.OrderRejected: "delivery.order.rejected.v1",
    events.PaymentRefunded: "delivery.payment.refunded.v1",
    events.CourierAssigned: "delivery.courier.assigned.v1",
    commands.SaveProfile: "delivery.user.save-profile.v1",
}
MESSAGES_BY_TYPE: Mapping[str, Message] = {name: cls for cls, name in EVENT_TYPES.items()}


# The message that a customer's command makes the company send, and the service that sends it.
ANNOUNCEMENTS: Mapping[Message, tuple[str, Message]] = {
    commands.PlaceOrder: ("orders", events.OrderPlaced),
    commands.RegisterUser: ("users", events.UserRegistered),
    commands.SaveProfile: ("gateway", commands.SaveProfile),
}


@dataclass(frozen=True, slots=True)
class Wiring:
    """The learner's changes to the topology: flipped connections, services added and removed."""

    styles: Mapping[str, Style] = field(default_factory=dict)  # of flippable connections, by id
    presence: Mapping[str, bool] = field(default_factory=dict)  # of optional services

    def style(self, connection: Connection) -> Style:
        """Call or text now. A connection that is not flippable keeps its style as built."""
        if not connection.flippable:
            return connection.style
        return self.styles.get(connection.id, connection.style)

    def is_present(self, service: str) -> bool:
        return self.presence.get(service, SERVICES[service].present)

    def services(self) -> tuple[Service, ...]:
        return tuple(s for s in SERVICES.values() if self.is_present(s.name))

    def connections(self) -> tuple[Connection, ...]:
        return tuple(
            c for c in CONNECTIONS if self.is_present(c.source) and self.is_present(c.target)
        )

    def connections_carrying(self, source: str, message: Message) -> tuple[Connection, ...]:
        """The connections on which `source` sends messages of this class."""
        carrying = _CONNECTIONS_CARRYING.get((source, message), ())
        return tuple(c for c in carrying if self.is_present(c.target))

    def subscribers(self) -> tuple[str, ...]:
        """The services that have a queue, in the order of SERVICES."""
        return _in_order(c.target for c in self.connections() if self.style(c) is Style.TEXT)


def flippable() -> tuple[Connection, ...]:
    return tuple(c for c in CONNECTIONS if c.flippable)


def optional_services() -> tuple[str, ...]:
    return tuple(name for name, service in SERVICES.items() if service.optional)


def working_services() -> tuple[str, ...]:
    """All services and the outside party, without the customer; in the order of SERVICES."""
    return tuple(name for name, service in SERVICES.items() if service.party is not Party.ACTOR)


def possible_subscribers() -> tuple[str, ...]:
    """The services that have a queue under some wiring."""
    return _in_order(c.target for c in CONNECTIONS if c.flippable or c.style is Style.TEXT)


def _in_order(names: Iterable[str]) -> tuple[str, ...]:
    unordered = set(names)
    return tuple(name for name in SERVICES if name in unordered)


_CONNECTIONS_CARRYING: Mapping[tuple[str, Message], tuple[Connection, ...]] = {
    (source, message): tuple(c for c in CONNECTIONS if c.source == source and message in c.carries)
    for source, message in {(c.source, message) for c in CONNECTIONS for message in c.carries}
}
