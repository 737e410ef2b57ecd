"""The door of the web process: HTTP to Django, WebSockets to the live view."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "webapp.settings")
django.setup()

from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from channels.security.websocket import AllowedHostsOriginValidator  # noqa: E402
from channels.sessions import SessionMiddlewareStack  # noqa: E402

from playground.live.routing import websocket_urlpatterns  # noqa: E402

from .one_hop import OneHopHandler  # noqa: E402
from .orphan import leave_with_parent  # noqa: E402

websocket = AllowedHostsOriginValidator(SessionMiddlewareStack(URLRouter(websocket_urlpatterns)))
application = ProtocolTypeRouter({"http": OneHopHandler(), "websocket": websocket})
leave_with_parent()
