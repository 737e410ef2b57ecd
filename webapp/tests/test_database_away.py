"""A database that is away or too slow: pages and API say so, and nothing is half done."""

from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test import Client

from playground.company.topology import SERVICES

ORDER = {
    "user": 1,
    "restaurant": 1,
    "items": [{"dish": "margherita", "quantity": 1}],
    "card": "4242 4242 4242 4242",
}
pytestmark = pytest.mark.django_db


def away(*_: Any) -> Any:
    raise OperationalError("connection refused")


@pytest.fixture
def visitor() -> Client:
    return Client(raise_request_exception=False)


@pytest.mark.parametrize("path", ["/", "/sandbox/", "/lessons/a-phone-call/", "/instructor/"])
def test_pages_say_that_the_database_is_away(visitor: Client, redis: object, path: str) -> None:
    visitor.post("/playground/")  # a visitor with a session
    with connection.execute_wrapper(away):
        answer = visitor.get(path)
    assert answer.status_code == 503
    assert answer["Retry-After"] == "5"
    assert "The database does not answer" in answer.content.decode()


@pytest.mark.parametrize("method", ["get", "post"])
def test_the_api_says_so_to_a_script_and_to_a_browser(
    visitor: Client, redis: object, method: str
) -> None:
    token = visitor.post("/api/playgrounds").json()["token"]
    visitor.post("/playground/")
    for headers in ({"Authorization": f"Bearer {token}"}, {}):
        path = "/api/playground" if method == "get" else "/api/orders"
        with connection.execute_wrapper(away):
            answer = getattr(visitor, method)(
                path, content_type="application/json", headers=headers
            )
        assert answer.status_code == 503, answer.content
        assert answer["Content-Type"] == "application/problem+json"
        assert answer["Retry-After"] == "5"
        assert "unless the database went away while it was storing it" in answer.json()["kept"]


@pytest.mark.django_db(transaction=True)
def test_an_order_says_what_was_kept_when_the_database_goes_in_the_middle(
    visitor: Client, redis: object
) -> None:
    token = visitor.post("/api/playgrounds").json()["token"]
    headers = {"Authorization": f"Bearer {token}"}
    no_time = {name: 0 for name, s in SERVICES.items() if s.party.value != "actor"}
    visitor.patch(
        "/api/playground/design", {"service_time_ms": no_time}, content_type="application/json",
        headers=headers,
    )  # fmt: skip

    def goes(execute: Any, sql: str, *rest: Any) -> Any:
        return away() if 'INTO "playground_order"' in sql else execute(sql, *rest)

    with connection.execute_wrapper(goes):
        answer = visitor.post(
            "/api/orders", ORDER, content_type="application/json", headers=headers
        )
    assert answer.status_code == 503, answer.content
    assert answer.json()["kept"].startswith("Done before it failed: CardAuthorized")
    assert answer["traceresponse"]
