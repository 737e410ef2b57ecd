"""Reading leaves nothing behind. A playground is made at the first act."""

import json
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from lessons.course import lessons
from playground.models import Playground
from playground.rush.customers import ORDER

pytestmark = pytest.mark.django_db

PAGES = ["/", "/sandbox/", "/course/", "/glossary/", "/search/?q=queue", "/progress/", "/review/"]


@pytest.mark.parametrize("path", [*PAGES, "a lesson"])
def test_a_page_that_is_read_stores_nothing(path: str) -> None:
    reader = Client()
    page = reader.get(f"/lessons/{lessons()[0].slug}/" if path == "a lesson" else path)
    assert page.status_code == 200
    assert "sessionid" not in reader.cookies
    assert (Playground.objects.count(), Session.objects.count()) == (0, 0)


def test_a_page_begins_a_playground_which_it_keeps(redis: Any) -> None:
    reader = Client(enforce_csrf_checks=True)
    reader.get("/sandbox/")
    headers = {"X-CSRFToken": reader.cookies["csrftoken"].value}
    first, second = (reader.post("/playground/", headers=headers) for _ in range(2))
    assert first.status_code == 200
    assert first.json() == second.json() == {"playground": Playground.objects.get().id}
    page = reader.get("/sandbox/").content.decode()
    assert f'data-playground="{first.json()["playground"]}"' in page


def test_another_site_cannot_begin_one() -> None:
    assert Client(enforce_csrf_checks=True).post("/playground/").status_code == 403
    assert Playground.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_the_first_order_of_a_browser_makes_its_playground(redis: Any) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.get("/")
    answer = browser.post(
        "/api/orders", json.dumps(ORDER), content_type="application/json",
        headers={"X-CSRFToken": browser.cookies["csrftoken"].value},
    )  # fmt: skip
    assert answer.status_code in (202, 503), answer.content
    assert Playground.objects.count() == 1
    assert browser.get("/api/playground").status_code == 200


def test_browsers_that_begin_playgrounds_are_counted_by_address(
    redis: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("playground.api.new_playgrounds.MAX_NEW_PLAYGROUNDS_OF_BROWSERS", 3)
    answers = [Client().post("/playground/") for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert int(answers[-1]["Retry-After"]) > 0
    assert Playground.objects.count() == 3


def test_while_redis_is_away_no_playground_is_begun(settings: Any) -> None:
    from playground import bootstrap

    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    bootstrap.redis_client.cache_clear()
    answer = Client().post("/playground/")
    bootstrap.redis_client.cache_clear()
    assert answer.status_code == 503
    assert answer["Content-Type"] == "application/problem+json"
    assert Playground.objects.count() == 0
