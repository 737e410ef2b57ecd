"""Django's request handling with one change of threads for each request.

The handler that comes with Django changes threads for every middleware, view and signal
receiver that is not asynchronous, and gives each request a thread, and so a database
connection, of its own. All of our views and middleware are synchronous: here everything from
the first signal to the last runs in one thread of a pool whose threads keep their
connections. What it brings: docs/adr/0019-the-stock-stack.md.
"""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import IO, Any

from django.core import signals
from django.core.exceptions import RequestAborted
from django.core.handlers.asgi import ASGIHandler, get_script_prefix
from django.db import close_old_connections
from django.urls import set_script_prefix

from playground.api.visitors import visitors
from playground.fairness.shares import MOST_WAITING_REQUESTS, REQUEST_WAITS_S, REQUESTS, Share
from playground.storage.connections import database_time_limit

from .request_turns import RequestTurns, TurnedAway
from .turned_away import turned_away


class OneThreadHandler(ASGIHandler):
    def __init__(
        self,
        share: Share = REQUESTS,
        *,
        most_waiting: int = MOST_WAITING_REQUESTS,
        waits_s: float = REQUEST_WAITS_S,
    ) -> None:
        super().__init__()
        self._threads = ThreadPoolExecutor(share.places, thread_name_prefix="request")
        self._turns = RequestTurns(share, most_waiting=most_waiting, waits_s=waits_s)

    def load_middleware(self, is_async: bool = False) -> None:
        super().load_middleware(is_async=False)

    async def handle(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer one request, in its visitor's turn.

        Work that has begun is finished, even if the client hangs up.
        """
        try:
            body = await self.read_body(receive)
        except RequestAborted:
            return
        visitor = visitors.of(scope)
        try:
            await self._turns.take(visitor)
        except TurnedAway:
            body.close()
            await self.send_response(turned_away(scope["path"]), send)
            return
        loop = asyncio.get_running_loop()
        work = loop.run_in_executor(self._threads, self._respond, scope, body)
        work.add_done_callback(lambda _: self._turns.end(visitor))
        response = await asyncio.shield(work)
        await self.send_response(response, send)
        if response.streaming:
            await loop.run_in_executor(self._threads, response.close)

    def _respond(self, scope: Any, body: IO[bytes]) -> Any:
        set_script_prefix(get_script_prefix(scope))
        signals.request_started.send(sender=self.__class__, scope=scope)
        with body:
            request, refusal = self.create_request(scope, body)
            with database_time_limit():
                response: Any = refusal if request is None else self.get_response(request)
        response._handler_class = self.__class__
        if response.streaming:
            close_old_connections()  # another thread may close the response
        else:
            response.close()  # sends `request_finished`; the content stays
        return response
