"""Create playgrounds, and find the one that belongs to a session or an access token."""

import hashlib
import secrets
from typing import TYPE_CHECKING, Any

from django.db import transaction

from ..company.catalogue import FIRST_USERS
from ..models import AccessToken, Playground, User

if TYPE_CHECKING:
    from django.contrib.sessions.backends.base import SessionBase
    from django.http import HttpRequest

SESSION_KEY = "playground"
_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"  # without the characters that look alike: 0 o, 1 i l


def create() -> Playground:
    """A fresh playground with its first users."""
    with transaction.atomic():
        playground = Playground.objects.create(id=_new_id())
        add_first_users(playground)
    return playground


def create_side(owner: Playground, design: dict[str, Any], expires_at: float) -> Playground:
    """A playground for one side of a twin run. No session owns it, and it has no token yet.

    `expires_at` is in unix seconds.
    """
    with transaction.atomic():
        side = Playground.objects.create(
            id=_new_id(), design=design, twin_of=owner, expires_at=expires_at,
            watched=owner.watched, watched_until=owner.watched_until,
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
    return Playground.objects.filter(tokens__hash=hash_of(token)).first()


def hash_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _new_id() -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(10))
