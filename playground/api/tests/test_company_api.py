"""The company's API as a customer uses it, on a real Redis and database."""

import re
from typing import Any

import pytest

ORDER = {
    "user": 1,
    "restaurant": 1,
    "items": [{"dish": "margherita", "quantity": 2}],
    "card": "4242 4242 4242 4242",
}
PROFILE = {"name": "Ada Okafor", "email": "ada@example.com", "city": "Leeds"}


def test_a_profile_that_was_saved_is_read_back(call: Any) -> None:
    saved = call("PUT", "/api/users/1", PROFILE)
    assert (saved.status_code, saved.json()["city"]) == (200, "Leeds")
    assert call("GET", "/api/users/1").json()["city"] == "Leeds"


def test_a_texted_profile_is_accepted_with_a_202(call: Any) -> None:
    call("PATCH", "/api/playground/design", {"styles": {"gateway->users": "text"}})
    accepted = call("PUT", "/api/users/1", PROFILE)
    assert (accepted.status_code, accepted.json()["status"]) == (202, "accepted")
    assert call("GET", "/api/users/1").json()["city"] == "Turin"
    call.work()
    assert call("GET", "/api/users/1").json()["city"] == "Leeds"


def test_a_registered_user_can_sign_in(call: Any) -> None:
    dana = {"name": "Dana", "email": "dana@example.com", "password": "correct horse"}
    made = call("POST", "/api/users", dana)
    assert (made.status_code, made["Location"]) == (201, "/api/users/4")
    assert "password" not in made.json()
    session = call("POST", "/api/sessions", {"email": dana["email"], "password": dana["password"]})
    assert (session.status_code, session.json()["user"]["id"]) == (201, 4)


def test_a_wrong_password_is_refused(call: Any) -> None:
    wrong = call("POST", "/api/sessions", {"email": "ada@example.com", "password": "wrong"})
    assert (wrong.status_code, wrong["Content-Type"]) == (401, "application/problem+json")
    assert wrong["WWW-Authenticate"] == 'Password realm="shop"'


def test_the_menus_can_be_listed(call: Any) -> None:
    restaurants = call("GET", "/api/restaurants").json()["restaurants"]
    menu = call("GET", f"/api/restaurants/{restaurants[0]['id']}/menu").json()
    assert menu["restaurant"] == restaurants[0]
    assert {"id", "title", "price_cents"} == menu["dishes"][0].keys()


def test_an_order_is_accepted_at_once_and_finished_later(call: Any) -> None:
    placed = call("POST", "/api/orders", ORDER)
    assert placed.status_code == 202
    assert placed["Location"] == f"/api/orders/{placed.json()['id']}"
    assert call("GET", placed["Location"]).json()["status"] == "placed"
    call.work()
    order = call("GET", placed["Location"]).json()
    assert order["status"] == "on_the_way"
    assert {line["status"] for line in order["history"]} == {"placed", "accepted", "on_the_way"}


def test_a_callers_trace_continues_through_the_company(call: Any) -> None:
    trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    placed = call("POST", "/api/orders", ORDER, traceparent=f"00-{trace}-00f067aa0ba902b7-01")
    assert trace in placed["traceresponse"]
    call.work()
    records = call("GET", "/api/playground/records").json()["records"]
    assert {r["trace"] for r in records} == {trace}
    assert {r["run"] for r in records} == {placed["X-Inflight-Run"]}


def test_callers_whose_traces_differ_at_their_end_only_have_a_run_each(call: Any) -> None:
    ends = ("8448eb211c80319c", "b9c7c989f97918e1")
    traces = ["0" * 16 + end for end in ends]
    headers = [f"00-{traces[0]}-00f067aa0ba902b7-01", f"01-{traces[1]}-00f067aa0ba902b7-01-more"]
    placed = [call("POST", "/api/orders", ORDER, traceparent=header) for header in headers]
    assert [answer["traceresponse"].split("-")[1] for answer in placed] == traces
    assert placed[0]["X-Inflight-Run"] != placed[1]["X-Inflight-Run"]
    first = call("GET", f"/api/playground/ledger?run={placed[0]['X-Inflight-Run']}").json()
    assert {row["expected"] for row in first["rows"]} <= {0, 1}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"user": "seven"}, "user"),
        ({"items": []}, "items"),
        ({"items": [{"dish": "margherita", "quantity": 0}]}, "items.0.quantity"),
        ({"items": [{"dish": "margherita", "quantity": 10**30}]}, "items.0.quantity"),
        ({"card": "letters"}, "card"),
        ({"card": None}, "card"),
        ({"tip": 5}, "tip"),
        ({"user": 10**40}, "user"),
        ({"restaurant": -(10**30)}, "restaurant"),
    ],
)
def test_an_invalid_field_is_named_and_nothing_is_stored(
    call: Any, change: dict[str, Any], field: str
) -> None:
    refused = call("POST", "/api/orders", ORDER | change)
    problem = refused.json()
    assert refused.status_code == 422, problem
    assert refused["Content-Type"] == "application/problem+json"
    assert field in [error["field"] for error in problem["errors"]]
    assert problem["kept"] == "Nothing was changed."
    assert call("GET", "/api/playground/records").json()["records"] == []


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "/api/users/99", None, 404),
        ("GET", "/api/users/99999999999999999999999999", None, 404),
        ("GET", "/api/users/first", None, 404),
        ("PUT", "/api/users/99", PROFILE, 404),
        ("PUT", "/api/users/1", PROFILE | {"email": "ben@example.com"}, 409),
        ("PUT", "/api/users/1", PROFILE | {"email": "no address"}, 422),
        ("PUT", "/api/users/1", PROFILE | {"name": " "}, 422),
        ("POST", "/api/users", PROFILE | {"password": "x"}, 422),
        ("POST", "/api/users", PROFILE | {"password": "long enough"}, 409),
        ("GET", "/api/restaurants/9/menu", None, 404),
        ("GET", "/api/orders/NOSUCHORDER", None, 404),
        ("GET", "/api/orders/%00", None, 404),
        ("POST", "/api/orders", ORDER | {"user": 99}, 404),
        ("POST", "/api/orders", ORDER | {"restaurant": 9}, 404),
        ("POST", "/api/orders", ORDER | {"items": [{"dish": "sushi"}]}, 422),
        ("POST", "/api/orders", ORDER | {"card": "4000 0000 0000 0002"}, 422),
        ("POST", "/api/orders", "an order, please", 422),
        ("POST", "/api/orders", [], 422),
        ("DELETE", "/api/orders", None, 405),
        ("GET", "/api/nothing", None, 404),
    ],
)
def test_every_error_is_a_problem_document(
    call: Any, method: str, path: str, body: Any, status: int
) -> None:
    answer = call(method, path, body)
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    problem = answer.json()
    assert (problem["status"], problem["type"]) == (status, "about:blank")
    assert problem["detail"] and problem["title"] and problem["kept"]


def test_a_body_that_is_not_json_is_a_problem(call: Any, client: Any) -> None:
    answer = client.generic(
        "POST", "/api/orders", "{user:", content_type="application/json",
        headers={"Authorization": f"Bearer {call.token}"},
    )  # fmt: skip
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")


def test_an_oversized_body_is_refused(call: Any) -> None:
    answer = call("PUT", "/api/users/1", PROFILE | {"name": "x" * 70_000})
    assert (answer.status_code, answer["Content-Type"]) == (413, "application/problem+json")


def test_a_wrong_method_gets_the_allowed_ones(call: Any) -> None:
    assert set(call("DELETE", "/api/orders")["Allow"].replace(" ", "").split(",")) == {"POST"}


def test_secrets_never_enter_a_record(call: Any) -> None:
    dana = {"name": "Dana", "email": "d@example.com", "password": "a-very-secret-word"}
    call("POST", "/api/users", dana)
    call("POST", "/api/sessions", {"email": dana["email"], "password": dana["password"]})
    call("POST", "/api/orders", ORDER)
    call.work()
    log = call("GET", "/api/playground/records").content.decode()
    assert "a-very-secret-word" not in log
    assert not re.search(r"(?<![0-9a-f.])4242(?![0-9a-f])", log), "not even a card's last digits"
    assert call.token not in log


def test_an_order_accepts_what_a_person_may_type(call: Any) -> None:
    named = PROFILE | {"name": "Zoë 🍕 O'Neill <b>&amp;"}
    assert call("PUT", "/api/users/1", named).json()["name"] == named["name"]


@pytest.mark.parametrize("name", ["nul \x00 byte", "lone \ud800 surrogate"])
def test_values_that_no_database_can_store_are_refused(call: Any, name: str) -> None:
    assert call("PUT", "/api/users/1", PROFILE | {"name": name}).status_code == 422


INVISIBLE = ["\u200b", " \u3164 ", "\u2800", "   "]


@pytest.mark.parametrize("name", INVISIBLE)
def test_a_name_of_which_nothing_can_be_seen_is_refused(call: Any, name: str) -> None:
    answer = call("PUT", "/api/users/1", PROFILE | {"name": name})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "name"


def test_a_city_may_be_left_out_but_not_written_in_invisible_signs(call: Any) -> None:
    for city in ("", "  "):
        assert call("PUT", "/api/users/1", PROFILE | {"city": city}).json()["city"] == ""
    assert call("PUT", "/api/users/1", PROFILE | {"city": "\u200b"}).status_code == 422


@pytest.mark.parametrize("card", ["4242424242424242", "4242-4242-4242-4242", "378282 246310005"])
def test_a_card_may_be_written_in_groups(call: Any, card: str) -> None:
    assert call("POST", "/api/orders", ORDER | {"card": card}).status_code == 202


@pytest.mark.parametrize(
    "card",
    [
        " " * 16, "4242  4242 4242 4242", " 4242424242424242", "4242424242424242-", "4" * 20,
        "42424242424", "٤٢٤٢٤٢٤٢٤٢٤٢٤٢٤٢", "4242424242424242\n",
    ],
)  # fmt: skip
def test_what_is_no_card_is_refused_before_anything_is_charged(call: Any, card: str) -> None:
    assert call("POST", "/api/orders", ORDER | {"card": card}).status_code == 422


def test_the_card_that_is_declined_is_declined_however_it_is_written(call: Any) -> None:
    for card in ("4000 0000 0000 0002", "4000-0000-0000-0002", "4000000000000002"):
        refused = call("POST", "/api/orders", ORDER | {"card": card})
        assert refused.json()["detail"] == "The bank has declined this card."


@pytest.mark.parametrize("dish", INVISIBLE)
def test_a_dish_of_which_nothing_can_be_seen_is_refused(call: Any, dish: str) -> None:
    answer = call("POST", "/api/orders", ORDER | {"items": [{"dish": dish}]})
    assert answer.status_code == 422
    records = call("GET", "/api/playground/records").json()["records"]
    assert not [r for r in records if r["kind"] == "request"]
