"""The ASGI application: HTTP to Django, WebSockets to the live view."""

import os
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "webapp.settings")
django.setup()

from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from channels.security.websocket import AllowedHostsOriginValidator  # noqa: E402

from playground.live.routing import POLL_PATH, live_poll, websocket_urlpatterns  # noqa: E402

from .garbage import collect_seldom  # noqa: E402
from .handler import OneThreadHandler  # noqa: E402
from .orphan import leave_with_parent  # noqa: E402
from .sessions import with_session  # noqa: E402

websocket = AllowedHostsOriginValidator(with_session(URLRouter(websocket_urlpatterns)))
pages, poll = OneThreadHandler(), with_session(live_poll)


async def http(scope: Any, receive: Any, send: Any) -> None:
    """A long poll waits on the event loop; Django answers everything else in a thread."""
    await (poll if scope["path"] == POLL_PATH else pages)(scope, receive, send)


application = ProtocolTypeRouter({"http": http, "websocket": websocket})
leave_with_parent()
collect_seldom()
