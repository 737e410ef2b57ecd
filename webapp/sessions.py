"""The browser's session for what is answered on the event loop: to be read, not written.

Channels' own looks at every message that is sent, whether the session has to be saved or a
cookie sent back. Neither a socket nor a poll changes the session.
"""

from importlib import import_module
from typing import Any

from channels.sessions import CookieMiddleware
from django.conf import settings


class ReadSession:
    """An ASGI middleware: `scope["session"]` is what the request's cookie names."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner
        self._store = import_module(settings.SESSION_ENGINE).SessionStore

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        session = self._store(scope["cookies"].get(settings.SESSION_COOKIE_NAME))
        await self._inner({**scope, "session": session}, receive, send)


def with_session(inner: Any) -> Any:
    return CookieMiddleware(ReadSession(inner))
