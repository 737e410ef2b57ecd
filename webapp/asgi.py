"""The door of the web process: HTTP to Django, WebSockets to the live view."""

import os
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "webapp.settings")
django.setup()

from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from channels.security.websocket import AllowedHostsOriginValidator  # noqa: E402

from playground.live.routing import POLL_PATH, live_poll, websocket_urlpatterns  # noqa: E402

from .garbage import look_seldom  # noqa: E402
from .one_hop import OneHopHandler  # noqa: E402
from .orphan import leave_with_parent  # noqa: E402
from .sessions import with_session  # noqa: E402

websocket = AllowedHostsOriginValidator(with_session(URLRouter(websocket_urlpatterns)))
pages, poll = OneHopHandler(), with_session(live_poll)


async def http(scope: Any, receive: Any, send: Any) -> None:
    """What waits for news waits on the event loop; everything else is Django's, in a thread."""
    await (poll if scope["path"] == POLL_PATH else pages)(scope, receive, send)


application = ProtocolTypeRouter({"http": http, "websocket": websocket})
leave_with_parent()
look_seldom()
