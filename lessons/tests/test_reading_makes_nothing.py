"""Whoever only reads leaves nothing behind. A playground is made at the first act."""

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


def test_a_page_begins_a_playground_which_it_keeps() -> None:
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
