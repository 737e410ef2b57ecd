"""What every answer of the running product has in common, whatever part of it makes them."""

import gzip
import re
from pathlib import Path

import httpx
import pytest
from django.conf import settings

from .stack import Stack

CHUNKS = Path(settings.BASE_DIR) / "static/vendor/mermaid/chunks/mermaid.esm.min"


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
    assert "immutable" not in answer.headers["Cache-Control"]
    assert "camera=()" in answer.headers["Permissions-Policy"]


def test_a_file_whose_name_carries_its_hash_is_kept_for_ever(stack: Stack) -> None:
    page = ask(stack, "/lessons/the-rush/").text
    linked = re.findall(r'(?:href|src)="(/static/[^"#]+)', page)
    chunk = sorted(CHUNKS.glob("*.mjs"))[0].name
    for path in [*linked, f"/static/vendor/mermaid/chunks/mermaid.esm.min/{chunk}"]:
        assert "immutable" in ask(stack, path).headers["Cache-Control"], path
    assert len(linked) > 5


def test_every_chunk_of_mermaid_is_named_by_its_content() -> None:
    is_immutable = re.compile(settings.WHITENOISE_IMMUTABLE_FILE_TEST).search
    chunks = [f"/static/vendor/mermaid/chunks/mermaid.esm.min/{c.name}" for c in CHUNKS.iterdir()]
    assert [url for url in chunks if not is_immutable(url)] == []


@pytest.mark.parametrize("path", ["/", "/course/", "/glossary/", "/lessons/the-rush/"])
def test_a_page_is_compressed(stack: Stack, path: str) -> None:
    with httpx.stream("GET", stack.url + path, headers={"Accept-Encoding": "gzip"}) as answer:
        sent = b"".join(answer.iter_raw())
    assert answer.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in answer.headers["Vary"]
    assert len(sent) < 0.5 * len(gzip.decompress(sent))


def test_what_is_compressed_does_not_tell_the_token_of_the_form(stack: Stack) -> None:
    """Two answers have another token and another length, though the page is the same."""
    with httpx.Client(base_url=stack.url, headers={"Accept-Encoding": "gzip"}) as browser:
        answers = [browser.get("/sandbox/") for _ in range(12)]
    tokens = {re.findall(r'X-CSRFToken": "(\w+)', a.text)[0] for a in answers}
    assert len(tokens) == len(answers)
    assert len({a.headers["Content-Length"] for a in answers}) > 1
