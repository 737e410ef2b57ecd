"""Long polling: the live view for networks that let no WebSocket through.

    GET /api/playground/live?after=<cursor>&wait=<seconds>&state=<digest>&watch=<trace>

It returns the same frames as the socket, a few at a time. A request belongs to the pump's feed
while it waits; it waits on the event loop and holds no thread (docs/adr/0012). Each answer
contains the cursor and the state's digest for the next request.
"""

import asyncio
import hashlib
import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import parse_qs

from channels.db import database_sync_to_async
from channels.generic.http import AsyncHttpConsumer
from django.conf import settings
from django.http import HttpResponse
from django.http.request import split_domain_port, validate_host

from ..api.problems import NOTHING_CHANGED, Problem, database_is_unavailable, store_is_unavailable
from ..bounds import MAX_POLLED
from ..flow.cursor import is_cursor
from ..messaging.parts import UNAVAILABLE
from ..models import Playground
from ..parsing import decimal_number
from ..storage import playgrounds
from ..storage.connections import DATABASE_UNAVAILABLE, database_time_limit
from .credentials import bearer_token, header
from .feed import Feed, Unread
from .pump import pump

logger = logging.getLogger(__name__)

MAX_WAIT_S = 20.0
GATHER_S = 0.05  # frames that follow the first one this soon go into the same answer
MAX_FRAMES = 400  # in one answer
# A stats frame ends the waiting only if one of these has changed; the rest always changes.
_NOTABLE_FIGURES = ("queues", "in_flight", "worker", "breakers", "replicas", "slots", "open_calls")


class Poller:
    """A Socket of the pump that collects frames until its request is answered."""

    def __init__(self) -> None:
        self.cursor = ""
        self.watched: str | None = None
        # Encoded as they come: to encode a whole answer would hold the loop for milliseconds.
        self.frames: list[bytes] = []
        self.lost: str = ""  # why the pump has closed it
        self._is_quiet = False
        self._figures: object = None
        self._may_answer = asyncio.Event()

    async def send_frame(self, text: str) -> None:
        self.frames.append(text.encode())
        if (self._is_notable(text) and not self._is_quiet) or len(self.frames) >= MAX_FRAMES:
            self._may_answer.set()

    async def until_read(self) -> None:
        if sum(map(len, self.frames)) > MAX_POLLED:
            raise Unread

    async def lose(self, code: int, reason: str) -> None:
        self.lost = reason
        self._may_answer.set()

    @contextmanager
    def quiet(self) -> Iterator[None]:
        """Frames that are sent inside this block do not end the waiting."""
        self._is_quiet = True
        yield
        self._is_quiet = False

    async def wait(self, seconds: float) -> None:
        """Wait for a notable frame, at most so many seconds, and for the frames right after it."""
        try:
            async with asyncio.timeout(seconds):
                await self._may_answer.wait()
        except TimeoutError:
            return
        await asyncio.sleep(GATHER_S)

    def _is_notable(self, text: str) -> bool:
        if not text.startswith('{"type":"stats"'):
            return True
        frame = json.loads(text)
        frame["worker"] = frame["worker"]["alive"]
        before, self._figures = self._figures, [frame[name] for name in _NOTABLE_FIGURES]
        return before is not None and before != self._figures


class LivePoll(AsyncHttpConsumer):
    async def handle(self, body: bytes) -> None:
        try:
            self._check_method_and_host()
            query = parse_qs(self.scope["query_string"].decode(errors="replace"))
            answer = await self._answer(query)
        except Problem as problem:
            await self._send(problem.response())
        except DATABASE_UNAVAILABLE as error:
            logger.warning("a poll was refused: the database does not answer: %s", error)
            await self._send(database_is_unavailable(NOTHING_CHANGED).response())
        except UNAVAILABLE as error:
            logger.warning("a poll was refused: %s", error)
            await self._send(store_is_unavailable(str(error)).response())
        else:
            await self._send(HttpResponse(answer, content_type="application/json"))

    async def _answer(self, query: dict[str, list[str]]) -> bytes:
        after, wait_s, known_digest = _parse(query)
        playground = await self._playground()
        poller = Poller()
        try:
            feed = await pump().attend(
                playground.id, poller, after, knows_state=lambda feed: digest(feed) == known_digest
            )
            if "watch" in query:
                with poller.quiet():  # the client has most likely seen this diagram
                    await pump().watch(playground.id, poller, query["watch"][0][:32])
            await poller.wait(wait_s)
        finally:
            pump().leave(playground.id, poller, comes_back=True)
        if poller.lost:
            raise store_is_unavailable(poller.lost)
        return _dump(poller, digest(feed))

    def _check_method_and_host(self) -> None:
        if self.scope["method"] not in ("GET", "HEAD"):
            raise Problem(405, "This address only takes GET.", headers={"Allow": "GET, HEAD"})
        domain, _ = split_domain_port(header(self.scope, b"host"))
        if not validate_host(domain, settings.ALLOWED_HOSTS):
            raise Problem(400, "This host is not served here.")

    async def _playground(self) -> Playground:
        playground = await self._find(bearer_token(self.scope))
        if playground is None:
            raise Problem(
                401, "No playground belongs to this request.",
                next="Open a lesson, or send a token.",
            )  # fmt: skip
        return playground

    @database_sync_to_async
    @database_time_limit()
    def _find(self, token: str | None) -> Playground | None:
        if token is not None:
            return playgrounds.of_token(token)
        return playgrounds.of_session(self.scope["session"])

    async def _send(self, response: HttpResponse) -> None:
        response["X-Content-Type-Options"] = "nosniff"
        headers = [(k.lower().encode(), v.encode()) for k, v in response.items()]
        await self.send_response(response.status_code, response.content, headers=headers)


def digest(feed: Feed) -> str:
    """A digest of design, topology and faults. A client that sends it gets none of them again."""
    state = feed.design_frame + feed.topology_frame + feed.faults_frame
    return hashlib.sha256(state.encode()).hexdigest()[:16]


def _parse(query: dict[str, list[str]]) -> tuple[str | None, float, str]:
    after = query.get("after", [None])[0]
    if after is not None and not is_cursor(after):
        raise Problem(422, "`after` is not a cursor.", next="Use the one of the last answer.")
    try:
        wait_s = decimal_number(query.get("wait", ["0"])[0])
    except ValueError:
        raise Problem(422, "`wait` is not a number of seconds.") from None
    if not 0 <= wait_s <= MAX_WAIT_S:
        raise Problem(422, f"`wait` must be from 0 to {MAX_WAIT_S:g} seconds.")
    return after, wait_s, query.get("state", [""])[0]


def _dump(poller: Poller, state: str) -> bytes:
    end = f'],"cursor":"{poller.cursor}","state":"{state}"}}'
    return b'{"frames":[%b%b' % (b",".join(poller.frames), end.encode())
