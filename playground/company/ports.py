"""Ports: the interfaces through which a handler reaches everything outside its own code."""

from typing import Any, Protocol

from .commands import Command
from .entities import Order, Restaurant, User
from .events import Event


class ServiceCalls(Protocol):
    """Calls from one service to another: ask, wait, and get an answer or an error."""

    def call(self, service: str, message: Command | Event) -> Any:
        """The callee's reply.

        Raises CallFailed (no answer: refused, timed out, broken), or the callee's own refusal.
        """

    def goes_by_text(self, service: str, command: Command) -> bool:
        """Whether the design sends this command as a text instead."""


class Clock(Protocol):
    def now(self) -> float:
        """Unix seconds."""

    def sleep(self, seconds: float) -> None: ...


class Repository(Protocol):
    """What a handler may look up. It makes changes through its unit of work."""

    def user(self, user: int) -> User:
        """Raises UnknownEntity."""

    def user_by_email(self, email: str) -> User | None: ...

    def next_user_id(self) -> int:
        """An id that no user of this playground has, and that nobody else is given."""

    def order(self, order: str) -> Order:
        """Raises UnknownEntity."""

    def find_order(self, order: str) -> Order | None:
        """The same, but None if there is no such order."""

    def tickets_since(self, at: float) -> int:
        """How many tickets were printed after this moment (unix seconds)."""

    def restaurants(self) -> tuple[Restaurant, ...]: ...

    def hash_password(self, password: str) -> str:
        """The form in which a password is stored."""

    def password_matches(self, password: str, hashed: str) -> bool:
        """`hashed`: as `hash_password` made it; "" for a first user, who has FIRST_PASSWORD."""
