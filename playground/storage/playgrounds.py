"""Create playgrounds, and find the one that belongs to a session or an access token."""

import hashlib
import json
import secrets
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction

from ..company.catalogue import FIRST_USERS
from ..models import AccessToken, Playground, User
from .sql import Row, Select

if TYPE_CHECKING:
    from django.contrib.sessions.backends.base import SessionBase
    from django.http import HttpRequest

SESSION_KEY = "playground"
# What a step needs to know of its playground.
FIELDS = ("id", "design", "watched_until", "watched")  # in the order of the model
_OF_TOKEN = Select(
    Playground, *FIELDS,
    join="JOIN playground_accesstoken token ON token.playground_id = playground_playground.id",
    where="token.hash = %s",
)  # fmt: skip
_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"  # without the characters that look alike: 0 o, 1 i l


def create() -> Playground:
    """A fresh playground with its first users."""
    with transaction.atomic():
        playground = Playground.objects.create(id=_new_id(), last_user=len(FIRST_USERS))
        add_first_users(playground)
    return playground


def create_side(owner: Playground, design: dict[str, Any], expires_at: float) -> Playground:
    """A playground for one side of a twin run. No session owns it, and it has no token yet.

    `expires_at` is in unix seconds.
    """
    with transaction.atomic():
        side = Playground.objects.create(
            id=_new_id(), design=design, twin_of=owner, expires_at=expires_at,
            watched=owner.watched, watched_until=owner.watched_until, last_user=len(FIRST_USERS),
        )  # fmt: skip
        add_first_users(side)
    return side


def add_first_users(playground: Playground) -> None:
    User.objects.bulk_create(
        User(playground=playground, number=u.id, name=u.name, email=u.email, city=u.city)
        for u in FIRST_USERS
    )


def for_session(request: "HttpRequest") -> Playground:
    """The browser session's playground, created at the first visit."""
    playground = of_session(request.session)
    if playground is None:
        playground = create()
        request.session[SESSION_KEY] = playground.id
    return playground


def of_session(session: "SessionBase") -> Playground | None:
    playground_id = session.get(SESSION_KEY)
    return Playground.objects.filter(id=playground_id).first() if playground_id else None


def issue_token(playground: Playground) -> str:
    """A new token for scripts. Only its hash is stored, so it can be shown only once."""
    token = secrets.token_urlsafe(24)
    AccessToken.objects.create(hash=hash_of(token), playground=playground)
    return token


def of_token(token: str) -> Playground | None:
    """The playground that this token belongs to. Other fields than those here load on use."""
    row = _OF_TOKEN.first(hash_of(token))
    return None if row is None else of_row(row)


def of_row(row: Row) -> Playground:
    """A playground of these FIELDS, as the database stores them."""
    id, design, watched_until, watched = row
    values = (id, json.loads(design), watched_until, json.loads(watched))
    return Playground.from_db(connection.alias, FIELDS, values)


def hash_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _new_id() -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(10))
