"""Django's request handling with one change of threads per request instead of a dozen.

Under ASGI, Django runs each middleware that is not asynchronous in a thread of its own,
hop by hop, makes a thread for each request's signals, and listens for a customer who hangs
up in a task of its own. All of our views and middleware are synchronous, so everything from
the first signal to the last goes to one thread, from a pool that keeps its database
connections; and work that has begun is finished, whoever hangs up. Measured in
docs/benchmarks.md.
"""

from typing import IO, Any

from django.conf import settings
from django.core import signals
from django.core.exceptions import RequestAborted
from django.core.handlers.asgi import ASGIHandler, get_script_prefix
from django.db import close_old_connections
from django.urls import set_script_prefix

from .turns import Turn, Turns

# A call that hangs holds one of these.
MOST_THREADS = 256


class OneHopHandler(ASGIHandler):
    def __init__(self) -> None:
        super().__init__()
        self._turns = Turns(MOST_THREADS, settings.REQUESTS_AT_WORK)

    def load_middleware(self, is_async: bool = False) -> None:
        super().load_middleware(is_async=False)

    async def handle(self, scope: Any, receive: Any, send: Any) -> None:
        try:
            body = await self.read_body(receive)
        except RequestAborted:
            return
        response = await self._turns.take(lambda turn: self._respond(scope, body, turn))
        await self.send_response(response, send)
        if response.streaming:
            await self._turns.take(lambda _: response.close())

    __call__ = handle

    def _respond(self, scope: Any, body: IO[bytes], turn: Turn) -> Any:
        set_script_prefix(get_script_prefix(scope))
        signals.request_started.send(sender=self.__class__, scope=scope)
        with body:
            request, refusal = self.create_request(scope, body)
            if request is None:
                response: Any = refusal
            else:
                request.turn = turn  # type: ignore[attr-defined]
                response = self.get_response(request)
            response._handler_class = self.__class__
            if response.streaming:
                close_old_connections()  # it is closed later, and perhaps by another thread
            else:
                response.close()  # sends `request_finished`; its content stays
        return response
