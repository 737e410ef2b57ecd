"""What arrives at the server's connections and leaves them does not hold the event loop for long."""

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings
from twisted.internet.testing import StringTransport

from playground.api.visitors import visitors
from playground.bounds import KB, MAX_HEAD, MAX_PATH
from tests.loop_watchdog import assert_it_lets_go, watch_from_here

from ..http_request import BoundedConnections
from ..sessions import with_session
from .test_prompt_connection import Line


def test_a_text_to_thousands_of_connections() -> None:
    lines: list[Line] = []

    async def send() -> None:
        lines[:] = [Line() for _ in range(20_000)]
        for line in lines:
            line.startWriting()
        await watch_from_here()
        while Line._due:
            await asyncio.sleep(0)

    assert_it_lets_go(send)
    assert {line.sent for line in lines} == {1}


ROOM = MAX_HEAD - MAX_PATH - KB  # for one header or many
COOKIES = [part * (ROOM // len(part)) for part in (b"a;", b"a=1;", b"sessionid;", b'a="\\101";')]
HEADS = [
    *(b"Cookie: %b\r\n" % cookies for cookies in COOKIES),
    b"".join(b"X-%d: %b\r\n" % (n, b"a" * 120) for n in range(95)),
]


class Server(SimpleNamespace):
    """As much of Daphne's server as a connection asks for. No application answers."""

    request_buffer_size = 8192
    proxy_forwarded_address_header = proxy_forwarded_port_header = None
    proxy_forwarded_proto_header = http_timeout = None
    root_path, verbosity, server_name = "", 0, "ours"
    scope: Any = None

    def protocol_connected(self, protocol: Any) -> None: ...

    def protocol_disconnected(self, protocol: Any) -> None: ...

    def create_application(self, protocol: Any, scope: Any) -> Any:
        self.scope = scope
        return asyncio.Queue()


@pytest.mark.parametrize("head", HEADS)
def test_the_largest_head_of_a_request(head: bytes) -> None:
    path = b"/?" + b"a=1&" * (MAX_PATH // 4 - 1)
    server = Server()

    async def read() -> None:
        connection = BoundedConnections(server).buildProtocol(None)
        connection.makeConnection(StringTransport())
        await watch_from_here()
        connection.dataReceived(b"GET %b HTTP/1.1\r\nHost: localhost\r\n%b\r\n" % (path, head))
        connection.setTimeout(None)

    assert_it_lets_go(read)
    assert server.scope, "it was refused"


async def test_to_tell_whose_request_it_is_among_many_cookies() -> None:
    name = settings.SESSION_COOKIE_NAME.encode()
    cookies = COOKIES[-1] + b" %b=%b" % (name, b"k" * 32)
    scope = {"type": "http", "path": "/", "headers": [(b"cookie", cookies)], "scheme": "http"}
    found: list[Any] = []

    async def look() -> None:
        await watch_from_here()
        visitors.of(scope)

    async def app(scope: Any, receive: Any, send: Any) -> None:
        found.append(scope["session"].session_key)

    async def session() -> None:
        await watch_from_here()
        await with_session(app)(scope, None, None)

    await asyncio.to_thread(assert_it_lets_go, look)
    await asyncio.to_thread(assert_it_lets_go, session)
    assert set(found) == {"k" * 32}
