"""The ASGI application: HTTP to Django, WebSockets to the live view."""

import os
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "webapp.settings")
django.setup()

from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from django.conf import settings  # noqa: E402
from django.urls import re_path  # noqa: E402

from playground.live.routing import POLL_PATH, live_poll, websocket_urlpatterns  # noqa: E402

from .answer_headers import with_headers  # noqa: E402
from .client_address import ClientAddress  # noqa: E402
from .garbage import collect_seldom  # noqa: E402
from .handler import OneThreadHandler  # noqa: E402
from .origins import Sender  # noqa: E402
from .orphan import leave_with_parent  # noqa: E402
from .sessions import with_session  # noqa: E402


async def no_socket(scope: Any, receive: Any, send: Any) -> None:
    """There is no socket at this address."""
    await _refuse(404, scope, receive, send)


async def _refuse(status: int, scope: Any, receive: Any, send: Any) -> None:
    await receive()
    if "websocket.http.response" in scope.get("extensions", {}):
        await send({"type": "websocket.http.response.start", "status": status, "headers": []})
        await send({"type": "websocket.http.response.body", "body": b""})
    else:
        await send({"type": "websocket.close"})


sockets = with_session(
    URLRouter([*websocket_urlpatterns, re_path("", no_socket)])  # type: ignore[arg-type]
)


async def websocket(scope: Any, receive: Any, send: Any) -> None:
    """A socket is for our own pages, and for scripts, which have no origin."""
    sender = Sender(scope)
    if not sender.knows_our_host:
        await _refuse(400, scope, receive, send)
    elif sender.has_origin and not sender.is_our_page:
        await _refuse(403, scope, receive, send)
    else:
        await sockets(scope, receive, send)


pages, poll = OneThreadHandler(), with_session(live_poll)


async def http(scope: Any, receive: Any, send: Any) -> None:
    """A long poll waits on the event loop; Django answers everything else in a thread."""
    await (poll if scope["path"] == POLL_PATH else pages)(scope, receive, send)


application = ClientAddress(
    ProtocolTypeRouter({"http": with_headers(http), "websocket": websocket}),
    settings.TRUSTED_PROXIES,
)
leave_with_parent()
collect_seldom()
