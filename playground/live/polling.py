"""The live view for browsers whose network lets no WebSocket through: long polling.

    GET /api/playground/live?after=<cursor>&wait=<seconds>&state=<digest>&watch=<trace>

The same frames as over the socket, a few at a time. A request is a member of the pump's
feed for as long as it waits; it waits on the event loop and holds no thread
(docs/adr/0012). Each answer ends with the cursor and the digest to ask with next.
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

from ..api.problems import Problem, store_is_unavailable
from ..messaging.parts import UNAVAILABLE
from ..models import Playground
from ..storage import playgrounds
from .cursor import is_cursor
from .feed import Feed
from .pump import pump

logger = logging.getLogger(__name__)

MAX_WAIT_S = 20.0
GATHER_S = 0.05  # what happens so soon after the first frame comes along with it
MAX_FRAMES = 400  # a slow client is not sent more at once
# What of the figures is news; the rest changes all the time.
_NEWS = ("queues", "in_flight", "worker", "breakers", "replicas", "slots", "open_calls")


class Poller:
    """A pump's Socket that gathers frames until its request is answered."""

    def __init__(self) -> None:
        self.cursor = ""
        self.watched: str | None = None
        self.frames: list[str] = []
        self.lost: str = ""  # why the pump has let us go
        self._is_quiet = False
        self._figures: object = None
        self._has_news = asyncio.Event()

    async def send_frame(self, text: str) -> None:
        self.frames.append(text)
        if (self._is_news(text) and not self._is_quiet) or len(self.frames) >= MAX_FRAMES:
            self._has_news.set()

    async def lose(self, code: int, reason: str) -> None:
        self.lost = reason
        self._has_news.set()

    @contextmanager
    def quiet(self) -> Iterator[None]:
        """Frames that are sent meanwhile do not end the waiting."""
        self._is_quiet = True
        yield
        self._is_quiet = False

    async def wait(self, seconds: float) -> None:
        """Until there is news, and what comes at the same moment is there too."""
        try:
            async with asyncio.timeout(seconds):
                await self._has_news.wait()
        except TimeoutError:
            return
        await asyncio.sleep(GATHER_S)

    def _is_news(self, text: str) -> bool:
        if not text.startswith('{"type":"stats"'):
            return True
        frame = json.loads(text)
        frame["worker"] = frame["worker"]["alive"]
        before, self._figures = self._figures, [frame[name] for name in _NEWS]
        return before is not None and before != self._figures


class LivePoll(AsyncHttpConsumer):
    async def handle(self, body: bytes) -> None:
        try:
            self._check_door()
            query = parse_qs(self.scope["query_string"].decode(errors="replace"))
            answer = await self._answer(query)
        except Problem as problem:
            await self._send(problem.response())
        except UNAVAILABLE:
            logger.warning("somebody polled while Redis was away")
            await self._send(store_is_unavailable().response())
        else:
            await self._send(HttpResponse(answer, content_type="application/json"))

    async def _answer(self, query: dict[str, list[str]]) -> str:
        after, wait_s, known = _asked(query)
        playground = await self._playground()
        poller = Poller()
        try:
            feed = await pump().attend(
                playground.id, poller, after, knows=lambda a: known == digest(a)
            )
            if "watch" in query:
                with poller.quiet():  # it has been seen, most likely
                    await pump().watch(playground.id, poller, query["watch"][0][:32])
            await poller.wait(wait_s)
        finally:
            pump().leave(playground.id, poller, comes_back=True)
        if poller.lost:
            raise store_is_unavailable()
        return _dump(poller, digest(feed))

    def _check_door(self) -> None:
        if self.scope["method"] != "GET":
            raise Problem(405, "This address only takes GET.", headers={"Allow": "GET"})
        domain, _ = split_domain_port(self._header(b"host"))
        if not validate_host(domain, settings.ALLOWED_HOSTS):
            raise Problem(400, "This host is not served here.")

    async def _playground(self) -> Playground:
        kind, _, token = self._header(b"authorization").partition(" ")
        found = await self._find(token if kind.lower() == "bearer" else "", bool(kind))
        if found is None:
            raise Problem(
                401, "This is nobody's playground.", next="Open a lesson, or send a token."
            )
        return found

    @database_sync_to_async
    def _find(self, token: str, by_token: bool) -> Playground | None:
        if by_token:
            return playgrounds.of_token(token)
        return playgrounds.of_session(self.scope["session"])

    def _header(self, wanted: bytes) -> str:
        for name, value in self.scope["headers"]:
            if name.lower() == wanted:
                return str(value.decode("latin-1"))
        return ""

    async def _send(self, response: HttpResponse) -> None:
        response["Cache-Control"] = "no-store"
        response["X-Content-Type-Options"] = "nosniff"
        headers = [(k.lower().encode(), v.encode()) for k, v in response.items()]
        await self.send_response(response.status_code, response.content, headers=headers)


def digest(feed: Feed) -> str:
    """Of design, topology and faults: who knows it need not be told them."""
    state = feed.design_frame + feed.topology_frame + feed.faults_frame
    return hashlib.sha256(state.encode()).hexdigest()[:16]


def _asked(query: dict[str, list[str]]) -> tuple[str | None, float, str]:
    after = query.get("after", [None])[0]
    if after is not None and not is_cursor(after):
        raise Problem(422, "`after` is no cursor.", next="Take the one of the last answer.")
    try:
        wait_s = float(query.get("wait", ["0"])[0])
    except ValueError:
        raise Problem(422, "`wait` is no number of seconds.") from None
    if not 0 <= wait_s <= MAX_WAIT_S:
        raise Problem(422, f"`wait` must be from 0 to {MAX_WAIT_S:g} seconds.")
    return after, wait_s, query.get("state", [""])[0]


def _dump(poller: Poller, state: str) -> str:
    frames = ",".join(poller.frames)
    return f'{{"frames":[{frames}],"cursor":"{poller.cursor}","state":"{state}"}}'
