"""Create, reset and delete playgrounds, and find the one that belongs to a session or an access token."""

import hashlib
import json
import secrets
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction
from django.db.models import Q

from ..company.catalogue import FIRST_USERS
from ..models import (
    AccessToken,
    AnsweredRequest,
    Effect,
    Fault,
    Order,
    OrderStatus,
    OutboxMessage,
    Playground,
    ProcessedMessage,
    RetiredKey,
    User,
)
from .sessions import one_of
from .sql import Row, Select
from .write_lock import write_transaction

if TYPE_CHECKING:
    from django.contrib.sessions.backends.base import SessionBase
    from django.http import HttpRequest

SESSION_KEY = "playground"
# What a step needs to know of its playground.
FIELDS = ("id", "key", "design", "watched_until", "watched")  # in the order of the model
_OF_TOKEN = Select(
    Playground, *FIELDS,
    join="JOIN playground_accesstoken token ON token.playground_id = playground_playground.id",
    where="token.hash = %s AND token.key IN ('', playground_playground.key)",
)  # fmt: skip
_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"  # without the characters that look alike: 0 o, 1 i l


def create() -> Playground:
    """A fresh playground with its first users."""
    id = _new_id()
    with transaction.atomic():
        playground = Playground.objects.create(id=id, key=id, last_user=len(FIRST_USERS))
        _add_first_users(id)
    return playground


def create_side(owner: Playground, design: dict[str, Any], expires_at: float) -> Playground:
    """A playground for one side of a twin run. No session owns it, and it has no token yet.

    `expires_at` is in unix seconds.
    """
    id = _new_id()
    with transaction.atomic():
        side = Playground.objects.create(
            id=id, key=id, design=design, twin_of=owner, expires_at=expires_at,
            watched=owner.watched, watched_until=owner.watched_until, last_user=len(FIRST_USERS),
        )  # fmt: skip
        _add_first_users(id)
    return side


def new_key(playground: Playground) -> str:
    return f"{playground.id}-{secrets.token_hex(4)}"


def replace_key(playground: Playground, key: str, delete_at: float) -> bool:
    """Begin a new generation, which holds the first users and nothing else.

    False if another reset was first; then nothing has changed. `delete_at`: when to delete
    what is left under the former key, in unix seconds.
    """
    with write_transaction():
        still_has_its_key = Playground.objects.filter(key=playground.key)
        if not still_has_its_key.update(key=key, design={}, last_user=len(FIRST_USERS)):
            return False
        RetiredKey.objects.create(key=playground.key, delete_at=delete_at)
        _add_first_users(key)
    return True


def remove(playground: Playground, delete_at: float) -> list[str]:
    """Delete the playground, and the sides of its twins. Returns the keys that they had."""
    with write_transaction():
        removed = Playground.objects.filter(Q(id=playground.id) | Q(twin_of=playground.id))
        keys = list(removed.values_list("key", flat=True))
        RetiredKey.objects.bulk_create(RetiredKey(key=key, delete_at=delete_at) for key in keys)
        removed.delete()
    return keys


def delete_outbox(key: str) -> None:
    """Delete the messages that wait under this key, except those that are just being published."""
    waiting = OutboxMessage.objects.filter(playground=key)
    with write_transaction():
        rows = waiting.select_for_update(skip_locked=True).values_list("id", flat=True)
        OutboxMessage.objects.filter(id__in=list(rows)).delete()


def delete_rows(key: str) -> None:
    """Delete every row that is stored under this key, which no playground has any more."""
    for model in (
        OutboxMessage, AnsweredRequest, ProcessedMessage, Effect, OrderStatus, Order, User, Fault,
    ):  # fmt: skip
        with write_transaction():
            model.objects.filter(playground=key).delete()


def _add_first_users(key: str) -> None:
    User.objects.bulk_create(
        User(playground_id=key, number=u.id, name=u.name, email=u.email, city=u.city)
        for u in FIRST_USERS
    )


def for_session(request: "HttpRequest") -> Playground:
    """The browser session's playground, made at the first need."""
    return of_session(request.session) or one_of(request.session, SESSION_KEY, _with_id, create)


def of_session(session: "SessionBase") -> Playground | None:
    playground_id = session.get(SESSION_KEY)
    return _with_id(playground_id) if playground_id else None


def _with_id(id: str) -> Playground | None:
    return Playground.objects.filter(id=id).first()


def issue_token(playground: Playground, *, until_reset: bool = False) -> str:
    """A new token for scripts. Only its hash is stored, so it can be shown only once."""
    token, key = secrets.token_urlsafe(24), playground.key if until_reset else ""
    AccessToken.objects.create(hash=hash_of(token), playground=playground, key=key)
    return token


def of_token(token: str) -> Playground | None:
    """The playground that this token belongs to. Other fields than those here load on use."""
    row = _OF_TOKEN.first(hash_of(token))
    return None if row is None else of_row(row)


def of_row(row: Row) -> Playground:
    """A playground of these FIELDS, as the database stores them."""
    id, key, design, watched_until, watched = row
    values = (id, key, json.loads(design), watched_until, json.loads(watched))
    return Playground.from_db(connection.alias, FIELDS, values)


def hash_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _new_id() -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(10))
