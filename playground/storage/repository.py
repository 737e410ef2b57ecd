"""The Repository port on Django's ORM, and the commit of units of work."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.contrib.auth.hashers import check_password, make_password
from django.db.models import Max

from .. import models
from ..company.catalogue import FIRST_PASSWORD, RESTAURANTS
from ..company.entities import Order, Restaurant, StatusChange, User
from ..company.envelope import AddressedMessage, to_json
from ..company.errors import UnknownEntity
from ..company.work import UnitOfWork
from ..design.choices import Design
from .write_lock import write_transaction

LARGEST_NUMBER = 2**31 - 1  # of a user; databases reject a query for a larger one

_USER_FIELDS = ("number", "name", "email", "city", "password")


class DjangoRepository:
    """The Repository port for one playground."""

    def __init__(self, playground: str) -> None:
        self._playground = playground

    def user(self, user: int) -> User:
        if user <= LARGEST_NUMBER:
            users = models.User.objects.filter(playground=self._playground, number=user)
            if row := users.values_list(*_USER_FIELDS).first():
                return User(*row)
        raise UnknownEntity("user", user)

    def user_by_email(self, email: str) -> User | None:
        users = models.User.objects.filter(playground=self._playground, email=email)
        row = users.values_list(*_USER_FIELDS).first()
        return User(*row) if row else None

    def next_user_id(self) -> int:
        users = models.User.objects.filter(playground=self._playground)
        return (users.aggregate(last=Max("number"))["last"] or 0) + 1

    def order(self, order: str) -> Order:
        existing = self.find_order(order)
        if existing is None:
            raise UnknownEntity("order", order)
        return existing

    def find_order(self, order: str) -> Order | None:
        orders = models.Order.objects.filter(playground=self._playground, code=order)
        row = orders.values_list("code", "user", "restaurant", "total_cents").first()
        if row is None:
            return None
        lines = models.OrderStatus.objects.filter(playground=self._playground, order=order)
        history = lines.order_by("at", "id").values_list("status", "at", "by")
        return Order(*row, history=tuple(StatusChange(*line) for line in history))

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
    (the same new user id or e-mail address); then nothing has changed.
    """
    if not any(_changes_something(f) for f in finished):
        return Committed([], frozenset())
    with write_transaction():
        is_idempotent = design.idempotent_consumers
        duplicates = _processed(playground, finished) if is_idempotent else frozenset()
        new = [f for f in finished if f.inbox_message not in duplicates]
        if is_idempotent:
            models.ProcessedMessage.objects.bulk_create(list(_inbox_rows(playground, new)))
        for f in new:
            _save_users(playground, f.work.users)
        models.Order.objects.bulk_create(list(_order_rows(playground, new)))
        models.OrderStatus.objects.bulk_create(
            list(_status_rows(playground, new)), ignore_conflicts=True
        )
        effects = list(_effect_rows(playground, new, with_keys=is_idempotent))
        models.Effect.objects.bulk_create([e for e in effects if not e.key])
        models.Effect.objects.bulk_create([e for e in effects if e.key], ignore_conflicts=True)
        outbox = _outbox_rows(playground, new) if design.outbox else []
        models.OutboxMessage.objects.bulk_create(outbox)
    return Committed([row.pk for row in outbox], duplicates)


def _changes_something(finished: Finished) -> bool:
    """Most calls only read; they need no transaction."""
    work = finished.work
    changes = work.users or work.orders or work.status_changes or work.effects
    return bool(finished.inbox_message or finished.messages or changes)


def _processed(playground: str, finished: Sequence[Finished]) -> frozenset[str]:
    messages = [f.inbox_message for f in finished if f.inbox_message]
    if not messages:
        return frozenset()
    processed = models.ProcessedMessage.objects.filter(
        playground=playground, service=finished[0].work.service, message__in=messages
    )
    return frozenset(processed.values_list("message", flat=True))


def _save_users(playground: str, users: Sequence[User]) -> None:
    for user in users:
        values = {
            "name": user.name,
            "email": user.email,
            "city": user.city,
            "password": user.password,
        }
        rows = models.User.objects.filter(playground=playground, number=user.id)
        if not rows.update(**values):
            models.User.objects.create(playground_id=playground, number=user.id, **values)


def _inbox_rows(playground: str, finished: Sequence[Finished]) -> Iterator[models.ProcessedMessage]:
    for f in finished:
        if f.inbox_message:
            yield models.ProcessedMessage(
                playground_id=playground, service=f.work.service, message=f.inbox_message
            )


def _order_rows(playground: str, finished: Sequence[Finished]) -> Iterator[models.Order]:
    for f in finished:
        for order in f.work.orders:
            yield models.Order(
                playground_id=playground, code=order.id, user=order.user,
                restaurant=order.restaurant, total_cents=order.total_cents,
            )  # fmt: skip


def _status_rows(playground: str, finished: Sequence[Finished]) -> Iterator[models.OrderStatus]:
    for f in finished:
        first = [(order.id, line) for order in f.work.orders for line in order.history]
        for order, line in (*first, *f.work.status_changes):
            yield models.OrderStatus(
                playground_id=playground, order=order, status=line.status, at=line.at, by=line.by
            )


def _effect_rows(
    playground: str, finished: Sequence[Finished], *, with_keys: bool
) -> Iterator[models.Effect]:
    """Without `with_keys` the effects lose their idempotency keys, so none counts as a repeat."""
    for f in finished:
        for effect in f.work.effects:
            yield models.Effect(
                playground_id=playground, service=f.work.service, name=effect.name,
                subject=effect.subject, detail=effect.detail,
                key=effect.key if with_keys else "", run=f.run, at=f.work.now,
            )  # fmt: skip


def _outbox_rows(playground: str, finished: Sequence[Finished]) -> list[models.OutboxMessage]:
    return [
        models.OutboxMessage(
            playground_id=playground, event=to_json(message.event).decode(),
            groups=list(message.subscribers), stored_at=f.work.now,
        )
        for f in finished
        for message in f.messages
    ]  # fmt: skip
