"""The twin: its plan, its story and outcome, and runs through the real HTTP path."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from pydantic import ValidationError
from redis import Redis

from playground import bootstrap
from playground.api.conftest import Caller
from playground.company.trace import trace_in
from playground.control.lifecycle import delete_expired
from playground.flow.ledger import Row
from playground.flow.records import Kind, Record
from playground.models import AccessToken, Order, Playground
from playground.rush.long_work import NoWorkerTold
from playground.testing import at_once
from playground.twin import service as twins
from playground.twin.outcome import outcome
from playground.twin.plan import TwinPlan, customers_of
from playground.twin.runner import Side, SideTotals
from playground.twin.story import MAX_SPANS, CustomerRequest, Story

RUN = "0123456789ab"
PATH = "/api/playground/twin"
EARLY_AND_LATE = {"a": {"design": {"ack": "early"}}, "b": {"design": {"ack": "late"}}}


def a_plan(*steps: dict[str, Any], **more: Any) -> TwinPlan:
    return TwinPlan.model_validate({"steps": list(steps or ({"press": "order"},)), **more})


def a_record(kind: Kind, name: str, at: float, number: int = 0, **values: Any) -> Record:
    return Record(kind, name, at, trace=trace_in(RUN, number), **values)


def a_story(*records: Record) -> Story:
    story = Story(RUN)
    story.requests[0] = CustomerRequest(0, "order", sent_at=100.0)
    for record in records:
        story.feed(record)
    return story


# The plan


def test_customers_are_numbered_across_steps_and_sent_as_planned() -> None:
    plan = a_plan({"press": "order", "times": 2}, {"rush": {"rate": 4, "seconds": 1}})
    first = list(customers_of(plan.steps[0], 0, RUN))
    rush = list(customers_of(plan.steps[1], 2, RUN))
    assert [c.number for c in first + rush] == [0, 1, 2, 3, 4, 5]
    assert [c.at_s for c in rush] == [0, 0.25, 0.5, 0.75]
    assert len({c.trace(RUN) for c in first + rush}) == 6
    assert all(len(c.trace(RUN)) == 32 for c in rush)


def test_a_press_may_set_fields_of_the_body() -> None:
    plan = a_plan({"press": "register", "with": {"email": "ben@example.com"}})
    customer = next(customers_of(plan.steps[0], 0, RUN))
    assert (customer.path, customer.body["email"]) == ("/api/users", "ben@example.com")
    assert customer.body["name"] == "Guest 0"


def test_faults_get_the_twins_seed_unless_they_have_one() -> None:
    kill = {"kind": "kill", "target": "restaurant"}
    plan = a_plan(faults=[kill, {**kill, "seed": 3}], seed=7)
    assert [plan.seeded(fault)["seed"] for fault in plan.faults] == [7, 3]


def test_a_plan_survives_being_stored() -> None:
    kill = {"kind": "kill", "target": "restaurant", "limit": 1}
    steps = ({"fault": kill}, {"press": "order", "with": {"restaurant": 2}}, {"repair": True})
    plan = a_plan(*steps, {"pause": 1}, {"design": {"ack": "early"}}, seed=5)
    assert TwinPlan.model_validate_json(plan.as_json()) == plan


@pytest.mark.parametrize(
    ("steps", "why"),
    [
        ([{"pause": 1}], "no customers"),
        ([{"press": "order", "pause": 1}], "exactly one of"),
        ([{}], "exactly one of"),
        ([{"pause": 1, "times": 3}], "belong to `press`"),
        ([{"reset": True}], "Extra inputs"),
        ([{"rush": {"rate": 25, "seconds": 20}}], "at most 300"),
        ([{"rush": {"rate": 26, "seconds": 1}}], "less than or equal to 25"),
        ([{"press": "order"}, *[{"pause": 30}] * 5], "at most 120"),
        ([{"press": "order"}, {"fault": {"kind": "flood", "target": "menu"}}], "no fault 'flood'"),
        ([{"press": "order"}, {"fault": {"kind": "surge", "target": "gateway"}}], "step `rush`"),
        ([{"press": "order"}, {"fault": {"kind": "hang", "target": "menu", "x": 1}}], "no field x"),
    ],
)
def test_a_plan_beyond_its_bounds_is_refused(steps: list[dict[str, Any]], why: str) -> None:
    with pytest.raises(ValidationError, match=why):
        a_plan(*steps)


# The story and the outcome


def test_an_order_is_finished_with_its_last_effect() -> None:
    effects = ("OrderStored", "TicketPrinted", "EmailSent")
    story = a_story(*(a_record(Kind.EFFECT, n, 101.0 + i) for i, n in enumerate(effects)))
    assert not story.requests[0].is_finished
    story.feed(a_record(Kind.EFFECT, "CourierAssigned", 104.5))
    result = outcome(story, [], {}, on_the_way=0, began_at=100.0)
    assert result["finished"] == 1
    assert result["finished_ms"]["p50"] == pytest.approx(4500)
    assert result["actions"][0]["finished"] == pytest.approx(4500)


def test_a_span_lasts_from_delivery_to_processed_and_a_call_from_request_to_response() -> None:
    hop = {"message": "m", "target": "restaurant", "style": "text"}
    story = a_story(
        a_record(Kind.REQUEST, "StoreOrder", 100.1, source="gateway", target="orders", message="c"),
        a_record(
            Kind.RESPONSE, "StoreOrder", 100.2, source="orders", target="gateway", message="c"
        ),
        a_record(Kind.DELIVER, "OrderPlaced", 100.3, **hop),
        a_record(Kind.PROCESS, "OrderPlaced", 100.7, **hop),
    )
    spans = [(s.service, s.began_at, s.ended_at, s.status) for s in story.spans]
    assert spans == [("orders", 100.1, 100.2, "ok"), ("restaurant", 100.3, 100.7, "ok")]
    assert story.open_work == 0


def test_a_message_that_a_worker_has_is_open_work_until_the_worker_is_killed() -> None:
    hop = {"message": "m", "target": "restaurant"}
    story = a_story(a_record(Kind.DELIVER, "OrderPlaced", 100.3, **hop))
    assert story.open_work == 1
    story.feed(a_record(Kind.NOTE, "Killed", 100.5, **hop))
    assert (story.open_work, story.spans[0].status) == (0, "killed")


def test_a_redelivery_ends_the_earlier_span_as_killed() -> None:
    hop = {"message": "m", "target": "restaurant"}
    story = a_story(
        a_record(Kind.DELIVER, "OrderPlaced", 100.0, **hop),
        a_record(Kind.REDELIVER, "OrderPlaced", 104.0, **hop),
    )
    assert [(s.status, s.ended_at) for s in story.spans] == [("killed", 104.0), ("running", None)]


def test_a_story_ignores_records_of_other_runs() -> None:
    other = Record(Kind.EFFECT, "EmailSent", 101.0, trace="f" * 32)
    note = Record(Kind.NOTE, "DesignChanged", 101.0)
    assert a_story(other, note).requests[0].effects == set()


def test_spans_beyond_the_limit_are_counted() -> None:
    story = a_story()
    for n in range(MAX_SPANS + 3):
        story.feed(a_record(Kind.DELIVER, "X", 100.0, message=f"{n}", target="crm"))
    assert (len(story.spans), story.cut) == (MAX_SPANS, 3)


def test_answers_are_counted_as_the_customers_got_them() -> None:
    story = Story(RUN)
    for number, code in enumerate((202, 503, 504, 0)):
        story.requests[number] = CustomerRequest(number, "order", 100.0, 100.0 + number + 1, code)
    story.requests[9] = CustomerRequest(9, "order", 104.0)
    result = outcome(story, [], {}, on_the_way=0, began_at=100.0)
    kinds = ("offered", "accepted", "refused", "timed_out")
    assert [result[name] for name in kinds] == [5, 1, 1, 2]
    assert result["errors"] == {"503": 1, "504": 1, "no answer": 1}
    assert result["answer_ms"]["max"] == 3000, "a request without an answer has no answer time"
    assert result["finished_ms"] is None


def test_lost_and_doubled_come_from_the_ledger_without_its_empty_rows() -> None:
    ticket = Row("TicketPrinted", "tickets", 5, 3, lost=2, doubled=1, pending=0, dead=0, unasked=0)
    stored = Row("OrderStored", "stored", 5, 5, lost=0, doubled=0, pending=0, dead=0, unasked=4)
    nothing = Row("WelcomeSent", "welcome", 0, 0, 0, 0, 0, 0, 0)
    result = outcome(a_story(), [ticket, stored, nothing], {}, on_the_way=0, began_at=100.0)
    assert (result["lost"], result["doubled"], result["unasked"]) == (2, 1, 4)
    assert [row["effect"] for row in result["ledger"]] == ["TicketPrinted", "OrderStored"]


class Seen:
    """The Observer port: returns what the test has put there."""

    def __init__(self) -> None:
        self.new: list[Record] = []
        self.now = SideTotals()

    def records(self, after: str) -> tuple[list[Record], str]:
        found, self.new = self.new, []
        return found, after

    def totals(self) -> SideTotals:
        return self.now


def test_a_side_has_settled_when_two_counts_in_a_row_find_no_work() -> None:
    observer, story = Seen(), a_story()
    side = Side("a", {}, observer, story)
    side.look(count=True)
    assert side.quiet_looks == 0, "a customer still waits"
    story.requests[0].answered_at = 101.0
    observer.now = SideTotals(on_the_way=1)
    side.look(count=True)
    assert side.quiet_looks == 0, "a message still waits"
    observer.now = SideTotals()
    side.look(count=True)
    side.look(count=False)
    assert not side.is_quiet
    side.look(count=True)
    assert side.is_quiet


# The API, and whole runs


@pytest.fixture
def call(transactional_db: None, redis: Redis, client: Client) -> Iterator[Caller]:
    cache.clear()
    yield Caller(client)


@pytest.fixture
def served(call: Caller, live_server: Any, settings: Any) -> Caller:
    settings.INTERNAL_URL = live_server.url
    return call


def start(call: Any, *steps: dict[str, Any], **more: Any) -> Any:
    body = {"steps": list(steps or ({"press": "order"},)), "settle_s": 1, **more}
    return call("POST", PATH, body)


def test_a_twin_that_no_worker_is_told_of_fails_at_once_and_another_may_begin(
    call: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(_: str) -> None:
        raise NoWorkerTold

    with monkeypatch.context() as patch:
        patch.setattr(twins, "_send", away)
        assert start(call).status_code == 503
    assert call("GET", PATH).json()["state"] == "failed"
    assert start(call).status_code == 202


def test_both_sides_answer_the_same_customers_and_are_reported_separately(served: Any) -> None:
    slow = {"design": {"service_time_ms": {"payments": 300}}, "title": "Slow bank"}
    begun = start(served, {"press": "order", "times": 2}, a=slow)
    assert (begun.status_code, begun.json()["state"]) == (202, "waiting")
    twins.run_twin(served.id)
    ended = served("GET", PATH).json()
    assert (ended["state"], ended["customers"]) == ("done", 2)
    a, b = (ended["sides"][side]["outcome"] for side in "ab")
    assert (a["accepted"], b["accepted"]) == (2, 2)
    assert a["answer_ms"]["p50"] >= 300 > b["answer_ms"]["p50"]
    assert ended["sides"]["a"]["title"] == "Slow bank"
    assert {s["service"] for s in a["spans"]} >= {"menu", "payments", "orders"}
    assert a["pending"] > 0, "no worker ran, so messages are on the way"
    assert not a["is_settled"]


def test_a_twin_does_not_change_the_learners_own_playground(served: Any) -> None:
    start(served)
    twins.run_twin(served.id)
    assert not Order.objects.filter(playground=served.id).exists()
    assert served("GET", "/api/playground/records").json()["records"] == []


def test_faults_and_changes_of_the_design_reach_both_sides(served: Any) -> None:
    start(
        served, {"press": "order"}, {"settle": 0.2}, {"repair": True},
        {"design": {"request_slots": 9}}, {"press": "order"},
        faults=[{"kind": "errors", "target": "payments", "status": 503}], seed=4,
    )  # fmt: skip
    twins.run_twin(served.id)
    ended = served("GET", PATH).json()
    for name, side in twins.sides_of(Playground.objects.get(id=served.id)).items():
        result = ended["sides"][name]["outcome"]
        assert (result["accepted"], result["refused"]) == (1, 1)
        assert result["errors"] == {"502": 1}
        assert result["hits"] == {"errors": 1}
        assert side.design["request_slots"] == 9


def test_the_tokens_of_a_side_are_revoked_once_it_is_over(served: Any) -> None:
    start(served)
    twins.run_twin(served.id)
    sides = twins.sides_of(Playground.objects.get(id=served.id)).values()
    assert len(sides) == 2
    assert not AccessToken.objects.filter(playground__in=sides).exists()


def test_expired_sides_are_deleted_and_nothing_else_is(served: Any, redis: Redis) -> None:
    start(served)
    twins.run_twin(served.id)
    delete_expired()
    assert Playground.objects.count() == 3
    ids = list(Playground.objects.exclude(id=served.id).values_list("id", flat=True))
    Playground.objects.exclude(id=served.id).update(expires_at=1.0)
    delete_expired()
    assert list(Playground.objects.values_list("id", flat=True)) == [served.id]
    left = [key for key in redis.keys("inflight:*") if any(i in key.decode() for i in ids)]
    assert all(redis.ttl(key) > 0 for key in left), "the keys that are left expire"
    assert served("GET", PATH).json()["state"] == "done", "the outcome stays"


def test_a_task_that_is_delivered_twice_runs_the_twin_once(served: Any) -> None:
    start(served)
    twins.run_twin(served.id)
    twins.run_twin(served.id)
    assert Order.objects.count() == 2


def test_a_stopped_twin_sends_no_more_customers_and_another_may_begin(served: Any) -> None:
    start(served, {"rush": {"rate": 20, "seconds": 15}})
    assert served("DELETE", PATH).status_code == 204
    twins.run_twin(served.id)
    ended = served("GET", PATH).json()
    assert ended["state"] == "stopped"
    assert ended["sides"]["a"]["outcome"]["offered"] < 300
    assert start(served).status_code == 202


def test_one_twin_at_a_time(call: Any) -> None:
    assert start(call).status_code == 202
    refused = start(call)
    assert refused.status_code == 409
    assert refused["Content-Type"] == "application/problem+json"
    assert "under way" in refused.json()["detail"]
    assert call("POST", "/api/playground/rush", {"rate": 1, "seconds": 1}).status_code == 202


def test_twins_and_rushes_share_the_servers_capacity(call: Any, client: Client) -> None:
    rush = {"rush": {"rate": 25, "seconds": 10}}
    codes = [start(Caller(client), rush).status_code for _ in range(5)]
    assert codes == [202, 202, 202, 202, 429]
    assert Playground.objects.exclude(twin_of=None).count() == 8


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"a": {"design": {"acks": "early"}}}, "a.design.acks"),
        ({"b": {"design": {"preset": "textbook"}}}, "b.design.preset"),
        ({"b": {"design": {"timeout_ms": 1}}}, "b.design.timeout_ms"),
        ({"faults": [{"kind": "kill", "target": "nobody"}]}, "faults.0"),
        ({"steps": []}, "steps"),
        ({"steps": [{"press": "order"}, {"design": {"x": 1}}]}, "a.design.x"),
    ],
)
def test_an_invalid_field_of_a_fault_is_named(call: Any, more: dict[str, Any], field: str) -> None:
    refused = start(call, **more)
    assert refused.status_code == 422
    assert field in [error["field"] for error in refused.json()["errors"]]
    assert not Playground.objects.exclude(twin_of=None).exists()


def test_before_the_first_twin_showing_it_is_a_404(call: Any) -> None:
    assert call("GET", PATH).status_code == 404
    assert call("DELETE", PATH).status_code == 204


def test_a_twin_whose_worker_has_died_is_shown_as_failed(call: Any, monkeypatch: Any) -> None:
    start(call)
    later = bootstrap.parts().clock.now() + 3600
    monkeypatch.setattr(type(bootstrap.parts().clock), "now", lambda self: later)
    shown = twins.shown(Playground.objects.get(id=call.id))
    assert shown is not None
    assert (shown["state"], shown["reason"]) == ("failed", "its worker has gone")


def test_of_many_twins_that_are_started_at_once_one_begins(call: Any) -> None:
    answers: Any = at_once([lambda: start(call)] * 5)
    assert sorted(answer.status_code for answer in answers) == [202] + [409] * 4
    assert Playground.objects.exclude(twin_of=None).count() == 2


def test_a_twin_whose_worker_reports_no_more_has_failed_and_the_next_may_begin(
    call: Any, redis: Redis
) -> None:
    begun = start(call).json()
    redis.delete(f"inflight:{call.id}:twin:alive")
    shown = call("GET", PATH).json()
    assert (shown["state"], shown["reason"]) == ("failed", "no worker has begun it")
    twins.twins().report(call.id, begun["run"], {"state": "running"})
    redis.delete(f"inflight:{call.id}:twin:alive")
    shown = call("GET", PATH).json()
    assert (shown["state"], shown["reason"]) == ("failed", "its worker has gone")
    assert start(call).status_code == 202


@pytest.mark.parametrize("field", ["plan", "about", "progress", "run"])
def test_a_twin_that_another_version_has_stored_is_none(
    call: Any, redis: Redis, field: str
) -> None:
    start(call)
    redis.hdel(f"inflight:{call.id}:twin", field)
    assert call("GET", PATH).status_code == 404


def test_an_outcome_that_another_version_has_stored_is_left_out(call: Any) -> None:
    begun = start(call).json()
    progress = {"state": "done", "sides": {"a": {"offered": 1}}}
    twins.twins().report(call.id, begun["run"], progress)
    shown = call("GET", PATH).json()
    assert (shown["state"], shown["sides"]["a"]["outcome"]) == ("done", None)


def test_a_sides_design_is_a_patch_on_the_learners_current_one(call: Any) -> None:
    call("PATCH", "/api/playground/design", {"outbox": False})
    start(call, **EARLY_AND_LATE)
    sides = twins.sides_of(Playground.objects.get(id=call.id))
    assert (sides["a"].design["ack"], sides["a"].design["outbox"]) == ("early", False)
    assert (sides["b"].design.get("ack", "late"), sides["b"].design["outbox"]) == ("late", False)
