"""The pages of the course open, link to each other, and stay small."""

import gzip
import json
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from redis import Redis

pytestmark = pytest.mark.django_db

PAGES = ("/", "/course/", "/review/", "/progress/", "/glossary/", "/sandbox/", "/search/?q=queue")
# Bytes of our own JavaScript and CSS on a page, each file gzipped (design, section 9). Counted
# without a browser: the files that the HTML links, and those that its modules import statically.
# tests/test_pages.py counts what a browser really receives.
BUDGET = 100 * 1024
_LINKED = re.compile(r'<(?:link|script)\b[^>]* (?:href|src)="/static/([^"]+\.(?:css|js))"')
_IMPORTED = re.compile(r"""^(?:import|export)\b[^;]*?['"](\.{1,2}/[^'"]+)['"]""", re.M)


@pytest.mark.parametrize("path", PAGES)
def test_each_page_links_to_the_others(client: Client, redis: Redis, path: str) -> None:
    answer = client.get(path)

    assert answer.status_code == 200
    html = answer.content.decode()
    for other in ("course", "review", "progress", "glossary", "sandbox"):
        assert f'href="/{other}/"' in html
    assert "unsafe-inline" not in answer["Content-Security-Policy"]
    assert not re.search(r"<[^>]+ (style|on\w+)=", html)


def test_the_front_page_needs_no_sign_up_and_stores_no_learner(
    client: Client, redis: Redis
) -> None:
    from lessons.models import Learner

    front = client.get("/").content.decode()

    assert "Place order" in front
    assert "/lessons/a-phone-call/" in front
    assert not Learner.objects.exists()


@pytest.mark.parametrize("path", ["/", "/sandbox/", "/lessons/a-phone-call/", "/lessons/the-rush/"])
def test_a_page_stays_within_its_budget(client: Client, redis: Redis, path: str) -> None:
    files = files_loaded_by(client.get(path).content.decode())

    sizes = {f.name: len(gzip.compress(f.read_bytes(), 9)) for f in files}

    largest = sorted(sizes.items(), key=lambda item: -item[1])[:8]
    assert sum(sizes.values()) <= BUDGET, largest


def files_loaded_by(html: str) -> set[Path]:
    """Our own files that a page links, and the modules that these import statically."""
    to_read = [Path(finders.find(n)) for n in _LINKED.findall(html) if not n.startswith("vendor/")]
    files: set[Path] = set()
    while to_read:
        file = to_read.pop().resolve()
        if file in files:
            continue
        files.add(file)
        if file.suffix == ".js":
            to_read += [file.parent / name for name in _IMPORTED.findall(file.read_text())]
    return files


def test_a_lesson_starts_with_the_design_as_built_and_links_to_the_next(
    client: Client, redis: Redis
) -> None:
    html = client.get("/lessons/a-phone-call/").content.decode()

    assert "Continue: lesson 2, The line is busy" in html
    data = re.search(r'<script id="lesson-data" type="application/json">(.*?)</script>', html)
    assert data
    assert json.loads(data[1])["scene"]["design"]["preset"] == "as built"


def test_the_last_lesson_links_to_the_sandbox(client: Client, redis: Redis) -> None:
    html = client.get("/lessons/nobody-answers/").content.decode()

    assert "This was the last lesson." in html
