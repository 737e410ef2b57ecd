"""The web process: Daphne, less what it does twice or for nobody.

python -m webapp.web -b HOST -p PORT webapp.asgi:application

The arguments are Daphne's own. What differs, and what it brings:
docs/adr/0016-daphne-less-what-nobody-needs.md.
"""

from functools import lru_cache
from typing import Any

import daphne.server  # first: it installs Twisted's reactor  # isort: skip

from autobahn.websocket.protocol import PreparedMessage
from daphne.cli import CommandLineInterface
from daphne.http_protocol import HTTPFactory, WebRequest
from daphne.ws_protocol import WebSocketProtocol
from twisted.internet import tcp
from twisted.internet.interfaces import IAddress
from twisted.web.http import HTTPChannel

from .checkpoints import checkpoint_in_background
from .prompt import PromptConnection

KEPT_FRAMES = 32


class Request(WebRequest):
    """The body of a form is for Django to read; Twisted would read it, too."""

    def __init__(self, channel: HTTPChannel, *rest: Any) -> None:
        super().__init__(channel, *rest, parsePOSTFormSubmission=False)


class Requests(HTTPFactory):
    def buildProtocol(self, addr: IAddress) -> Any:
        protocol = super().buildProtocol(addr)
        protocol.requestFactory = Request
        return protocol

    def log(self, request: WebRequest) -> None:
        """Twisted's access log, which nobody keeps; Daphne has its own (--access-log)."""


class Socket(WebSocketProtocol):
    """A text that goes to a whole class is made into a WebSocket frame once."""

    def serverSend(self, content: str | bytes, binary: bool = False) -> None:
        if isinstance(content, str) and self.state == self.STATE_OPEN:
            self.sendPreparedMessage(frame_of(content))
        else:
            super().serverSend(content, binary)

    def sendData(self, data: bytes, sync: bool = False, chopsize: int | None = None) -> None:
        if sync or chopsize or self.send_queue:
            super().sendData(data, sync, chopsize)
        else:  # the same, without the words of a log entry and the statistics
            self.transport.write(data)


@lru_cache(KEPT_FRAMES)
def frame_of(text: str) -> PreparedMessage:
    return PreparedMessage(text.encode(), isBinary=False, applyMask=False, doNotCompress=False)


class Web(daphne.server.Server):
    def run(self) -> None:
        checkpoint_in_background()
        super().run()

    def listen_success(self, port: tcp.Port) -> None:
        if port.transport is tcp.Server:  # a Unix socket has another
            port.transport = PromptConnection
        self.ws_factory.protocol = Socket
        super().listen_success(port)


class Command(CommandLineInterface):
    server_class = Web


if __name__ == "__main__":
    daphne.server.HTTPFactory = Requests  # `Server.run` names it, and takes no other
    Command.entrypoint()
