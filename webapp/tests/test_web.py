"""The server as a process: what is written arrives, even beside slow, broken or closed sockets."""

import asyncio
import inspect
import json
import os
import socket
import struct
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager, suppress
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from daphne.server import HTTPFactory, Server, WebSocketFactory  # it installs Twisted's reactor
from twisted.internet import tcp
from twisted.web.http import HTTPChannel
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from playground.bounds import MAX_BODY, MAX_FRAME
from tests.stack import until

from ..http_request import BoundedConnection, BoundedRequest
from ..ports import free_port
from ..prompt_connection import PromptConnection
from ..web import Web
from ..web_socket import Socket

LONG_S = 20  # a limit, never reached
WIDE = "é€😀"  # two, three and four bytes


# --- what is served: a body's length, pieces, large answers, and a room in which all hear all


_everybody: set[Any] = set()
_may_go_on = asyncio.Event()


async def application(scope: Any, receive: Any, send: Any) -> None:
    await {"websocket": _room, "http": _page}[scope["type"]](scope, receive, send)


async def _page(scope: Any, receive: Any, send: Any) -> None:
    body = b""
    while (message := await receive()).get("more_body"):
        body += message["body"]
    body += message.get("body", b"")
    if scope["path"] == "/endless":
        await asyncio.get_running_loop().run_in_executor(ThreadPoolExecutor(), _wait_for_ever)
    pieces = {
        "/length": [str(len(body)).encode()],
        "/large": [b"x" * 20_000_000],
        "/pieces": [b"first ", b"second"],
        "/several": [b"first ", b"second"],
        "/go": [b"gone"],
    }[scope["path"]]
    if scope["path"] == "/go":
        _may_go_on.set()
    await send({"type": "http.response.start", "status": 200, "headers": []})
    for number, piece in enumerate(pieces, 1):
        is_last = number == len(pieces)
        await send({"type": "http.response.body", "body": piece, "more_body": not is_last})
        if not is_last and scope["path"] == "/pieces":
            await _may_go_on.wait()


def _wait_for_ever() -> None:
    os.write(1, b"waiting\n")
    threading.Event().wait()


async def _room(scope: Any, receive: Any, send: Any) -> None:
    await receive()
    if scope["path"] == "/none":
        await send({"type": "websocket.http.response.start", "status": 404, "headers": []})
        await send({"type": "websocket.http.response.body", "body": b""})
        return
    await send({"type": "websocket.accept"})
    match scope["path"]:
        case "/closing":
            await send({"type": "websocket.close", "code": 4401, "reason": "nobody knows you"})
        case "/deaf":
            await asyncio.sleep(LONG_S)
        case "/patient":
            for _ in range(20):
                await send({"type": "websocket.send", "text": "x" * 1_000_000})
                await scope["extensions"]["inflight.until_read"]["wait"]()
            await send({"type": "websocket.close"})
        case _:
            await _common_room(scope["extensions"], receive, send)


async def _common_room(extensions: Any, receive: Any, send: Any) -> None:
    _everybody.add(send)
    while (message := await receive())["type"] == "websocket.receive":
        if told := message.get("text"):
            count, length = map(int, told.split())
            for number in range(count):
                for somebody in list(_everybody):
                    await somebody({"type": "websocket.send", "text": f"{number} {WIDE * length}"})
                await extensions["inflight.until_read"]["wait"]()
        else:
            await send({"type": "websocket.send", "bytes": message["bytes"]})
    _everybody.discard(send)


# --- the tests


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory, processes: None) -> Iterator[int]:
    with _running(tmp_path_factory.mktemp("data")) as (_, port):
        yield port


@contextmanager
def _running(data_dir: Path) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    port = free_port()
    command = [sys.executable, "-m", "webapp.web", "-b", "127.0.0.1", "-p", str(port), "-v", "0"]
    environment = {**os.environ, "DATA_DIR": str(data_dir)}
    environment.pop("DATABASE_URL", None)
    server = subprocess.Popen(
        [*command, "webapp.tests.test_web:application"], env=environment, stdout=subprocess.PIPE
    )
    try:
        until(lambda: _listens(port), "the server listens")
        yield server, port
    finally:
        server.terminate()
        try:
            server.wait(LONG_S)
        except subprocess.TimeoutExpired:
            server.kill()
            raise


def test_a_server_that_is_told_to_stop_does_not_wait_for_a_request_that_never_ends(
    tmp_path: Path, processes: None
) -> None:
    with _running(tmp_path) as (server, port), _raw(port) as raw:
        raw.sendall(b"GET /endless HTTP/1.1\r\nHost: x\r\n\r\n")
        assert server.stdout
        assert server.stdout.readline() == b"waiting\n"
        server.terminate()
        assert server.wait(LONG_S) == 0


def test_a_malformed_form_reaches_the_application_which_says_what_is_wrong(port: int) -> None:
    with _http(port) as http:
        kind = "multipart/form-data; boundary=no-part-begins-with-this"
        http.request("POST", "/length", b"nonsense", {"Content-Type": kind})
        assert http.getresponse().read() == b"8"


@pytest.mark.parametrize("more", ["", "Expect: 100-continue\r\n", "Connection: close\r\n"])
def test_a_body_that_is_too_large_is_refused_before_a_byte_of_it_is_sent(
    port: int, more: str
) -> None:
    with _raw(port) as raw:
        raw.sendall(_post("/no/such/page", f"Content-Length: 400000000\r\n{more}"))
        status, headers, body = _answer(raw)
    assert status == 413
    assert headers["content-type"].startswith("text/html")
    assert b"64 KB" in body


def test_a_body_of_unknown_length_is_refused_as_soon_as_it_is_too_large(port: int) -> None:
    chunk = b"1000\r\n" + b"x" * 4096 + b"\r\n"
    with _raw(port) as raw:
        raw.sendall(_post("/api/orders", "Transfer-Encoding: chunked\r\n") + 17 * chunk)
        status, headers, body = _answer(raw)  # without the end of the body
    assert status == 413
    assert headers["content-type"] == "application/problem+json"
    assert json.loads(body)["next"]


def test_who_sends_everything_first_still_reads_why_it_was_refused(port: int) -> None:
    with _raw(port) as raw:
        raw.sendall(_post("/length", f"Content-Length: {20_000_000}\r\n") + b"x" * 20_000_000)
        assert _answer(raw)[0] == 413
    with _http(port) as http:
        http.request("POST", "/length", b"y" * MAX_BODY)
        assert http.getresponse().read() == str(MAX_BODY).encode()


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (f"GET /{'a' * 3000} HTTP/1.1\r\nHost: x\r\n\r\n", 414),
        (f"GET /{'a' * 30_000} HTTP/1.1\r\nHost: x\r\n\r\n", 414),
        (f"GET / HTTP/1.1\r\nHost: x\r\nCookie: {'a' * 30_000}\r\n\r\n", 431),
        (f"GET / HTTP/1.1\r\nHost: x\r\n{'X-A: aaaaaaaaaaaa' * 2000}\r\n\r\n", 431),
        ("GET / HTTP/1.1\r\nHost: x\r\n" + "X-A: aaaa\r\n" * 3000 + "\r\n", 431),
        ("GET / HTTP/1.1\r\nHost: x\r\nno colon\r\n\r\n", 400),
        ("GET /\x80 HTTP/1.1\r\nHost: x\r\n\r\n", 400),
        ("nonsense\r\n\r\n", 400),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_page(port: int, request_: str, status: int) -> None:
    with _raw(port) as raw:
        raw.sendall(request_.encode("latin-1"))
        answered, headers, body = _answer(raw)
    assert answered == status
    assert headers["content-type"].startswith("text/html")
    assert b"Nothing was changed" in body


@pytest.mark.parametrize("length", [3000, 30_000])
@pytest.mark.parametrize("path", ["/api/playground/records.csv", "/api/"])
def test_an_address_of_the_api_that_is_too_long_is_refused_with_a_problem(
    port: int, path: str, length: int
) -> None:
    with _raw(port) as raw:
        raw.sendall(f"GET {path}{'a' * length} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        answered, headers, body = _answer(raw)
    assert (answered, headers["content-type"]) == (414, "application/problem+json")
    assert json.loads(body)["status"] == 414


@pytest.mark.parametrize("path", ["/length", "/several"])
def test_an_answer_to_head_has_no_body_and_the_connection_goes_on(port: int, path: str) -> None:
    with _raw(port) as raw:
        raw.sendall(f"HEAD {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        raw.sendall(b"GET /length HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        received = b""
        while piece := raw.recv(4096):
            received += piece
    head, answer = received.split(b"\r\n\r\n", 1)
    assert head.startswith(b"HTTP/1.1 200")
    assert answer.startswith(b"HTTP/1.1 200"), "nothing stands between the two"


def test_a_large_answer_arrives_whole_however_slowly_it_is_read(port: int) -> None:
    with socket.socket() as reader:
        reader.setsockopt(
            socket.SOL_SOCKET, socket.SO_RCVBUF, 4096
        )  # full at once, again and again
        reader.settimeout(10)
        reader.connect(("127.0.0.1", port))
        reader.sendall(b"GET /large HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        received = 0
        while piece := reader.recv(65536):
            received += piece.count(b"x")
        assert received == 20_000_000, "and then the connection was closed, as was asked"


def test_one_connection_serves_many_requests(port: int) -> None:
    with _http(port) as http:
        for length in (0, 1, 60_000):
            http.request("POST", "/length", b"y" * length)
            assert http.getresponse().read() == str(length).encode()


def test_a_piece_is_sent_when_it_is_written_not_when_the_answer_ends(port: int) -> None:
    with _http(port) as http, _http(port) as other:
        http.request("GET", "/pieces")
        answer = http.getresponse()
        assert answer.read1(6) == b"first "
        other.request("GET", "/go")
        assert other.getresponse().read() == b"gone"
        assert answer.read() == b"second"


def test_somebody_who_hangs_up_in_the_middle_disturbs_nobody(port: int) -> None:
    for _ in range(20):
        rude = socket.create_connection(("127.0.0.1", port), timeout=10)
        rude.sendall(b"GET /large HTTP/1.1\r\nHost: localhost\r\n\r\n")
        rude.recv(10)
        # Zero seconds of linger: the other side is told of a reset, not of an end.
        rude.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        rude.close()
    with _http(port) as http:
        http.request("POST", "/length", b"still here")
        assert http.getresponse().read() == b"10"


async def test_everybody_hears_every_text_in_order(port: int) -> None:
    """Short, longer and long: a WebSocket frame writes its length in three ways."""
    async with connect(_room_of(port)) as one, connect(_room_of(port)) as two:
        for length in (1, 100, 30_000):
            await one.send(f"5 {length}")
            for socket_ in (one, two):
                heard = await _hear(socket_, 5)
                assert heard == [f"{n} {WIDE * length}" for n in range(5)]
        await one.send(b"\x00\xff")
        assert await _hear(one, 1) == [b"\x00\xff"]


async def test_who_does_not_read_keeps_nobody_waiting_and_is_closed_with_a_reason(
    port: int,
) -> None:
    async with connect(_room_of(port), max_size=None) as quick:
        async with _slow(port) as slow:
            await quick.send("100 50000")
            heard = await _hear(quick, 100)
            assert heard == [f"{n} {WIDE * 50_000}" for n in range(100)]
            sent = sum(len(text.encode()) for text in heard)
            received = await _read_all(slow)
        assert len(received) < sent / 2
        assert b"you have not read the last 1024 KB" in received


async def test_an_application_that_waits_until_it_is_read_loses_nothing(port: int) -> None:
    async with _slow(port, "/patient") as slow:
        received = await _read_all(slow)
    assert received.split(b"\r\n\r\n", 1)[1].count(b"x") == 20 * 1_000_000


async def test_frames_that_come_faster_than_they_are_handled_close_the_socket(port: int) -> None:
    async with connect(_room_of(port, "/deaf")) as socket_:
        with pytest.raises(ConnectionClosed) as closed:
            for _ in range(10_000):
                await socket_.send("and another one")
            await _hear(socket_, 1)
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 4429
    assert "faster" in closed.value.rcvd.reason


async def test_a_frame_that_is_too_long_closes_the_socket(port: int) -> None:
    async with connect(_room_of(port)) as socket_:
        with pytest.raises(ConnectionClosed) as closed:
            await socket_.send("x" * 4 * MAX_FRAME + "x")
            await _hear(socket_, 1)
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1009


async def test_an_application_may_close_with_a_reason_and_refuse_with_any_status(
    port: int,
) -> None:
    async with connect(_room_of(port, "/closing")) as socket_:
        with pytest.raises(ConnectionClosed) as closed:
            await _hear(socket_, 1)
    assert closed.value.rcvd is not None
    assert (closed.value.rcvd.code, closed.value.rcvd.reason) == (4401, "nobody knows you")
    with pytest.raises(InvalidStatus) as refused:
        async with connect(_room_of(port, "/none")):
            pass
    assert refused.value.response.status_code == 404
    assert b"There is nothing at this address" in refused.value.response.body


async def test_a_socket_that_is_gone_is_left_out_and_the_others_go_on(port: int) -> None:
    async with connect(_room_of(port)) as faithful:
        for _ in range(5):
            gone = socket.create_connection(("127.0.0.1", port), timeout=10)
            gone.sendall(_handshake(port))
            await asyncio.to_thread(gone.recv, 4096)
            gone.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            gone.close()
        await faithful.send("50 1000")
        heard = await _hear(faithful, 50)
        assert heard == [f"{n} {WIDE * 1000}" for n in range(50)]


async def test_a_socket_that_says_goodbye_is_answered(port: int) -> None:
    async with connect(_room_of(port)) as socket_:
        await socket_.close(1000)
        with pytest.raises(ConnectionClosed) as closed:
            await _hear(socket_, 1)
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 1000


OVERRIDDEN: dict[type, tuple[str, ...]] = {
    Socket: (
        "serverSend", "sendData", "onConnect", "onOpen", "onMessage", "handle_reply",
        "sendHttpErrorResponse", "registerProducer", "unregisterProducer",
    ),
    BoundedRequest: ("gotLength", "handleContentChunk", "process", "handle_reply", "basic_error"),
    BoundedConnection: (
        "allHeadersReceived", "rawDataReceived", "lineLengthExceeded",
        "_respondToBadRequestAndDisconnect",
    ),
}  # fmt: skip


def test_daphne_and_twisted_use_the_classes_that_they_are_given() -> None:
    """Fails when an update moves what `Web.listen_success` sets, or what our classes override."""
    web = Web(application, endpoints=["tcp:0"])
    web.ws_factory, web.http_factory = WebSocketFactory(web), HTTPFactory(web)
    assert tcp.Port.transport is tcp.Server
    port = SimpleNamespace(transport=tcp.Port.transport, factory=None)
    web.listen_success(port)
    assert isinstance(web.ws_factory.buildProtocol(None), Socket)
    connection = port.factory.buildProtocol(None)
    assert isinstance(connection, BoundedConnection)
    assert connection.requestFactory is BoundedRequest
    port.factory.doStop()
    assert port.transport is PromptConnection

    def parameters(function: Any) -> list[str]:
        return list(inspect.signature(function).parameters)

    for ours, names in OVERRIDDEN.items():
        for name in names:
            theirs = getattr(ours.__base__, name)
            assert parameters(getattr(ours, name)) == parameters(theirs), name
    assert {"_receivedHeaderSize", "_receivedHeaderCount"} <= set(dir(HTTPChannel))
    assert "self._path = " in inspect.getsource(HTTPChannel.lineReceived)
    used = {"startWriting", "stopWriting", "doWrite", "abortConnection", "connected", "dataBuffer"}
    assert used <= set(dir(tcp.Server))
    assert set(parameters(Server.__init__)) >= {"application", "endpoints"}
    assert "ws_factory = WebSocketFactory" in inspect.getsource(Server.run)


async def _hear(listener: ClientConnection, count: int) -> list[str | bytes]:
    async with asyncio.timeout(20):
        return [await listener.recv() for _ in range(count)]


@asynccontextmanager
async def _slow(port: int, path: str = "/") -> AsyncIterator[socket.socket]:
    """A socket that reads nothing but the handshake, until the test reads."""
    slow = socket.create_connection(("127.0.0.1", port), timeout=10)
    slow.sendall(_handshake(port, path))
    while b"\r\n\r\n" not in await asyncio.to_thread(slow.recv, 4096, socket.MSG_PEEK):
        pass
    yield slow
    slow.close()


async def _read_all(slow: socket.socket) -> bytes:
    received = b""
    with suppress(ConnectionResetError):
        while piece := await asyncio.to_thread(slow.recv, 1_000_000):
            received += piece
    return received


def _room_of(port: int, path: str = "/") -> str:
    return f"ws://127.0.0.1:{port}{path}"


def _handshake(port: int, path: str = "/") -> bytes:
    lines = [
        f"GET {path} HTTP/1.1", f"Host: 127.0.0.1:{port}", "Upgrade: websocket", "Connection: Upgrade",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Version: 13", "", "",
    ]  # fmt: skip
    return "\r\n".join(lines).encode()


@contextmanager
def _http(port: int) -> Iterator[HTTPConnection]:
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    yield connection
    connection.close()


@contextmanager
def _raw(port: int) -> Iterator[socket.socket]:
    with socket.create_connection(("127.0.0.1", port), timeout=10) as raw:
        yield raw


def _post(path: str, headers: str) -> bytes:
    return f"POST {path} HTTP/1.1\r\nHost: localhost\r\n{headers}\r\n".encode()


def _answer(raw: socket.socket) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body; the server has then ended its side of the connection."""
    answer = HTTPResponse(raw)
    answer.begin()
    body = answer.read()
    assert raw.recv(1) == b""
    return answer.status, {k.lower(): v for k, v in answer.getheaders()}, body


def _listens(port: int) -> bool:
    with socket.socket() as caller:
        return caller.connect_ex(("127.0.0.1", port)) == 0
