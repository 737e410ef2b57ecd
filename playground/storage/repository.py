"""The Repository port on Django's ORM, and the commit of units of work."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.contrib.auth.hashers import check_password, make_password
from django.db.models import F

from .. import models
from ..company.catalogue import FIRST_PASSWORD, RESTAURANTS
from ..company.entities import Order, Restaurant, StatusChange, User
from ..company.envelope import AddressedMessage, to_json
from ..company.errors import StartedOver, UnknownEntity
from ..company.work import UnitOfWork
from ..design.choices import Design
from .sql import Insert, Row, Select
from .write_lock import write_transaction

LARGEST_NUMBER = 2**31 - 1  # of a user; databases reject a query for a larger one

_USER_FIELDS = ("number", "name", "email", "city", "password")
_USER = Select(models.User, *_USER_FIELDS, where="playground_id = %s AND number = %s")
_ORDER = Select(
    models.Order, "code", "user", "restaurant", "total_cents",
    where="playground_id = %s AND code = %s",
)  # fmt: skip
_KNOWN_MESSAGES = Select(
    models.ProcessedMessage, "message",
    where="playground_id = %s AND service = %s AND message IN ({choices})",
)  # fmt: skip
_NEW_USERS = Insert(models.User, "playground", *_USER_FIELDS)
_PROCESSED = Insert(models.ProcessedMessage, "playground", "service", "message")
_ORDERS = Insert(models.Order, "playground", "code", "user", "restaurant", "total_cents")
_STATUSES = Insert(
    models.OrderStatus, "playground", "order", "status", "at", "by", ignore_conflicts=True
)
_EFFECT_FIELDS = ("playground", "service", "name", "subject", "detail", "key", "run", "at")
_EFFECTS = Insert(models.Effect, *_EFFECT_FIELDS)
_KEYED_EFFECTS = Insert(models.Effect, *_EFFECT_FIELDS, ignore_conflicts=True)


class DjangoRepository:
    """The Repository port for the playground with this key."""

    def __init__(self, playground: str) -> None:
        self._playground = playground

    def user(self, user: int) -> User:
        row = _USER.first(self._playground, user) if user <= LARGEST_NUMBER else None
        if row is None:
            raise UnknownEntity("user", user)
        return User(*row)

    def user_by_email(self, email: str) -> User | None:
        users = models.User.objects.filter(playground=self._playground, email=email)
        row = users.values_list(*_USER_FIELDS).first()
        return User(*row) if row else None

    def next_user_id(self) -> int:
        playgrounds = models.Playground.objects.filter(key=self._playground)
        with write_transaction():
            if not playgrounds.update(last_user=F("last_user") + 1):  # which locks the row
                raise StartedOver
            return playgrounds.values_list("last_user", flat=True).get()

    def order(self, order: str) -> Order:
        existing = self.find_order(order)
        if existing is None:
            raise UnknownEntity("order", order)
        return existing

    def find_order(self, order: str) -> Order | None:
        row = _ORDER.first(self._playground, order)
        if row is None:
            return None
        code, user, restaurant, total_cents = row
        lines = models.OrderStatus.objects.filter(playground=self._playground, order=order)
        history = lines.order_by("id").values_list("status", "at", "by")
        return Order(
            code, user, restaurant, total_cents, tuple(StatusChange(*line) for line in history)
        )

    def tickets_since(self, at: float) -> int:
        tickets = models.Effect.objects.filter(playground=self._playground, name="TicketPrinted")
        return tickets.filter(at__gt=at).count()

    def restaurants(self) -> tuple[Restaurant, ...]:
        return RESTAURANTS

    def hash_password(self, password: str) -> str:
        return make_password(password)

    def password_matches(self, password: str, hashed: str) -> bool:
        if not hashed:  # a first user: all share one password
            return password == FIRST_PASSWORD
        return check_password(password, hashed)


@dataclass(frozen=True, slots=True)
class Finished:
    """The unit of work of a handler that has finished, ready to be committed."""

    work: UnitOfWork
    run: str
    messages: tuple[AddressedMessage, ...]  # its events and commands, wrapped for their subscribers
    inbox_message: str = ""  # the id of the text that was handled; "" for a call


@dataclass(frozen=True, slots=True)
class Committed:
    outbox: list[int]  # row ids of the messages, in their order; empty without an outbox
    duplicates: frozenset[str]  # ids of messages that had been handled before; they changed nothing


def commit(playground: str, finished: Sequence[Finished], design: Design) -> Committed:
    """Commit units of work of one service, with inbox and outbox rows, in one transaction.

    If the design has idempotent consumers, skips a unit whose message was processed before,
    and an effect whose key exists.  Raises IntegrityError when two units violate a constraint
    (one e-mail address for two users, one id for two orders); then nothing has changed.
    """
    if not any(_changes_something(f) for f in finished):
        return Committed([], frozenset())
    with write_transaction():
        is_idempotent = design.idempotent_consumers
        duplicates = _processed(playground, finished) if is_idempotent else frozenset()
        new = [f for f in finished if f.inbox_message not in duplicates]
        if is_idempotent:
            inbox = (f for f in new if f.inbox_message)
            _PROCESSED.all((playground, f.work.service, f.inbox_message) for f in inbox)
        for f in new:
            _save_users(playground, f.work.users)
        _NEW_USERS.all(_user_row(playground, user) for f in new for user in f.work.new_users)
        _ORDERS.all(_order_row(playground, order) for f in new for order in f.work.orders)
        _STATUSES.all(_status_rows(playground, new))
        _EFFECTS.all(_effect_rows(playground, new, has_key=False, with_keys=is_idempotent))
        _KEYED_EFFECTS.all(_effect_rows(playground, new, has_key=True, with_keys=is_idempotent))
        outbox = _outbox_rows(playground, new) if design.outbox else []
        models.OutboxMessage.objects.bulk_create(outbox)  # which returns their ids
    return Committed([row.pk for row in outbox], duplicates)


def _changes_something(finished: Finished) -> bool:
    """Most calls only read; they need no transaction."""
    work = finished.work
    changes = work.new_users or work.users or work.orders or work.status_changes or work.effects
    return bool(finished.inbox_message or finished.messages or changes)


def _processed(playground: str, finished: Sequence[Finished]) -> frozenset[str]:
    messages = [f.inbox_message for f in finished if f.inbox_message]
    if not messages:
        return frozenset()
    rows = _KNOWN_MESSAGES(playground, finished[0].work.service, choices=messages)
    return frozenset(message for (message,) in rows)


def _save_users(playground: str, users: Sequence[User]) -> None:
    for user in users:
        models.User.objects.filter(playground=playground, number=user.id).update(
            name=user.name, email=user.email, city=user.city, password=user.password
        )


def _user_row(playground: str, user: User) -> Row:
    return playground, user.id, user.name, user.email, user.city, user.password


def _order_row(playground: str, order: Order) -> Row:
    return playground, order.id, order.user, order.restaurant, order.total_cents


def _status_rows(playground: str, finished: Sequence[Finished]) -> Iterator[Row]:
    for f in finished:
        first = [(order.id, line) for order in f.work.orders for line in order.history]
        for order, line in (*first, *f.work.status_changes):
            yield playground, order, line.status, line.at, line.by


def _effect_rows(
    playground: str, finished: Sequence[Finished], *, has_key: bool, with_keys: bool
) -> Iterator[Row]:
    """The effects that have a key, or those that have none. Without `with_keys` none has."""
    for f in finished:
        service, run, now = f.work.service, f.run, f.work.now
        for effect in f.work.effects:
            key = effect.key if with_keys else ""
            if bool(key) is has_key:
                yield playground, service, effect.name, effect.subject, effect.detail, key, run, now


def _outbox_rows(playground: str, finished: Sequence[Finished]) -> list[models.OutboxMessage]:
    return [
        models.OutboxMessage(
            playground_id=playground, event=to_json(message.event).decode(),
            groups=list(message.subscribers), stored_at=f.work.now,
        )
        for f in finished
        for message in f.messages
    ]  # fmt: skip
