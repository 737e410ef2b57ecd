"""Who calls: a script with a token, or the browser session's own playground."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from ninja.security import APIKeyCookie, HttpBearer

from ..models import Playground
from ..storage import playgrounds
from .problems import Problem


class BearerPlayground(HttpBearer):
    """`Authorization: Bearer <token>`; a wrong one is never passed over in favour of a cookie."""

    openapi_name = "token"

    def authenticate(self, request: HttpRequest, token: str) -> Playground | None:
        return playgrounds.of_token(token)


class SessionPlayground(APIKeyCookie):
    """The session cookie, with Django's CSRF check on everything that changes something."""

    openapi_name = "session"

    def __init__(self) -> None:
        self.param_name = settings.SESSION_COOKIE_NAME
        super().__init__(csrf=True)

    def __call__(self, request: HttpRequest) -> Any | None:
        if "Authorization" in request.headers:
            return None
        if (request.content_type or "").startswith("multipart/"):
            # The CSRF check would read it as a form, and nobody could read it after that.
            raise Problem(415, "This takes JSON, and no form.", next="Send it as application/json.")
        return super().__call__(request)

    def authenticate(self, request: HttpRequest, key: str | None) -> Playground | None:
        return playgrounds.of_session(request.session)
