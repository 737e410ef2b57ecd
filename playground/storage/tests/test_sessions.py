"""Requests of one browser session that come at the same moment share what the session has."""

from typing import Any

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.test import RequestFactory

from playground.models import Playground
from playground.storage import playgrounds
from playground.testing import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def a_session() -> str:
    session = SessionStore()
    session["theme"] = "dark"
    session.save()
    assert session.session_key
    return session.session_key


def a_request(key: str | None) -> Any:
    request = RequestFactory().get("/")
    request.session = SessionStore(key)
    return request


def test_a_session_has_one_playground_however_many_of_its_requests_come_first() -> None:
    key = a_session()
    found = at_once([lambda: playgrounds.for_session(a_request(key))] * 6)
    assert len({playground.id for playground in found if isinstance(playground, Playground)}) == 1
    assert Playground.objects.count() == 1
    assert SessionStore(key)["theme"] == "dark"


def test_what_another_request_has_stored_meanwhile_is_kept() -> None:
    key = a_session()
    request = a_request(key)
    assert request.session["theme"] == "dark"  # it is loaded
    other = SessionStore(key)
    other["theme"] = "light"
    other.save()
    playground = playgrounds.for_session(request)
    if request.session.modified:  # as the middleware does
        request.session.save()
    assert dict(SessionStore(key).items()) == {"theme": "light", "playground": playground.id}


def test_a_first_visit_stores_its_playground_with_its_session() -> None:
    request = a_request(None)
    playground = playgrounds.for_session(request)
    request.session.save()
    assert SessionStore(request.session.session_key)["playground"] == playground.id


def test_a_session_whose_playground_was_deleted_gets_another() -> None:
    key = a_session()
    playgrounds.for_session(a_request(key)).delete()
    assert playgrounds.for_session(a_request(key)).id == Playground.objects.get().id
