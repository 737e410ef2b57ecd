"""The ingress: request slots, back-pressure, idempotency keys, faults at the gateway."""

from typing import Any

import pytest

from playground.bootstrap import parts
from playground.calls.bulkhead import request_slots
from playground.models import AnsweredRequest, Order

ORDER = {
    "user": 1,
    "restaurant": 1,
    "items": [{"dish": "margherita", "quantity": 2}],
    "card": "4242 4242 4242 4242",
}
KEY = {"Idempotency-Key": "7b1c"}


def choose(call: Any, **choices: Any) -> None:
    assert call("PATCH", "/api/playground/design", choices).status_code == 200


def inject(call: Any, kind: str, target: str, **more: Any) -> Any:
    answer = call("POST", "/api/playground/faults", {"kind": kind, "target": target, **more})
    assert answer.status_code == 201, answer.content
    return answer.json()


def row(call: Any, effect: str) -> dict[str, Any]:
    rows = call("GET", "/api/playground/ledger").json()["rows"]
    return {line["effect"]: line for line in rows}[effect]


def test_a_repeated_request_with_the_same_key_is_the_same_order(call: Any) -> None:
    first, second = (call("POST", "/api/orders", ORDER, **KEY) for _ in range(2))
    assert first.status_code == second.status_code == 202
    assert first["Location"] == second["Location"]
    assert first.json() == second.json()
    assert Order.objects.count() == 1
    assert row(call, "CardAuthorized")["actual"] == 1
    assert row(call, "CardAuthorized")["doubled"] == 0


def test_with_keys_off_the_same_key_makes_two_orders(call: Any) -> None:
    choose(call, idempotency_key=False)
    locations = {call("POST", "/api/orders", ORDER, **KEY)["Location"] for _ in range(2)}
    assert len(locations) == 2
    assert Order.objects.count() == 2


def test_a_request_without_a_key_makes_a_new_order(call: Any) -> None:
    assert len({call("POST", "/api/orders", ORDER)["Location"] for _ in range(2)}) == 2


def test_a_second_request_with_a_key_gets_a_409_while_the_first_is_processed(call: Any) -> None:
    call("POST", "/api/orders", ORDER, **KEY)
    AnsweredRequest.objects.update(
        busy_until=parts().clock.now() + 60
    )  # as if the first request were still being processed
    refused = call("POST", "/api/orders", ORDER, **KEY)
    assert (refused.status_code, refused["Retry-After"]) == (409, "1")
    AnsweredRequest.objects.update(busy_until=parts().clock.now() - 1)  # as if its process had died
    assert call("POST", "/api/orders", ORDER, **KEY).status_code == 202
    assert Order.objects.count() == 1


def test_the_same_key_with_another_order_is_refused(call: Any) -> None:
    call("POST", "/api/orders", ORDER, **KEY)
    refused = call("POST", "/api/orders", ORDER | {"restaurant": 2}, **KEY)
    assert (refused.status_code, refused["Content-Type"]) == (422, "application/problem+json")
    assert Order.objects.count() == 1
    assert row(call, "CardAuthorized")["actual"] == 1


def test_after_a_lost_answer_a_retry_with_the_same_key_charges_once(call: Any) -> None:
    """A customer repeats an order after an error, with the same key."""
    inject(call, "reset", "orders", limit=1)
    assert call("POST", "/api/orders", ORDER, **KEY).status_code == 502
    assert call("POST", "/api/orders", ORDER, **KEY).status_code == 202
    assert Order.objects.count() == 1
    charges = row(call, "CardAuthorized")
    assert (charges["actual"], charges["doubled"], charges["unasked"]) == (1, 0, 0)


def test_without_a_key_the_same_retry_is_charged_twice(call: Any) -> None:
    inject(call, "reset", "orders", limit=1)
    call("POST", "/api/orders", ORDER)
    call("POST", "/api/orders", ORDER)
    assert Order.objects.count() == 2
    assert row(call, "CardAuthorized")["unasked"] == 1


def test_when_every_slot_is_taken_other_requests_get_a_503_with_retry_after(call: Any) -> None:
    choose(call, request_slots=1, timeout_ms=50)
    with request_slots.one_of(call.id, 1, 0):
        refused = call("POST", "/api/orders", ORDER)
    assert (refused.status_code, refused["Retry-After"]) == (503, "5")
    assert "1 request slots" in refused.json()["detail"]
    assert not Order.objects.exists()
    assert call("POST", "/api/orders", ORDER).status_code == 202


def test_a_full_queue_refuses_new_work_instead_of_promising_it(call: Any) -> None:
    choose(call, queue_bound=2)
    inject(call, "paused", "notification")
    answers = [call("POST", "/api/orders", ORDER) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [202, 202, 503]
    refused = answers[-1]
    assert (refused["Retry-After"], refused["Content-Type"]) == ("5", "application/problem+json")
    assert "has 2 messages waiting already" in refused.json()["detail"]
    assert Order.objects.count() == 2
    assert call("GET", "/api/users/1").status_code == 200, (
        "a request that adds nothing to the queue was refused"
    )


def test_a_full_queue_accepts_orders_again_once_it_is_shorter(call: Any) -> None:
    choose(call, queue_bound=1)
    assert [call("POST", "/api/orders", ORDER).status_code for _ in range(2)] == [202, 503]
    call.work()
    assert call("POST", "/api/orders", ORDER).status_code == 202


def test_a_queue_without_a_bound_accepts_every_order(call: Any) -> None:
    inject(call, "paused", "notification")
    assert {call("POST", "/api/orders", ORDER).status_code for _ in range(12)} == {202}


@pytest.mark.parametrize("status", [400, 401, 429, 500, 502, 503, 599])
def test_the_customer_gets_the_status_of_an_errors_fault_at_the_gateway(
    call: Any, status: int
) -> None:
    inject(call, "errors", "gateway", status=status)
    answer = call("POST", "/api/orders", ORDER)
    assert (answer.status_code, answer.json()["status"]) == (status, status)
    assert answer["Content-Type"] == "application/problem+json"
    assert ("Retry-After" in answer) == (status in (429, 503))
    assert ("WWW-Authenticate" in answer) == (status == 401)
    assert not Order.objects.exists()


def test_without_a_status_errors_are_a_500(call: Any) -> None:
    assert inject(call, "errors", "gateway")["status"] == 500
    assert call("GET", "/api/restaurants").status_code == 500


@pytest.mark.parametrize("status", [404, 502, 503])
def test_the_gateway_reports_the_status_of_an_errors_fault_at_a_callee(
    call: Any, status: int
) -> None:
    inject(call, "errors", "payments", status=status)
    answer = call("POST", "/api/orders", ORDER)
    assert answer.status_code == 502, "the gateway must not pass on the callee's status"
    assert f"payments answered {status}" in answer.json()["detail"]


@pytest.mark.parametrize("status", [200, 302, 399, 600, -1])
def test_an_error_has_the_status_of_an_error(call: Any, status: int) -> None:
    fault = {"kind": "errors", "target": "gateway", "status": status}
    refused = call("POST", "/api/playground/faults", fault)
    assert (refused.status_code, refused["Content-Type"]) == (422, "application/problem+json")
    assert [error["field"] for error in refused.json()["errors"]] == ["status"]
    assert call("GET", "/api/playground").json()["faults"] == []


def test_a_throttled_gateway_says_when_to_come_back(call: Any) -> None:
    fault = inject(call, "throttled", "gateway")
    answer = call("POST", "/api/orders", ORDER)
    assert (answer.status_code, answer["Retry-After"]) == (429, "5")
    assert not Order.objects.exists()
    call("DELETE", f"/api/playground/faults/{fault['id']}")
    assert call("POST", "/api/orders", ORDER).status_code == 202


def test_a_throttled_callee_makes_the_gateway_answer_503(call: Any) -> None:
    inject(call, "throttled", "payments")
    answer = call("POST", "/api/orders", ORDER)
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert "payments answered 429" in answer.json()["detail"]


def test_a_fault_lasts_two_minutes_by_default_and_half_an_hour_at_most(call: Any) -> None:
    now = parts().clock.now()
    assert inject(call, "errors", "menu")["ends_at"] - now == pytest.approx(120, abs=5)
    longest = inject(call, "errors", "menu", duration_s=1800)
    assert longest["ends_at"] - now == pytest.approx(1800, abs=5)
    fault = {"kind": "errors", "target": "menu", "duration_s": 1801}
    refused = call("POST", "/api/playground/faults", fault)
    assert refused.status_code == 422
    assert [error["field"] for error in refused.json()["errors"]] == ["duration_s"]
    [still_on] = call("GET", "/api/playground").json()["faults"]
    assert still_on["id"] == longest["id"]


def test_a_fault_that_can_hit_nothing_has_a_hint_that_says_why(call: Any) -> None:
    choose(call, styles={"orders->restaurant": "call"})
    fault = inject(call, "duplicate", "restaurant")
    assert "flip an arrow" in fault["hint"]
    assert inject(call, "errors", "crm")["hint"] == "Press Register."
    assert "add it" in inject(call, "errors", "loyalty")["hint"]


def test_a_fault_limited_to_the_next_message_is_spent_after_it(call: Any) -> None:
    fault = inject(call, "errors", "notification", limit=1)
    assert (fault["is_spent"], fault["hint"]) == (False, "Press Place order.")
    call("POST", "/api/orders", ORDER)
    call.work()
    [fault] = call("GET", "/api/playground").json()["faults"]
    assert (fault["hits"], fault["is_spent"]) == (1, True)
    assert "hits nothing else" in fault["hint"]


def test_a_fault_at_an_impossible_target_is_refused(call: Any) -> None:
    fault = {"kind": "broker_down", "target": "menu"}
    refused = call("POST", "/api/playground/faults", fault)
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["field"] == "target"


def test_a_preset_is_applied_with_one_request(call: Any) -> None:
    choose(call, preset="careless async")
    design = call("GET", "/api/playground").json()["design"]
    assert (design["ack"], design["outbox"]) == ("early", False)
    assert call("PATCH", "/api/playground/design", {"preset": "wishful"}).status_code == 422


def test_the_same_seed_of_a_fault_hits_the_same_messages(call: Any) -> None:
    def outcomes() -> list[int]:
        inject(call, "errors", "menu", percentage=50, seed=11)
        return [call("POST", "/api/orders", ORDER).status_code for _ in range(12)]

    assert outcomes() == outcomes()
    assert set(outcomes()) == {202, 502}


def test_an_unchanged_design_is_not_recorded(call: Any) -> None:
    call("PATCH", "/api/playground/design", {"ack": "early"})
    call("PATCH", "/api/playground/design", {"ack": "early"})

    records = call("GET", "/api/playground/records").json()["records"]
    assert [r["name"] for r in records if r["kind"] == "note"] == ["DesignChanged"]
