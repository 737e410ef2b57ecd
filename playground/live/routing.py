from django.urls import path

from .consumer import PlaygroundConsumer
from .polling import LivePoll

websocket_urlpatterns = [path("ws/playground/", PlaygroundConsumer.as_asgi())]
POLL_PATH = "/api/playground/live"
live_poll = LivePoll.as_asgi()
