"""The unit of work: everything that one handler reads, calls, changes and announces.

A handler is a function `(message, work) -> reply`. It changes nothing itself: it
notes its changes in the unit of work, which is then committed in one database
transaction (Fowler, Patterns of Enterprise Application Architecture, "Unit of
Work"). So the same handler serves a call and a text, and its tests need no
database.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from .commands import Command
from .entities import Effect, Order, StatusChange, User
from .events import Event
from .ports import Repository, ServiceCalls


@dataclass(slots=True)
class UnitOfWork:
    service: str  # the service whose handler runs
    repository: Repository
    calls: ServiceCalls
    now: float  # unix seconds
    new_id: Callable[[], str]
    message: str = ""  # id of the event being handled; the same at every redelivery
    settings: Mapping[str, Any] = field(default_factory=dict)  # of this service, by name

    new_users: list[User] = field(default_factory=list)
    users: list[User] = field(default_factory=list)  # that exist, as they should be
    orders: list[Order] = field(default_factory=list)
    status_changes: list[tuple[str, StatusChange]] = field(default_factory=list)
    effects: list[Effect] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    texts: list[tuple[str, Command]] = field(default_factory=list)  # (addressee, command)

    def call(self, service: str, command: Command) -> Any:
        """Ask another service and wait. Raises CallFailed, or the callee's own refusal."""
        return self.calls.call(service, command)

    def send(self, service: str, command: Command) -> Any | None:
        """Call or text, by the style of the connection. A text brings no reply: None."""
        if self.calls.goes_by_text(service, command):
            self.texts.append((service, command))
            return None
        return self.call(service, command)

    def add_user(self, user: User) -> None:
        self.new_users.append(user)

    def save_user(self, user: User) -> None:
        self.users.append(user)

    def add_order(self, order: Order) -> None:
        self.orders.append(order)

    def change_status(self, order: str, status: str) -> None:
        self.status_changes.append((order, StatusChange(status, self.now, self.service)))

    def record_effect(self, name: str, subject: str, detail: str = "", *, key: str = "") -> None:
        """Note an effect. With a key it is stored at most once (if consumers are idempotent)."""
        self.effects.append(Effect(name, subject, detail, key))

    def publish(self, event: Event) -> None:
        """Announce a fact. The topology decides which services get it, by call or by text."""
        self.events.append(event)
