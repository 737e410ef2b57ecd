"""Whose page has sent a request that is answered on the event loop.

A browser sends the session's cookie whichever site's page has asked it to, and to every port of a
host. The rule is Django's own for forms: the Origin is ours if its scheme, host and port are those
that the request was sent to, or if it is in CSRF_TRUSTED_ORIGINS.
"""

from io import BytesIO
from typing import Any

from django.core.exceptions import DisallowedHost
from django.core.handlers.asgi import ASGIRequest
from django.middleware.csrf import CsrfViewMiddleware

_SCHEMES = {"ws": "http", "wss": "https"}


class Sender:
    """Who has sent the request with this ASGI scope."""

    def __init__(self, scope: Any) -> None:
        scheme = scope.get("scheme", "http")
        as_http = {**scope, "method": "GET", "scheme": _SCHEMES.get(scheme, scheme)}
        self._request = ASGIRequest(as_http, BytesIO())

    @property
    def knows_our_host(self) -> bool:
        try:
            self._request.get_host()
        except DisallowedHost:
            return False
        return True

    @property
    def has_origin(self) -> bool:
        """Every page that opens a socket has one; scripts have none."""
        return "HTTP_ORIGIN" in self._request.META

    @property
    def is_our_page(self) -> bool:
        csrf = CsrfViewMiddleware(lambda request: None)  # type: ignore[arg-type]
        return self.has_origin and csrf._origin_verified(self._request)  # type: ignore[attr-defined]
