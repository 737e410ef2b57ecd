"""Daphne's way of reading a request, bounded: what is too large is refused before it is read.

Twisted, on which Daphne stands, puts a body of any length into a temporary file before anybody
can refuse it, answers what it cannot read with a bare 400, and parses forms that Django parses
again. Here a body stays in memory, which MAX_BODY allows, and only Django parses forms.
"""

from io import BytesIO
from typing import Any

import daphne.server  # first: it installs Twisted's reactor  # isort: skip # noqa: F401

from daphne.http_protocol import HTTPFactory, WebRequest
from twisted.web.http import NO_BODY_CODES, HTTPChannel

from playground.bounds import MAX_BODY, MAX_HEAD, MAX_HEADERS, MAX_PATH

from .refusal import refusal

# Who is refused reads why only after having sent everything; closing sooner would lose the answer.
LINGER_S = 2.0


class BodyTooLarge(Exception):
    pass


class BoundedRequest(WebRequest):
    def __init__(self, channel: Any, *queued: Any) -> None:
        super().__init__(channel, *queued, parsePOSTFormSubmission=False)

    def gotLength(self, length: int | None) -> None:
        """The headers are read. Raises BodyTooLarge, before the client is told to continue."""
        self.content = BytesIO()
        if length is not None and length > MAX_BODY:
            raise BodyTooLarge

    def parseCookies(self) -> None:
        """Only Django does; Twisted takes milliseconds of the event loop for a full head."""

    def handleContentChunk(self, data: bytes) -> None:
        if self.content.tell() + len(data) > MAX_BODY:
            raise BodyTooLarge
        super().handleContentChunk(data)

    def process(self) -> Any:
        if len(self.path) > MAX_PATH:
            return self.channel.refuse(414, self.path)
        return super().process()

    def handle_reply(self, message: Any) -> None:
        """Daphne sends a body even where HTTP knows none, and the next answer would follow it."""
        has_body = self.method != b"HEAD" and self.code not in NO_BODY_CODES
        if message["type"] == "http.response.body" and not has_body:
            message = {**message, "body": b""}
        super().handle_reply(message)

    def basic_error(self, status: int, status_text: bytes, body: str) -> None:
        """Daphne's own errors, in our words."""
        if self._response_started or self.finished:
            super().basic_error(status, status_text, body)
        else:
            self.channel.refuse(status, self.path)


class BoundedConnection(HTTPChannel):
    transport: Any
    requestFactory: Any = BoundedRequest
    totalHeadersSize = MAX_HEAD
    MAX_LENGTH = MAX_HEAD  # of one line
    maxHeaders = MAX_HEADERS

    def allHeadersReceived(self) -> None:
        try:
            super().allHeadersReceived()
        except BodyTooLarge:
            self.refuse(413)

    def rawDataReceived(self, data: bytes) -> None:
        try:
            super().rawDataReceived(data)
        except BodyTooLarge:
            self.refuse(413)

    def lineLengthExceeded(self, line: bytes) -> None:
        if self.requests:
            self.refuse(431)
        else:
            self.refuse(414, line.partition(b" ")[2])

    def _respondToBadRequestAndDisconnect(self) -> None:
        is_too_large = (
            self._receivedHeaderSize > MAX_HEAD or self._receivedHeaderCount > MAX_HEADERS
        )
        self.refuse(431 if is_too_large else 400)

    def refuse(self, status: int, path: bytes | None = None) -> None:
        """Answer, end our side of the connection, and throw away what still comes.

        `path`: where that is known; else it is that of the request whose headers are being read.
        """
        for hearing in ("dataReceived", "rawDataReceived", "lineReceived"):
            setattr(self, hearing, _throw_away)
        path = getattr(self, "_path", b"") if path is None else path
        self.transport.unregisterProducer()
        self.transport.write(refusal(status, is_api=path.startswith(b"/api/")))
        self.transport.loseWriteConnection()
        self.setTimeout(LINGER_S)


class BoundedConnections(HTTPFactory):
    protocol = BoundedConnection

    def buildProtocol(self, address: Any) -> BoundedConnection:
        connection: BoundedConnection = super().buildProtocol(address)
        connection.requestFactory = BoundedRequest
        return connection


def _throw_away(data: bytes) -> None:
    pass
