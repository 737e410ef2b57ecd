"""Who learns here: one browser session, or several that know the same resume code."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.utils import timezone

from .models import Learner, WrongCode
from .resume_code import as_written_by_us, new_code

if TYPE_CHECKING:
    from django.contrib.sessions.backends.base import SessionBase
    from django.db.models.fields.related import ForeignObject
    from django.http import HttpRequest

SESSION_KEY = "learner"
MAX_TRIES = 20
TRIES_FORGOTTEN_AFTER = timedelta(minutes=10)

Now = Callable[[], datetime]


class TooManyTries(Exception):
    """This address has typed too many codes that nobody has."""


class UnknownCode(Exception):
    """Nobody has this code."""


def of_session(session: "SessionBase") -> Learner | None:
    """Who learns in this browser; None as long as nothing had to be kept."""
    known = session.get(SESSION_KEY)
    return Learner.objects.filter(id=known).first() if known else None


def for_session(session: "SessionBase") -> Learner:
    """Who learns in this browser, made when there is first something to keep."""
    learner = of_session(session)
    if learner is None:
        learner = _create()
        session[SESSION_KEY] = learner.id
    return learner


def resume(request: "HttpRequest", typed: str, now: Now = timezone.now) -> Learner:
    """Let this browser go on as the learner of a code, and bring along what it had.

    Raises UnknownCode, and TooManyTries after MAX_TRIES of them from one address.
    """
    address = request.META.get("REMOTE_ADDR", "")
    _refuse_guessers(address, now())
    learner = Learner.objects.filter(code=as_written_by_us(typed)).first()
    if learner is None:
        WrongCode.objects.create(address=address, at=now())
        raise UnknownCode
    before = of_session(request.session)
    if before is not None and before != learner:
        merge(before, into=learner)
    request.session[SESSION_KEY] = learner.id
    return learner


def merge(other: Learner, *, into: Learner) -> None:
    """Make one learner of two: everything that belongs to `other` becomes `into`'s.

    Where a table allows one row per learner and both have theirs, `into` keeps its own.
    """
    with transaction.atomic():
        for relation in Learner._meta.related_objects:
            _hand_over(relation.field, other, into)
        other.delete()


def forget(session: "SessionBase") -> None:
    """Delete what is kept about the learner of this browser, on all devices."""
    if learner := of_session(session):
        learner.delete()
    session.pop(SESSION_KEY, None)


def _create() -> Learner:
    while True:  # until a code is new; two in a row that exist have not been seen
        try:
            with transaction.atomic():
                return Learner.objects.create(code=new_code())
        except IntegrityError:
            continue


def _hand_over(field: "ForeignObject", other: Learner, into: Learner) -> None:
    for row in field.model._default_manager.filter(**{field.name: other}):
        setattr(row, field.name, into)
        try:
            with transaction.atomic():
                row.save(update_fields=[field.name])
        except IntegrityError:
            continue  # goes with `other`


def _refuse_guessers(address: str, now: datetime) -> None:
    WrongCode.objects.filter(at__lt=now - TRIES_FORGOTTEN_AFTER).delete()
    if WrongCode.objects.filter(address=address).count() >= MAX_TRIES:
        raise TooManyTries
