"""The learner of a browser session."""

from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction

from ..models import Learner
from .resume_code import new_code

if TYPE_CHECKING:
    from django.contrib.sessions.backends.base import SessionBase

SESSION_KEY = "learner"


def of_session(session: "SessionBase") -> Learner | None:
    """The learner of this session; None until there was something to store."""
    learner_id = session.get(SESSION_KEY)
    return Learner.objects.filter(id=learner_id).first() if learner_id else None


def for_session(session: "SessionBase") -> Learner:
    """The learner of this session, created if there is none yet."""
    learner = of_session(session)
    if learner is None:
        learner = _create()
        session[SESSION_KEY] = learner.id
    return learner


def forget(session: "SessionBase") -> None:
    """Delete the learner of this session and everything stored about them, for all devices."""
    if learner := of_session(session):
        learner.delete()
    session.pop(SESSION_KEY, None)


def _create() -> Learner:
    while True:  # a new code may exist already, though hardly twice in a row
        try:
            with transaction.atomic():
                return Learner.objects.create(code=new_code())
        except IntegrityError:
            continue
