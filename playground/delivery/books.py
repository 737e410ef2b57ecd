"""The company's books in the database: what handlers look up, and units of work committed."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
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
from .design import Design
from .writing import write_transaction


class DjangoBooks:
    """The Books port for one playground."""

    def __init__(self, playground: str) -> None:
        self._playground = playground

    def user(self, user: int) -> User:
        row = models.User.objects.filter(playground=self._playground, number=user).first()
        if row is None:
            raise UnknownEntity("user", user)
        return _user(row)

    def user_by_email(self, email: str) -> User | None:
        row = models.User.objects.filter(playground=self._playground, email=email).first()
        return _user(row) if row else None

    def next_user_id(self) -> int:
        users = models.User.objects.filter(playground=self._playground)
        return (users.aggregate(last=Max("number"))["last"] or 0) + 1

    def order(self, order: str) -> Order:
        found = self.find_order(order)
        if found is None:
            raise UnknownEntity("order", order)
        return found

    def find_order(self, order: str) -> Order | None:
        row = models.Order.objects.filter(playground=self._playground, code=order).first()
        if row is None:
            return None
        lines = models.OrderStatus.objects.filter(
            playground=self._playground, order=order
        ).order_by("at", "id")
        history = tuple(StatusChange(line.status, line.at, line.by) for line in lines)
        return Order(row.code, row.user, row.restaurant, row.total_cents, history)

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
    outbox: list[models.OutboxMessage]
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
        _insert(
            models.ProcessedMessage,
            (
                models.ProcessedMessage(
                    playground_id=playground, service=f.work.service, message=f.inbox_message
                )
                for f in new
                if f.inbox_message and is_idempotent
            ),
        )
        for f in new:
            _save_users(playground, f.work.users)
        _insert(models.Order, (_order_row(playground, o) for f in new for o in f.work.orders))
        _insert(models.OrderStatus, _status_rows(playground, new), ignore_conflicts=True)
        effects = list(_effect_rows(playground, new, with_keys=is_idempotent))
        _insert(models.Effect, (e for e in effects if not e.key))
        _insert(models.Effect, (e for e in effects if e.key), ignore_conflicts=True)
        outbox = []
        if design.outbox:
            letters = (_outbox_row(playground, f.work.now, p) for f in new for p in f.publications)
            outbox = _insert(models.OutboxMessage, letters)
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
    rows = models.ProcessedMessage.objects.filter(
        playground=playground, service=finished[0].work.service, message__in=messages
    )
    return frozenset(rows.values_list("message", flat=True))


def _insert(model: Any, rows: Iterable[Any], *, ignore_conflicts: bool = False) -> list[Any]:
    rows = list(rows)
    if not rows:
        return []
    return model.objects.bulk_create(rows, ignore_conflicts=ignore_conflicts)


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


def _order_row(playground: str, order: Order) -> models.Order:
    return models.Order(
        playground_id=playground,
        code=order.id,
        user=order.user,
        restaurant=order.restaurant,
        total_cents=order.total_cents,
    )


def _status_rows(playground: str, finished: Sequence[Finished]) -> Iterable[models.OrderStatus]:
    row: Callable[..., models.OrderStatus] = partial(models.OrderStatus, playground_id=playground)
    for f in finished:
        for order in f.work.orders:
            for line in order.history:
                yield row(order=order.id, status=line.status, at=line.at, by=line.by)
        for order_id, line in f.work.status_changes:
            yield row(order=order_id, status=line.status, at=line.at, by=line.by)


def _effect_rows(
    playground: str, finished: Sequence[Finished], *, with_keys: bool
) -> Iterable[models.Effect]:
    for f in finished:
        for effect in f.work.effects:
            yield models.Effect(
                playground_id=playground,
                service=f.work.service,
                name=effect.name,
                subject=effect.subject,
                detail=effect.detail,
                key=effect.key if with_keys else "",
                run=f.run,
                at=f.work.now,
            )


def _outbox_row(playground: str, now: float, publication: Publication) -> models.OutboxMessage:
    return models.OutboxMessage(
        playground_id=playground,
        event=to_json(publication.event).decode(),
        groups=list(publication.groups),
        stored_at=now,
    )


def _user(row: models.User) -> User:
    return User(row.number, row.name, row.email, row.city, row.password)
