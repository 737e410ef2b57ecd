"""The web process: Daphne, with bounds, and a shorter way for what a whole class is sent.

python -m webapp.web -b HOST -p PORT webapp.asgi:application

The arguments are Daphne's own. A text to a thousand sockets costs 26 µs of processor time for
each instead of 89 (docs/adr/0019-the-stock-stack.md). A request is bounded before it is read
(http_request.py), a socket while it is used (web_socket.py). All that differs is set in
`Web.listen_success`.
"""

import os
from threading import Timer
from typing import Any

import daphne.server  # first: it installs Twisted's reactor  # isort: skip

from daphne.cli import CommandLineInterface
from twisted.internet import tcp

from playground.bounds import MAX_FRAME

from .http_request import BoundedConnections
from .prompt_connection import PromptConnection
from .web_socket import Socket

CLOSING_S = 5
# How long requests that are at work may go on when the server is told to stop.
GRACE_S = 3.0
BYTES_OF_A_CHARACTER = 4  # in UTF-8, at most


class Web(daphne.server.Server):
    http_factory: Any

    def listen_success(self, port: tcp.Port) -> None:
        if port.transport is tcp.Server:  # a Unix socket has another
            port.transport = PromptConnection
        self.http_factory.doStop()
        self.http_factory = port.factory = BoundedConnections(self)
        self.http_factory.doStart()
        self.ws_factory.protocol = Socket
        longest = BYTES_OF_A_CHARACTER * MAX_FRAME
        self.ws_factory.setProtocolOptions(
            maxFramePayloadSize=longest,
            maxMessagePayloadSize=longest,
            failByDrop=False,  # a client learns why it is closed, if it reads by then
            closeHandshakeTimeout=CLOSING_S,
        )
        super().listen_success(port)

    def run(self) -> None:
        daphne.server.reactor.addSystemEventTrigger("before", "shutdown", end_soon)
        super().run()

    def create_application(self, protocol: Any, scope: Any) -> Any:
        if isinstance(protocol, Socket):
            scope = {**scope, "extensions": protocol.extensions}
        return super().create_application(protocol, scope)


def end_soon() -> None:
    """End this process after GRACE_S, even if a request in some thread never ends."""
    timer = Timer(GRACE_S, os._exit, [0])
    timer.daemon = True
    timer.start()


class Command(CommandLineInterface):
    server_class = Web


if __name__ == "__main__":
    Command.entrypoint()
