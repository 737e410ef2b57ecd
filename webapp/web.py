"""The web process: Daphne, with bounds, and a shorter way for what a whole class is sent.

python -m webapp.web -b HOST -p PORT webapp.asgi:application

The arguments are Daphne's own. A text to a thousand sockets costs 26 µs of processor time for
each instead of 89 (docs/adr/0019-the-stock-stack.md). A request is bounded before it is read
(http_request.py). All that differs is set in `Web.listen_success`.
"""

from functools import lru_cache
from typing import Any

import daphne.server  # first: it installs Twisted's reactor  # isort: skip

from autobahn.websocket.protocol import PreparedMessage
from daphne.cli import CommandLineInterface
from daphne.ws_protocol import WebSocketProtocol
from twisted.internet import tcp

from .http_request import BoundedConnections
from .prompt_connection import PromptConnection

KEPT_FRAMES = 32


class Socket(WebSocketProtocol):
    """Makes a text into a WebSocket frame once for all sockets, and logs nothing about it."""

    def serverSend(self, content: str | bytes, binary: bool = False) -> None:
        if isinstance(content, str) and self.state == self.STATE_OPEN:
            self.sendPreparedMessage(frame_of(content))
        else:
            super().serverSend(content, binary)

    def sendData(self, data: bytes, sync: bool = False, chopsize: int | None = None) -> None:
        if sync or chopsize or self.send_queue:
            super().sendData(data, sync, chopsize)
        else:
            self.transport.write(data)


@lru_cache(KEPT_FRAMES)
def frame_of(text: str) -> PreparedMessage:
    return PreparedMessage(text.encode(), isBinary=False, applyMask=False, doNotCompress=False)


class Web(daphne.server.Server):
    http_factory: Any

    def listen_success(self, port: tcp.Port) -> None:
        if port.transport is tcp.Server:  # a Unix socket has another
            port.transport = PromptConnection
        self.http_factory.doStop()
        self.http_factory = port.factory = BoundedConnections(self)
        self.http_factory.doStart()
        self.ws_factory.protocol = Socket
        super().listen_success(port)


class Command(CommandLineInterface):
    server_class = Web


if __name__ == "__main__":
    Command.entrypoint()
