"""The rush: real requests to a real server, counted as they were answered."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from redis import Redis

from playground.api.conftest import Caller
from playground.models import AccessToken, Order
from playground.rush.customers import ORDER, request_of
from playground.rush.plan import RushPlan
from playground.rushes import run_rush


@pytest.fixture
def call(transactional_db: None, redis: Redis, client: Client) -> Iterator[Caller]:
    cache.clear()
    yield Caller(client)


@pytest.fixture
def served(call: Caller, live_server: Any, settings: Any) -> Caller:
    settings.INTERNAL_URL = live_server.url
    return call


def start(call: Any, **plan: Any) -> Any:
    return call(
        "POST", "/api/playground/rush", {"action": "order", "rate": 10, "seconds": 1} | plan
    )


def test_every_customer_of_a_rush_is_answered_counted_and_in_the_ledger(served: Any) -> None:
    earlier = served("POST", "/api/orders", ORDER).json()["id"]
    begun = start(served)
    assert (begun.status_code, begun.json()["state"]) == (202, "waiting")
    run_rush(served.id)
    assert served("GET", "/api/playground/rush").json()["finished"] == 0
    served.work()
    ended = served("GET", "/api/playground/rush").json()
    assert (ended["state"], ended["offered"], ended["accepted"]) == ("done", 10, 10)
    assert 0 < ended["answer_ms"]["p50"] <= ended["answer_ms"]["p99"]
    assert ended["finished"] == 10
    assert ended["completion_ms"]["p50"] > 0
    assert Order.objects.count() == 11
    assert ended["completion_ms"]["p50"] > ended["answer_ms"]["p50"], "from the sending on"
    ledger = served("GET", f"/api/playground/ledger?run={ended['run']}").json()
    receipts = next(r for r in ledger["rows"] if r["effect"] == "EmailSent")
    assert (receipts["expected"], receipts["actual"]) == (10, 10)
    assert not any(r["unasked"] for r in ledger["rows"]), f"{earlier} is of another run"
    assert ledger["differences"] == []
    assert AccessToken.objects.count() == 1, "its own token is gone"


def test_whoever_saves_a_profile_is_counted_though_all_save_the_same(served: Any) -> None:
    start(served, action="profile")
    run_rush(served.id)
    ended = served("GET", "/api/playground/rush").json()
    assert (ended["accepted"], ended["finished"], ended["completion_ms"]) == (10, 10, None)


def test_those_who_are_refused_are_counted_as_such(served: Any) -> None:
    fault = {"kind": "errors", "target": "payments"}
    assert served("POST", "/api/playground/faults", fault).status_code == 201
    start(served)
    run_rush(served.id)
    ended = served("GET", "/api/playground/rush").json()
    assert (ended["offered"], ended["accepted"], ended["refused"]) == (10, 0, 10)


def test_a_server_that_is_away_is_told_as_time_outs(call: Any, settings: Any) -> None:
    settings.INTERNAL_URL = "http://127.0.0.1:9"
    start(call)
    run_rush(call.id)
    ended = call("GET", "/api/playground/rush").json()
    assert (ended["state"], ended["timed_out"]) == ("done", 10)


def test_a_rush_that_is_stopped_sends_no_more(served: Any) -> None:
    start(served, rate=20, seconds=20)
    assert served("DELETE", "/api/playground/rush").status_code == 204
    run_rush(served.id)
    ended = served("GET", "/api/playground/rush").json()
    assert ended["state"] == "stopped"
    assert ended["offered"] < 400
    assert start(served).status_code == 202, "and another may begin"


def test_one_rush_at_a_time(call: Any) -> None:
    assert start(call).status_code == 202
    refused = start(call)
    assert refused.status_code == 409
    assert "on already" in refused.json()["detail"]


def test_a_task_that_comes_twice_runs_the_rush_once(served: Any) -> None:
    start(served)
    run_rush(served.id)
    run_rush(served.id)
    assert Order.objects.count() == 10


def test_all_rushes_together_have_a_bound(call: Any, client: Client) -> None:
    callers = [call, Caller(client), Caller(client)]
    codes = [start(one, rate=100, seconds=30).status_code for one in callers]
    assert codes == [202, 202, 429]


@pytest.mark.parametrize(
    "plan",
    [{"rate": 101}, {"rate": 0}, {"seconds": 31}, {"action": "strike"}, {"rate": "many"}],
)
def test_a_rush_beyond_its_bounds_is_refused(call: Any, plan: dict[str, Any]) -> None:
    assert start(call, **plan).status_code == 422
    assert call("GET", "/api/playground/rush").status_code == 404


def test_every_guest_registers_with_an_address_of_their_own() -> None:
    plan = RushPlan("register", 5, 2, "0123456789ab")
    emails = {request_of(plan, n)[2]["email"] for n in range(plan.count)}
    assert len(emails) == 10
