"""The WebSocket consumer: authenticate, join the pump, pass frames."""

import logging
from typing import Any
from urllib.parse import parse_qs

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer

from ..bounds import MAX_FRAME, UNREAD
from ..flow.cursor import is_cursor
from ..messaging.parts import UNAVAILABLE
from ..models import Playground
from ..parsing import parse_json
from ..storage import playgrounds
from ..storage.connections import DATABASE_UNAVAILABLE, database_time_limit
from .credentials import bearer_token
from .feed import Unread
from .pump import REDIS_UNAVAILABLE, pump

logger = logging.getLogger(__name__)

MALFORMED, NO_PLAYGROUND, WRONG_TOKEN = 4400, 4401, 4403
TRY_AGAIN_LATER = 1013  # of the WebSocket protocol


class PlaygroundConsumer(AsyncWebsocketConsumer):
    """Implements the protocol of docs/asyncapi.yaml, and the pump's Socket."""

    playground: str = ""
    cursor: str = ""
    watched: str | None = None
    _has_joined = False
    _is_lost = False

    async def connect(self) -> None:
        await self.accept()  # first: browsers see the close code of accepted sockets only
        query = parse_qs(self.scope["query_string"].decode(errors="replace"))
        token = query.get("token", [bearer_token(self.scope)])[0]
        try:
            playground = await self._playground_of(token)
        except DATABASE_UNAVAILABLE as error:
            await self._lose_for_a_while(error)
            return
        if playground is None and token is None:
            await self.lose(NO_PLAYGROUND, "no playground: open a lesson, or send a token")
            return
        if playground is None:
            await self.lose(WRONG_TOKEN, "no playground has this token")
            return
        self.playground = playground.id

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        if not self.playground or self._is_lost:
            return
        message = _parse(text_data)
        try:
            match message:
                case {"type": "hello", "after": None} if not self._has_joined:
                    await self._join(None)
                case {"type": "hello", "after": after} if is_cursor(after):
                    if self._has_joined:
                        await pump().resume(self.playground, self, after)
                    else:
                        await self._join(after)
                case {"type": "resume", "after": after} if is_cursor(after) and self._has_joined:
                    await pump().resume(self.playground, self, after)
                case {"type": "watch", "trace": str(trace)} if len(trace) <= 32:
                    await pump().watch(self.playground, self, trace)
                case {"type": "watch", "trace": None}:
                    await pump().watch(self.playground, self, "")
                case {"type": "unwatch"}:
                    await pump().watch(self.playground, self, None)
                case _:
                    await self.lose(MALFORMED, "not a frame of this protocol")
        except DATABASE_UNAVAILABLE as error:
            await self._lose_for_a_while(error)
        except UNAVAILABLE as error:
            logger.warning("a socket was refused: %s", error)
            await self.lose(REDIS_UNAVAILABLE, str(error))
        except Unread:
            await self.lose(UNREAD, "you do not read what you are sent")

    async def disconnect(self, code: int) -> None:
        if self.playground:
            pump().leave(self.playground, self)

    async def send_frame(self, text: str) -> None:
        await self.send(text_data=text)

    async def until_read(self) -> None:
        # webapp/web_socket.py; other servers have no such extension
        extension = self.scope.get("extensions", {}).get("inflight.until_read")
        if extension:
            try:
                await extension["wait"]()
            except TimeoutError:
                raise Unread from None

    async def lose(self, code: int, reason: str) -> None:
        self._is_lost = True
        await self.close(code=code, reason=reason)

    async def _lose_for_a_while(self, error: Exception) -> None:
        logger.warning("a socket was refused: the database does not answer: %s", error)
        await self.lose(TRY_AGAIN_LATER, "the database does not answer")

    async def _join(self, after: str | None) -> None:
        self._has_joined = True
        await pump().join(self.playground, self, after)

    @database_sync_to_async
    @database_time_limit()
    def _playground_of(self, token: str | None) -> Playground | None:
        if token is not None:
            return playgrounds.of_token(token)
        return playgrounds.of_session(self.scope["session"])


def _parse(text: str | None) -> Any:
    if text is None or len(text) > MAX_FRAME:
        return None
    try:
        return parse_json(text)
    except ValueError:
        return None
