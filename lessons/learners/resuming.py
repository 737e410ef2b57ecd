"""Continue on another device: a resume code makes one learner of two sessions."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import IntegrityError, transaction

from playground.bootstrap import redis_client
from playground.storage.rate_limit import RateLimit
from playground.storage.write_lock import write_transaction

from ..models import Learner
from .resume_code import normalised
from .sessions import SESSION_KEY, of_session

if TYPE_CHECKING:
    from django.db.models.fields.related import ForeignObject
    from django.http import HttpRequest

# Within WRONG_CODES_COUNT_FOR_S. A whole class may have one address, so that of an address is wide.
MAX_WRONG_CODES = 20  # from one browser
MAX_WRONG_CODES_OF_AN_ADDRESS = 1000
WRONG_CODES_COUNT_FOR_S = 600


class TooManyWrongCodes(Exception):
    """This browser or its address has sent too many codes that belong to no learner."""


class UnknownCode(Exception):
    """The code belongs to no learner."""


def resume(request: "HttpRequest", typed: str) -> Learner:
    """Make this session one of the learner whose code was typed, and merge its own into theirs.

    Raises UnknownCode, TooManyWrongCodes after MAX_WRONG_CODES of them, and StoreUnavailable.
    """
    # Counted before the code is looked at, so that guesses sent all at once count as well.
    tries = list(_tries(request))
    waits_s = [limit.take(who) for limit, who in tries]
    if any(waits_s):
        raise TooManyWrongCodes
    learner = Learner.objects.filter(code=normalised(typed)).first()
    if learner is None:
        raise UnknownCode
    for limit, who in tries:
        limit.give_back(who)
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


def _tries(request: "HttpRequest") -> Iterator[tuple[RateLimit, str]]:
    """Where a try of this request counts: for its browser, known by a cookie, and its address."""

    def limit(name: str, most: int) -> RateLimit:
        return RateLimit(redis_client(), f"codes:{name}", most, WRONG_CODES_COUNT_FOR_S)

    yield limit("address", MAX_WRONG_CODES_OF_AN_ADDRESS), request.META.get("REMOTE_ADDR", "")
    cookie = request.session.session_key or request.COOKIES.get(settings.CSRF_COOKIE_NAME)
    if cookie:
        yield limit("browser", MAX_WRONG_CODES), cookie
