"""What every answer of the running product has in common, whoever makes it."""

import httpx
import pytest

from .stack import Stack

HASHED = "/static/vendor/htmx/htmx.min.js"


def ask(stack: Stack, path: str, **options: str) -> httpx.Response:
    return httpx.get(stack.url + path, headers={"Accept-Encoding": "gzip", **options})


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/", 200),
        ("/course/", 200),
        ("/lessons/the-rush/", 200),
        ("/progress/", 200),
        ("/progress", 301),
        ("/no-such-page/", 404),
        ("/static/no-such-file.js", 404),
        ("/healthz", 200),
        ("/api/playground", 401),
        ("/api/no-such-address", 404),
        ("/api/sessions", 405),
        ("/api/playground/live", 401),
        ("/" + 3000 * "a", 414),
    ],
    ids=lambda value: str(value)[:40],
)
def test_nobody_keeps_an_answer_that_depends_on_who_asks(
    stack: Stack, path: str, status: int
) -> None:
    answer = ask(stack, path)
    assert answer.status_code == status
    assert answer.headers["Cache-Control"] == "no-store"
    assert "camera=()" in answer.headers["Permissions-Policy"]


def test_a_static_file_may_be_kept(stack: Stack) -> None:
    answer = ask(stack, "/static/js/theme.js")
    assert "public" in answer.headers["Cache-Control"]
    assert "camera=()" in answer.headers["Permissions-Policy"]
