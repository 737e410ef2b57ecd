"""The learner of a browser session."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.http import Http404
from django.utils import timezone

from playground.storage.sessions import one_of
from playground.storage.write_lock import write_transaction

from ..models import Learner
from .resume_code import new_code

if TYPE_CHECKING:
    from django.contrib.sessions.backends.base import SessionBase

SESSION_KEY = "learner"


def of_session(session: "SessionBase") -> Learner | None:
    """The learner of this session; None until there was something to store."""
    learner_id = session.get(SESSION_KEY)
    learner = _with_id(learner_id) if learner_id else None
    if learner:
        note_use(learner, timezone.now())
    return learner


def for_session(session: "SessionBase") -> Learner:
    """The learner of this session, created if there is none yet."""
    return of_session(session) or one_of(session, SESSION_KEY, _with_id, _create)


@contextmanager
def one_at_a_time(learner: Learner) -> Iterator[None]:
    """A short transaction: what this learner's requests do in here happens one after the other.

    Raises Http404 if what was stored about the learner has just been deleted.
    """
    with write_transaction():
        if not Learner.objects.select_for_update().filter(id=learner.id).first():
            raise Http404(
                "What was stored about you has been deleted meanwhile. Load the page again."
            )
        yield


def note_use(learner: Learner, now: datetime) -> None:
    """Written once a day at most. A learner who does not come back for LEARNER_DAYS is deleted."""
    if now - learner.used_at >= timedelta(days=1):
        Learner.objects.filter(id=learner.id).update(used_at=now)
        learner.used_at = now


def forget(session: "SessionBase") -> None:
    """Delete the learner of this session and everything stored about them, for all devices."""
    if learner := of_session(session):
        learner.delete()
    session.pop(SESSION_KEY, None)


def _with_id(id: int) -> Learner | None:
    return Learner.objects.filter(id=id).first()


def _create() -> Learner:
    while True:  # a new code may exist already, though hardly twice in a row
        try:
            with transaction.atomic():
                return Learner.objects.create(code=new_code())
        except IntegrityError:
            continue
