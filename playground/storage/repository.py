"""The repository on Django's ORM: what handlers look up, and units of work committed."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.hashers import check_password, make_password
from django.db.models import Max

from .. import models
from ..company.catalogue import FIRST_PASSWORD, RESTAURANTS
from ..company.entities import Order, Restaurant, StatusChange, User
from ..company.envelope import to_json
from ..company.errors import UnknownEntity
from ..company.ports import Publication
from ..company.work import UnitOfWork
from ..design.choices import Design
from .sql import Insert, Select
from .write_lock import write_transaction

Row = tuple[Any, ...]
LARGEST_NUMBER = 2**31 - 1  # that a user can have; databases refuse to look for larger ones


_A_USER = ("number", "name", "email", "city", "password")
_USER = Select(models.User, *_A_USER, where="playground_id = %s AND number = %s")
_ORDER = Select(
    models.Order, "code", "user", "restaurant", "total_cents",
    where="playground_id = %s AND code = %s",
)  # fmt: skip
_HISTORY = Select(
    models.OrderStatus, "status", "at", "by",
    where='playground_id = %s AND "order" = %s', rest="ORDER BY at, id",
)  # fmt: skip

_KNOWN_MESSAGES = Select(
    models.ProcessedMessage, "message",
    where="playground_id = %s AND service = %s AND message IN ({some})",
)  # fmt: skip
_PROCESSED = Insert(models.ProcessedMessage, "playground", "service", "message")
_ORDERS = Insert(models.Order, "playground", "code", "user", "restaurant", "total_cents")
_STATUSES = Insert(
    models.OrderStatus, "playground", "order", "status", "at", "by", unless_known=True
)
_AN_EFFECT = ("playground", "service", "name", "subject", "detail", "key", "run", "at")
_EFFECTS = Insert(models.Effect, *_AN_EFFECT)
_KEYED_EFFECTS = Insert(models.Effect, *_AN_EFFECT, unless_known=True)
_OUTBOX = Insert(models.OutboxMessage, "playground", "event", "groups", "stored_at")


class DjangoRepository:
    """The Repository port for one playground."""

    def __init__(self, playground: str) -> None:
        self._playground = playground

    def user(self, user: int) -> User:
        row = _USER.first(self._playground, user) if user <= LARGEST_NUMBER else None
        if row is None:
            raise UnknownEntity("user", user)
        return User(*row)

    def user_by_email(self, email: str) -> User | None:
        users = models.User.objects.filter(playground=self._playground, email=email)
        row = users.values_list(*_A_USER).first()
        return User(*row) if row else None

    def next_user_id(self) -> int:
        users = models.User.objects.filter(playground=self._playground)
        return (users.aggregate(last=Max("number"))["last"] or 0) + 1

    def order(self, order: str) -> Order:
        found = self.find_order(order)
        if found is None:
            raise UnknownEntity("order", order)
        return found

    def find_order(self, order: str) -> Order | None:
        row = _ORDER.first(self._playground, order)
        if row is None:
            return None
        code, user, restaurant, total_cents = row
        history = tuple(StatusChange(*line) for line in _HISTORY(self._playground, order))
        return Order(code, user, restaurant, total_cents, history)

    def tickets_since(self, at: float) -> int:
        tickets = models.Effect.objects.filter(playground=self._playground, name="TicketPrinted")
        return tickets.filter(at__gt=at).count()

    def restaurants(self) -> tuple[Restaurant, ...]:
        return RESTAURANTS

    def hash_password(self, password: str) -> str:
        return make_password(password)

    def password_matches(self, password: str, hashed: str) -> bool:
        if not hashed:  # one of the first users, who all have the same
            return password == FIRST_PASSWORD
        return check_password(password, hashed)


@dataclass(frozen=True, slots=True)
class Finished:
    """A unit of work that its handler has filled, ready to become true."""

    work: UnitOfWork
    run: str
    publications: tuple[Publication, ...]
    inbox_message: str = ""  # the text that was handled, if it was one


@dataclass(frozen=True, slots=True)
class Committed:
    outbox: list[int]  # the rows of the publications, in their order; none without an outbox
    duplicates: frozenset[str]  # messages that had been handled before: nothing was done


def commit(playground: str, finished: Sequence[Finished], design: Design) -> Committed:
    """Make these units of work true, all in one transaction, with inbox and outbox.

    A unit whose message was processed before is left out: that is the idempotent
    consumer, if the design has it.  Without it no key is looked at either.  Raises IntegrityError when two units meet on one constraint; then
    nothing has changed.
    """
    if not any(_changes_something(f) for f in finished):
        return Committed([], frozenset())
    with write_transaction():
        is_idempotent = design.idempotent_consumers
        done_before = _processed(playground, finished) if is_idempotent else frozenset()
        new = [f for f in finished if f.inbox_message not in done_before]
        if is_idempotent:
            inbox = (f for f in new if f.inbox_message)
            _PROCESSED.all((playground, f.work.service, f.inbox_message) for f in inbox)
        for f in new:
            _save_users(playground, f.work.users)
        _ORDERS.all(_order_row(playground, o) for f in new for o in f.work.orders)
        _STATUSES.all(_status_rows(playground, new))
        _EFFECTS.all(_effect_rows(playground, new, has_key=False, with_keys=is_idempotent))
        _KEYED_EFFECTS.all(_effect_rows(playground, new, has_key=True, with_keys=is_idempotent))
        outbox = []
        if design.outbox:
            letters = ((f.work.now, p) for f in new for p in f.publications)
            outbox = [_OUTBOX.one(_outbox_row(playground, now, p)) for now, p in letters]
    return Committed(outbox, done_before)


def _changes_something(finished: Finished) -> bool:
    """Most of what is called only looks something up: that needs no transaction."""
    work = finished.work
    changes = work.users or work.orders or work.status_changes or work.effects
    return bool(finished.inbox_message or finished.publications or changes)


def _processed(playground: str, finished: Sequence[Finished]) -> frozenset[str]:
    messages = [f.inbox_message for f in finished if f.inbox_message]
    if not messages:
        return frozenset()
    rows = _KNOWN_MESSAGES.any_of(messages, playground, finished[0].work.service)
    return frozenset(message for (message,) in rows)


def _save_users(playground: str, users: Sequence[User]) -> None:
    for user in users:
        values = {
            "name": user.name,
            "email": user.email,
            "city": user.city,
            "password": user.password,
        }
        known = models.User.objects.filter(playground=playground, number=user.id)
        if not known.update(**values):
            models.User.objects.create(playground_id=playground, number=user.id, **values)


def _order_row(playground: str, order: Order) -> Row:
    return playground, order.id, order.user, order.restaurant, order.total_cents


def _status_rows(playground: str, finished: Sequence[Finished]) -> Iterable[Row]:
    for f in finished:
        for order in f.work.orders:
            for line in order.history:
                yield playground, order.id, line.status, line.at, line.by
        for order_id, line in f.work.status_changes:
            yield playground, order_id, line.status, line.at, line.by


def _effect_rows(
    playground: str, finished: Sequence[Finished], *, has_key: bool, with_keys: bool
) -> Iterable[Row]:
    """The effects that have a key, or those that have none; `with_keys`: keys count at all."""
    for f in finished:
        who, run, now = f.work.service, f.run, f.work.now
        for effect in f.work.effects:
            key = effect.key if with_keys else ""
            if bool(key) is has_key:
                yield playground, who, effect.name, effect.subject, effect.detail, key, run, now


def _outbox_row(playground: str, now: float, publication: Publication) -> Row:
    event = to_json(publication.event).decode()
    return playground, event, json.dumps(publication.groups), now
