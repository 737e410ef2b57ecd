"""The browser's session for what is answered on the event loop: to be read, not written.

Channels' own looks at every message that is sent, whether the session has to be saved or a
cookie sent back. Neither a socket nor a poll changes the session. A cookie counts only if a page
of ours has sent it.
"""

from importlib import import_module
from typing import Any

from django.conf import settings

from playground.api.session_cookie import session_key
from playground.live.credentials import header

from .origins import Sender


class ReadSession:
    """An ASGI middleware: `scope["session"]` is what the request's cookie names, or empty."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner
        self._store = import_module(settings.SESSION_ENGINE).SessionStore

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        key = session_key(header(scope, b"cookie"))
        session = self._store(key if key and "\0" not in key and _counts(scope) else None)
        await self._inner({**scope, "session": session}, receive, send)


def _counts(scope: Any) -> bool:
    sender = Sender(scope)
    # A browser sends no Origin when a page of ours polls, and shows no other page the answer.
    return sender.is_our_page or (scope["type"] == "http" and not sender.has_origin)


def with_session(inner: Any) -> Any:
    return ReadSession(inner)
