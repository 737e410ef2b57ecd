"""Authentication: a script sends a token, a browser its session cookie."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from ninja.security import APIKeyCookie, HttpBearer

from ..models import Playground
from ..storage import playgrounds
from . import new_playgrounds
from .problems import Problem
from .visitors import visitors

SAFE_METHODS = ("GET", "HEAD", "OPTIONS", "TRACE")


class BearerPlayground(HttpBearer):
    """`Authorization: Bearer <token>`. With this header, a session cookie is ignored."""

    def authenticate(self, request: HttpRequest, token: str) -> Playground | None:
        return _learnt(token, playgrounds.of_token(token))


class SessionPlayground(APIKeyCookie):
    """The session cookie, with Django's CSRF check for unsafe methods.

    The first request that changes something makes the session's playground.
    """

    openapi_name = "session"

    def __init__(self) -> None:
        self.param_name = settings.SESSION_COOKIE_NAME
        super().__init__(csrf=True)

    def __call__(self, request: HttpRequest) -> Any | None:
        if "Authorization" in request.headers:
            return None
        if (request.content_type or "").startswith("multipart/"):
            # The CSRF check would parse the body as a form, and then it could not be read again.
            raise Problem(
                415, "This endpoint accepts JSON, not forms.", next="Send it as application/json."
            )
        return super().__call__(request)

    def authenticate(self, request: HttpRequest, key: str | None) -> Playground | None:
        if request.method in SAFE_METHODS:
            return _learnt(key, playgrounds.of_session(request.session))
        return _learnt(key, new_playgrounds.for_session(request))


def _learnt(credential: str | None, playground: Playground | None) -> Playground | None:
    if credential and playground:
        visitors.learn(credential, playground.id)
    return playground
