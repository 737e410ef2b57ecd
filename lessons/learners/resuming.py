"""Continue on another device: a resume code makes one learner of two sessions."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.utils import timezone

from playground.storage.write_lock import write_transaction

from ..models import Learner, WrongCode
from .resume_code import normalised
from .sessions import SESSION_KEY, of_session

if TYPE_CHECKING:
    from django.db.models.fields.related import ForeignObject
    from django.http import HttpRequest

MAX_WRONG_CODES = 20  # from one address, within WRONG_CODES_COUNT_FOR
WRONG_CODES_COUNT_FOR = timedelta(minutes=10)

Now = Callable[[], datetime]


class TooManyWrongCodes(Exception):
    """This address has sent too many codes that belong to no learner."""


class UnknownCode(Exception):
    """The code belongs to no learner."""


def resume(request: "HttpRequest", typed: str, now: Now = timezone.now) -> Learner:
    """Make this session one of the learner whose code was typed, and merge its own into theirs.

    Raises UnknownCode, and TooManyWrongCodes after MAX_WRONG_CODES of them from one address.
    """
    address = request.META.get("REMOTE_ADDR", "")
    _limit_wrong_codes(address, now())
    learner = Learner.objects.filter(code=normalised(typed)).first()
    if learner is None:
        WrongCode.objects.create(address=address, at=now())
        raise UnknownCode
    current = of_session(request.session)
    if current is not None and current != learner:
        merge(current, into=learner)
    request.session[SESSION_KEY] = learner.id
    return learner


def merge(other: Learner, *, into: Learner) -> None:
    """Move every row of `other` to `into`, and delete `other`.

    Where a table allows one row per learner and both have one, the row of `into` stays.
    """
    with write_transaction():
        if not Learner.objects.select_for_update().filter(pk=other.pk):
            return  # another request has just merged them
        for relation in Learner._meta.related_objects:
            _move_rows(relation.field, other, into)
        other.delete()


def _move_rows(field: "ForeignObject", other: Learner, into: Learner) -> None:
    for row in field.model._default_manager.filter(**{field.name: other}):
        setattr(row, field.name, into)
        try:
            with transaction.atomic():
                row.save(update_fields=[field.name])
        except IntegrityError:
            continue  # `into` has such a row; this one is deleted with `other`


def _limit_wrong_codes(address: str, now: datetime) -> None:
    WrongCode.objects.filter(at__lt=now - WRONG_CODES_COUNT_FOR).delete()
    if WrongCode.objects.filter(address=address).count() >= MAX_WRONG_CODES:
        raise TooManyWrongCodes
