"""The rush: real requests to a real server, counted by their answers."""

from collections.abc import Callable, Iterator
from threading import Thread
from time import sleep
from typing import Any

import pytest
from celery import current_app
from django.core.cache import cache
from django.db import connection
from django.test import Client
from kombu.exceptions import OperationalError
from redis import Redis

from playground.api.conftest import Caller
from playground.models import AccessToken, Order
from playground.rush import service
from playground.rush.admission import ServerIsFull
from playground.rush.customers import ORDER, request_of
from playground.rush.long_work import REPORTS_WITHIN_S, TASK_EXPIRES_S, tell_a_worker
from playground.rush.plan import Progress, RushPlan, new_run
from playground.rush.service import run_rush
from playground.rush.store import AlreadyRushing, RushStore
from playground.testing import at_once


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


def test_a_rush_that_no_worker_is_told_of_fails_at_once_and_another_may_begin(
    call: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: Any, **__: Any) -> None:
        raise OperationalError

    with monkeypatch.context() as patch:
        patch.setattr(service, "_send", lambda key: tell_a_worker("playground.rush", key))
        patch.setattr(current_app, "send_task", away)
        refused = start(call)
    assert (refused.status_code, refused["Retry-After"]) == (503, "5")
    assert "Celery's broker is away" in refused.json()["detail"]
    assert call("GET", "/api/playground/rush").json()["state"] == "failed"
    assert start(call).status_code == 202


def test_every_customer_of_a_rush_is_answered_and_counted_in_the_ledger(served: Any) -> None:
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
    assert ended["completion_ms"]["p50"] > ended["answer_ms"]["p50"], (
        "completion is measured from sending"
    )
    ledger = served("GET", f"/api/playground/ledger?run={ended['run']}").json()
    receipts = next(r for r in ledger["rows"] if r["effect"] == "EmailSent")
    assert (receipts["expected"], receipts["actual"]) == (10, 10)
    assert not any(r["unasked"] for r in ledger["rows"]), f"{earlier} belongs to another run"
    assert ledger["differences"] == []
    assert AccessToken.objects.count() == 1, "the rush's token was not deleted"


def test_customers_who_save_a_profile_are_counted_although_all_save_the_same(served: Any) -> None:
    start(served, action="profile")
    run_rush(served.id)
    ended = served("GET", "/api/playground/rush").json()
    assert (ended["accepted"], ended["finished"], ended["completion_ms"]) == (10, 10, None)


def test_refused_customers_are_counted_as_refused(served: Any) -> None:
    fault = {"kind": "errors", "target": "payments"}
    assert served("POST", "/api/playground/faults", fault).status_code == 201
    start(served)
    run_rush(served.id)
    ended = served("GET", "/api/playground/rush").json()
    assert (ended["offered"], ended["accepted"], ended["refused"]) == (10, 0, 10)


def test_requests_to_a_server_that_is_down_count_as_timed_out(call: Any, settings: Any) -> None:
    settings.INTERNAL_URL = "http://127.0.0.1:9"
    start(call)
    run_rush(call.id)
    ended = call("GET", "/api/playground/rush").json()
    assert (ended["state"], ended["timed_out"]) == ("done", 10)


def test_a_stopped_rush_sends_no_more_customers(served: Any) -> None:
    start(served, rate=20, seconds=20)
    assert served("DELETE", "/api/playground/rush").status_code == 204
    run_rush(served.id)
    ended = served("GET", "/api/playground/rush").json()
    assert ended["state"] == "stopped"
    assert ended["offered"] < 400
    assert start(served).status_code == 202, "another rush may begin"


def test_a_rush_shows_its_progress_and_counts_what_was_sent_before_it_was_stopped(
    served: Any,
) -> None:
    start(served, rate=20, seconds=20)
    at_work = Thread(target=in_a_worker, args=(served.id,))
    at_work.start()
    running = until_seen(served, lambda seen: seen["accepted"] >= 2)
    later = until_seen(served, lambda seen: seen["offered"] > running["offered"])
    for seen in (running, later):
        assert seen["state"] == "running"
        assert seen["accepted"] <= seen["offered"] < 400
        assert seen["answer_ms"]["p50"] > 0

    assert served("DELETE", "/api/playground/rush").status_code == 204
    at_work.join(20)
    ended = served("GET", "/api/playground/rush").json()
    assert ended["state"] == "stopped"
    assert later["offered"] <= ended["offered"] < 400
    assert ended["accepted"] == ended["offered"] == Order.objects.count()
    served.work()
    assert served("GET", "/api/playground/rush").json()["finished"] == ended["offered"]


def in_a_worker(playground: str) -> None:
    try:
        run_rush(playground)
    finally:
        connection.close()


def until_seen(call: Any, holds: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    for _ in range(500):
        seen: dict[str, Any] = call("GET", "/api/playground/rush").json()
        if holds(seen):
            return seen
        sleep(0.02)
    raise AssertionError(seen)


def test_customers_with_a_504_are_counted_as_timed_out(served: Any) -> None:
    served("PATCH", "/api/playground/design", {"timeout_ms": 50})
    served("POST", "/api/playground/faults", {"kind": "hang", "target": "payments"})
    start(served)
    run_rush(served.id)
    ended = served("GET", "/api/playground/rush").json()
    assert (ended["accepted"], ended["refused"], ended["timed_out"]) == (0, 0, 10)
    assert ended["answer_ms"]["p50"] >= 50


def test_one_rush_at_a_time(call: Any) -> None:
    assert start(call).status_code == 202
    refused = start(call)
    assert refused.status_code == 409
    assert "under way" in refused.json()["detail"]


def test_a_task_that_is_delivered_twice_runs_the_rush_once(served: Any) -> None:
    start(served)
    run_rush(served.id)
    run_rush(served.id)
    assert Order.objects.count() == 10


def test_of_two_workers_that_take_the_task_at_once_one_sends_the_customers(served: Any) -> None:
    start(served)
    at_once([lambda: run_rush(served.id)] * 3)
    assert Order.objects.count() == 10


def test_of_many_rushes_that_are_started_at_once_one_begins(call: Any) -> None:
    answers: Any = at_once([lambda: start(call, rate=1)] * 6)
    assert sorted(answer.status_code for answer in answers) == [202] + [409] * 5


def test_a_rush_whose_worker_is_gone_has_failed_and_the_next_may_begin(
    call: Any, redis: Redis
) -> None:
    begun = start(call, seconds=30).json()
    progress = Progress("running", offered=7, accepted=5)
    store = RushStore(redis)
    store.report(call.id, begun["run"], progress)
    assert call("GET", "/api/playground/rush").json()["state"] == "running"
    redis.delete(f"inflight:{call.id}:alive")  # it expires when the worker reports no more
    ended = call("GET", "/api/playground/rush").json()
    assert (ended["state"], ended["reason"]) == ("failed", "its worker has gone")
    assert (ended["offered"], ended["accepted"]) == (7, 5)

    again = start(call)
    assert again.status_code == 202
    store.report(call.id, begun["run"], progress)  # it was only very slow
    assert store.is_stopped(call.id, begun["run"])
    assert call("GET", "/api/playground/rush").json()["offered"] == 0
    assert start(call).status_code == 409, "the slow one has not released the reservation"


def test_the_sign_of_life_expires_within_seconds(call: Any, redis: Redis) -> None:
    begun = start(call, seconds=30).json()
    alive = f"inflight:{call.id}:alive"
    assert 0 < redis.pttl(alive) <= (TASK_EXPIRES_S + REPORTS_WITHIN_S) * 1000
    RushStore(redis).report(call.id, begun["run"], Progress("running"))
    assert 0 < redis.pttl(alive) <= REPORTS_WITHIN_S * 1000


def test_a_rush_that_no_worker_takes_has_failed(call: Any, redis: Redis) -> None:
    start(call)
    redis.delete(f"inflight:{call.id}:alive")
    ended = call("GET", "/api/playground/rush").json()
    assert (ended["state"], ended["reason"]) == ("failed", "no worker has begun it")


@pytest.mark.parametrize(
    "stored",
    [{"plan": "{}"}, {"plan": '{"action":"order"}', "progress": "{}"}, {"progress": "[]"},
     {"plan": "no json", "progress": '{"state":"running","colour":1}'}],
)  # fmt: skip
def test_a_rush_that_another_version_has_stored_is_none(
    call: Any, redis: Redis, stored: dict[str, str]
) -> None:
    redis.hset(f"inflight:{call.id}:rush", mapping=stored)  # type: ignore[arg-type]
    assert call("GET", "/api/playground/rush").status_code == 404
    assert start(call).status_code == 202


def test_stopping_where_there_is_no_rush_stores_nothing(call: Any, redis: Redis) -> None:
    assert call("DELETE", "/api/playground/rush").status_code == 204
    assert not redis.exists(f"inflight:{call.id}:rush")


def test_all_rushes_together_have_a_limit(call: Any, client: Client) -> None:
    callers = [call, Caller(client), Caller(client)]
    answers = [start(one, rate=100, seconds=30) for one in callers]
    assert [answer.status_code for answer in answers] == [202, 202, 429]
    assert answers[2]["Content-Type"] == "application/problem+json"
    assert int(answers[2]["Retry-After"]) > 0
    assert callers[2]("GET", "/api/playground/rush").status_code == 404

    call("DELETE", "/api/playground/rush")
    run_rush(call.id)  # it was stopped before its task ran
    assert start(callers[2], rate=100, seconds=30).status_code == 202


def test_a_rush_whose_worker_died_loses_its_reservation(redis: Redis) -> None:
    store = RushStore(redis)
    for playground in ("one", "two"):
        store.begin(playground, RushPlan("order", 100, 30, new_run()), now=1000)
    another = RushPlan("order", 1, 1, new_run())
    with pytest.raises(ServerIsFull):
        store.begin("three", another, now=1030)
    with pytest.raises(AlreadyRushing):
        store.begin("one", another, now=1030)
    store.begin("three", another, now=1046)
    store.begin("one", another, now=1046)


@pytest.mark.parametrize(
    "plan",
    [
        {"rate": 101},
        {"rate": 0},
        {"seconds": 31},
        {"seconds": 0},
        {"action": "strike"},
        {"rate": "many"},
        {"colour": "blue"},
    ],
)
def test_a_rush_beyond_its_bounds_is_refused(call: Any, plan: dict[str, Any]) -> None:
    refused = start(call, **plan)
    assert (refused.status_code, refused["Content-Type"]) == (422, "application/problem+json")
    assert call("GET", "/api/playground/rush").status_code == 404


def test_every_guest_registers_with_a_different_address() -> None:
    plan = RushPlan("register", 5, 2, "0123456789ab")
    emails = {request_of(plan, n)[2]["email"] for n in range(plan.count)}
    assert len(emails) == 10
