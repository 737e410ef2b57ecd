"""Who may make how many playgrounds: so many from one address in a minute."""

import math

from django.http import HttpRequest
from ninja.errors import Throttled

from ..bootstrap import redis_client
from ..bounds import MAX_NEW_PLAYGROUNDS, MAX_NEW_PLAYGROUNDS_OF_BROWSERS
from ..models import Playground
from ..storage import playgrounds
from ..storage.rate_limit import RateLimit


def for_script(request: HttpRequest) -> Playground:
    """A new playground.  Raises Throttled, StoreUnavailable."""
    _count("scripts", MAX_NEW_PLAYGROUNDS, request)
    return playgrounds.create()


def for_session(request: HttpRequest) -> Playground:
    """The session's playground, made if it has none.  Raises Throttled, StoreUnavailable."""
    found = playgrounds.of_session(request.session)
    if found is None:
        _count("browsers", MAX_NEW_PLAYGROUNDS_OF_BROWSERS, request)
        found = playgrounds.for_session(request)
    return found


def _count(kind: str, most: int, request: HttpRequest) -> None:
    limit = RateLimit(redis_client(), f"playgrounds:{kind}", most, window_s=60)
    if wait_s := limit.take(request.META.get("REMOTE_ADDR", "")):
        raise Throttled(wait=math.ceil(wait_s))
