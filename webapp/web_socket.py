"""Daphne's WebSocket, with bounds on what waits in memory, and a shorter way to a whole class.

Three extensions of ASGI for the application, in `scope["extensions"]`: the standard
`websocket.http.response` refuses a socket with any HTTP status; `inflight.until_read` holds
`wait`, which returns when the client has read (nearly) all that it was sent; and the reason
of a close reaches the client.
"""

import asyncio
from functools import lru_cache
from http import HTTPStatus
from typing import Any

import daphne.server  # first: it installs Twisted's reactor  # isort: skip # noqa: F401

from autobahn.websocket.protocol import PreparedMessage
from autobahn.websocket.types import ConnectionDeny
from daphne.ws_protocol import WebSocketProtocol

from playground.bounds import KB, MAX_UNREAD, MAX_WAITING_FRAMES, TOO_MANY_FRAMES, UNREAD, UNREAD_S

from .refusal import refusal

KEPT_FRAMES = 32


class Socket(WebSocketProtocol):
    """Makes a text into a WebSocket frame once for all sockets, and logs nothing about it.

    Twisted tells it, as a producer, when the system takes no more bytes for this client.
    """

    def onConnect(self, request: Any) -> Any:
        self._has_room = asyncio.Event()
        self._has_room.set()
        self._unread = 0  # bytes, since the system takes no more; nearly all that waits
        return super().onConnect(request)

    @property
    def extensions(self) -> dict[str, Any]:
        return {
            "websocket.http.response": {},
            "inflight.until_read": {"wait": self._until_read},
        }

    def onOpen(self) -> None:
        self.unregisterProducer()  # the HTTP connection that this one was
        self.registerProducer(self, True)
        super().onOpen()

    def pauseProducing(self) -> None:
        self._has_room.clear()

    def resumeProducing(self) -> None:
        self._unread = 0
        self._has_room.set()

    def stopProducing(self) -> None:
        self._has_room.set()

    async def _until_read(self) -> None:
        """Raises TimeoutError if the client does not read for too long, or is gone."""
        async with asyncio.timeout(UNREAD_S):
            await self._has_room.wait()
        if self.state != self.STATE_OPEN:
            raise TimeoutError

    def onMessage(self, payload: bytes, isBinary: bool) -> None:
        if self.application_queue.qsize() < MAX_WAITING_FRAMES:
            super().onMessage(payload, isBinary)
        else:
            self.sendClose(TOO_MANY_FRAMES, "you send frames faster than they can be handled")

    def handle_reply(self, message: Any) -> None:
        match message:
            case {"type": "websocket.http.response.start", "status": status}:
                reason = HTTPStatus(status).phrase
                self.handshake_deferred.errback(ConnectionDeny(code=status, reason=reason))
                del self.handshake_deferred
                self.server.protocol_disconnected(self)
            case {"type": "websocket.http.response.body"}:
                pass  # the page is the same for all: `sendHttpErrorResponse`
            case {"type": "websocket.close"} if self.state == self.STATE_OPEN:
                self.sendClose(message.get("code") or 1000, message.get("reason"))
            case _:
                super().handle_reply(message)

    def sendHttpErrorResponse(self, code: int, reason: str, responseHeaders: Any = None) -> None:
        self.sendData(refusal(code, is_api=False))

    def serverSend(self, content: str | bytes, binary: bool = False) -> None:
        if self._unread > MAX_UNREAD:
            self.sendClose(UNREAD, f"you have not read the last {MAX_UNREAD // KB} KB")
        elif isinstance(content, str) and self.state == self.STATE_OPEN:
            self.sendPreparedMessage(frame_of(content))
        else:
            super().serverSend(content, binary)

    def sendData(self, data: bytes, sync: bool = False, chopsize: int | None = None) -> None:
        if not self._has_room.is_set():
            self._unread += len(data)
        if sync or chopsize or self.send_queue:
            super().sendData(data, sync, chopsize)
        else:
            self.transport.write(data)


@lru_cache(KEPT_FRAMES)
def frame_of(text: str) -> PreparedMessage:
    return PreparedMessage(text.encode(), isBinary=False, applyMask=False, doNotCompress=False)
