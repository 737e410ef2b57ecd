"""Django's request handling with one change of threads per request instead of a dozen.

Under ASGI, Django runs each middleware that is not asynchronous in a thread of its own,
hop by hop. All of our views and middleware are synchronous, so the whole chain goes to one
thread, from a pool that keeps its database connections. Measured in docs/benchmarks.md.
"""

from concurrent.futures import ThreadPoolExecutor

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIHandler
from django.db import close_old_connections
from django.http import HttpRequest
from django.http.response import HttpResponseBase

# Requests at work at once in this process; a call that hangs holds one of these.
MOST_AT_WORK = 256


class OneHopHandler(ASGIHandler):
    def __init__(self) -> None:
        super().__init__()
        self._threads = ThreadPoolExecutor(MOST_AT_WORK, thread_name_prefix="request")
        self._answer = sync_to_async(
            self._in_thread, thread_sensitive=False, executor=self._threads
        )

    def load_middleware(self, is_async: bool = False) -> None:
        super().load_middleware(is_async=False)

    async def get_response_async(self, request: HttpRequest) -> HttpResponseBase:
        return await self._answer(request)

    def _in_thread(self, request: HttpRequest) -> HttpResponseBase:
        close_old_connections()
        try:
            return self.get_response(request)
        finally:
            close_old_connections()
