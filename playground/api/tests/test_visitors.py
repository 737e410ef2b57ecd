"""Visitors: whose share a request counts for."""

from typing import Any

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpRequest

from playground.api.auth import BearerPlayground, SessionPlayground
from playground.api.visitors import Visitors, visitors
from playground.models import Playground
from playground.storage import playgrounds


def request(*headers: tuple[str, str], path: str = "/api/orders") -> dict[str, Any]:
    encoded = [(name.encode(), value.encode()) for name, value in headers]
    return {"path": path, "headers": encoded, "client": ("10.0.0.7", 4000)}


def by_token(token: str) -> dict[str, Any]:
    return request(("authorization", f"Bearer {token}"))


@pytest.fixture
def mine(db: None) -> Playground:
    return playgrounds.create()


def test_all_tokens_of_a_playground_are_one_visitor_once_they_are_known(mine: Playground) -> None:
    tokens = [playgrounds.issue_token(mine) for _ in range(3)]
    assert len({visitors.of(by_token(token)) for token in tokens}) == 3
    for token in tokens:
        assert BearerPlayground().authenticate(HttpRequest(), token) == mine
    assert len({visitors.of(by_token(token)) for token in tokens}) == 1


def test_a_browser_is_another_visitor_than_the_scripts_of_its_playground(mine: Playground) -> None:
    asked, token = HttpRequest(), playgrounds.issue_token(mine)
    asked.session = SessionStore()
    asked.session[playgrounds.SESSION_KEY] = mine.id
    asked.session.create()
    key = asked.session.session_key
    SessionPlayground().authenticate(asked, key)
    BearerPlayground().authenticate(HttpRequest(), token)

    browser = visitors.of(request(("cookie", f"csrftoken=x; sessionid={key}")))
    assert mine.id in browser
    assert mine.id in visitors.of(by_token(token)) != browser


def test_a_wrong_token_counts_for_nobody_else(mine: Playground) -> None:
    assert BearerPlayground().authenticate(HttpRequest(), mine.id) is None
    assert mine.id not in visitors.of(by_token(mine.id))


def test_without_a_credential_the_address_counts() -> None:
    assert "10.0.0.7" in visitors.of(request(("accept", "*/*")))


def test_the_health_check_never_waits_for_its_neighbours_on_the_same_host() -> None:
    assert visitors.of(request(path="/healthz")) != visitors.of(request())


def test_a_bounded_number_of_credentials_is_remembered() -> None:
    few = Visitors(kept=2)
    for name in ("first", "second", "third"):
        few.learn(name, name)
    assert [few.of(by_token(name)) == f"script of {name}" for name in ("first", "second", "third")] == [
        False, True, True,
    ]  # fmt: skip
