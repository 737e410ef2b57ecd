"""Every answer says who may keep it, and what its page may not do."""

from typing import Any

from webapp.answer_headers import PERMISSIONS_POLICY, with_headers
from webapp.refusal import refusal


async def headers_of(*own: tuple[bytes, bytes]) -> dict[bytes, bytes]:
    sent: list[Any] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": list(own)})
        await send({"type": "http.response.body", "body": b"text"})

    async def send(message: Any) -> None:
        sent.append(message)

    await with_headers(app)({"type": "http"}, None, send)
    assert sent[1] == {"type": "http.response.body", "body": b"text"}
    return dict(sent[0]["headers"])


async def test_an_answer_that_says_nothing_is_kept_by_nobody() -> None:
    headers = await headers_of((b"content-type", b"text/html"))
    assert headers == {
        b"content-type": b"text/html",
        b"cache-control": b"no-store",
        b"permissions-policy": PERMISSIONS_POLICY.encode(),
    }


async def test_an_answer_that_says_how_long_it_may_be_kept_is_left_as_it_is() -> None:
    headers = await headers_of((b"Cache-Control", b"public, immutable"))
    assert headers[b"Cache-Control"] == b"public, immutable"
    assert b"cache-control" not in headers


def test_a_request_that_is_refused_before_it_is_read_gets_them_too() -> None:
    head = refusal(414, is_api=True).partition(b"\r\n\r\n")[0].decode()
    assert "\r\nCache-Control: no-store\r\n" in head
    assert f"\r\nPermissions-Policy: {PERMISSIONS_POLICY}\r\n" in head
