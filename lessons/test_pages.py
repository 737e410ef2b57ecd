"""Pages around the lessons: they open, they lead to each other, and they weigh little."""

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
# Own JavaScript and CSS of a page, gzipped file by file (design, section 9). Here without starting
# anything: what the HTML links, and what its modules import at once. tests/test_pages.py counts what
# a browser is really sent.
BUDGET = 100 * 1024
_LINKED = re.compile(r'<(?:link|script)\b[^>]* (?:href|src)="/static/([^"]+\.(?:css|js))"')
_IMPORTED = re.compile(r"""^(?:import|export)\b[^;]*?['"](\.{1,2}/[^'"]+)['"]""", re.M)


@pytest.mark.parametrize("path", PAGES)
def test_each_page_leads_to_each_other(client: Client, redis: Redis, path: str) -> None:
    answer = client.get(path)

    assert answer.status_code == 200
    html = answer.content.decode()
    for other in ("course", "review", "progress", "glossary", "sandbox"):
        assert f'href="/{other}/"' in html
    assert "unsafe-inline" not in answer["Content-Security-Policy"]
    assert not re.search(r"<[^>]+ (style|on\w+)=", html)


def test_the_front_page_needs_no_sign_up_and_keeps_nobody(client: Client, redis: Redis) -> None:
    from lessons.models import Learner

    front = client.get("/").content.decode()

    assert "Place order" in front
    assert "/lessons/a-phone-call/" in front
    assert not Learner.objects.exists()


@pytest.mark.parametrize("path", ["/", "/sandbox/", "/lessons/a-phone-call/", "/lessons/the-rush/"])
def test_a_page_stays_within_its_weight(client: Client, redis: Redis, path: str) -> None:
    files = everything_loaded_by(client.get(path).content.decode())

    weights = {f.name: len(gzip.compress(f.read_bytes(), 9)) for f in files}

    heaviest = sorted(weights.items(), key=lambda item: -item[1])[:8]
    assert sum(weights.values()) <= BUDGET, heaviest


def everything_loaded_by(html: str) -> set[Path]:
    """Our own files that a page links, and the modules that these import at once."""
    waiting = [Path(finders.find(n)) for n in _LINKED.findall(html) if not n.startswith("vendor/")]
    found: set[Path] = set()
    while waiting:
        file = waiting.pop().resolve()
        if file in found:
            continue
        found.add(file)
        if file.suffix == ".js":
            waiting += [file.parent / name for name in _IMPORTED.findall(file.read_text())]
    return found


def test_a_lesson_begins_as_built_and_leads_to_the_next(client: Client, redis: Redis) -> None:
    html = client.get("/lessons/a-phone-call/").content.decode()

    assert "Go on: lesson 2, The line is busy" in html
    told = re.search(r'<script id="lesson-data" type="application/json">(.*?)</script>', html)
    assert told
    assert json.loads(told[1])["scene"]["design"]["preset"] == "as built"


def test_the_last_lesson_leads_to_the_sandbox(client: Client, redis: Redis) -> None:
    html = client.get("/lessons/nobody-answers/").content.decode()

    assert "This was the last lesson there is" in html
