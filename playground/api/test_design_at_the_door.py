"""The design at the gateway's door: slots, back-pressure, idempotency keys; and dead letters."""

from typing import Any

import pytest

from playground import dead_letters
from playground.bootstrap import runtime
from playground.delivery.request_slots import request_slots
from playground.models import Order, Playground

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
    assert Order.objects.count() == 1
    assert row(call, "CardAuthorized")["actual"] == 1
    assert row(call, "CardAuthorized")["doubled"] == 0


def test_a_key_that_the_design_does_not_honour_is_two_orders(call: Any) -> None:
    choose(call, idempotency_key=False)
    locations = {call("POST", "/api/orders", ORDER, **KEY)["Location"] for _ in range(2)}
    assert len(locations) == 2


def test_the_same_key_with_another_order_is_refused(call: Any) -> None:
    call("POST", "/api/orders", ORDER, **KEY)
    refused = call("POST", "/api/orders", ORDER | {"restaurant": 2}, **KEY)
    assert refused.status_code == 422
    assert Order.objects.count() == 1


def test_after_an_answer_that_got_lost_a_polite_retry_charges_once(call: Any) -> None:
    """The lesson: an order that failed for the customer, asked for again with its key."""
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


def test_when_every_slot_is_taken_the_rest_are_told_to_come_back(call: Any) -> None:
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
    codes = [call("POST", "/api/orders", ORDER).status_code for _ in range(3)]
    assert codes == [202, 202, 503]
    assert Order.objects.count() == 2
    assert call("GET", "/api/users/1").status_code == 200, "only what would fill the queue"


def test_a_dead_letter_is_listed_replayed_and_recorded(call: Any) -> None:
    inject(call, "schema", "restaurant", limit=1)
    call("POST", "/api/orders", ORDER)
    call.work()
    assert row(call, "TicketPrinted")["dead"] == 1
    [letter] = call("GET", "/api/playground/dead-letters").json()["dead_letters"]
    assert (letter["service"], letter["name"]) == ("restaurant", "OrderPlaced")
    assert "without the field" in letter["reason"]
    assert letter["event"]["type"] == "delivery.order.placed.v1"

    call("DELETE", "/api/playground/faults")
    replayed = call("POST", "/api/playground/dead-letters/replay", {"id": letter["id"]})
    assert replayed.json() == {"replayed": 1}
    call.work()
    assert (row(call, "TicketPrinted")["actual"], row(call, "TicketPrinted")["dead"]) == (1, 0)
    names = [r["name"] for r in call("GET", "/api/playground/records").json()["records"]]
    assert "OrderPlaced replayed" in names


def test_a_dead_letter_is_discarded_with_a_reason(call: Any) -> None:
    inject(call, "schema", "restaurant")
    call("POST", "/api/orders", ORDER)
    call.work()
    [letter] = call("GET", "/api/playground/dead-letters").json()["dead_letters"]
    address = f"/api/playground/dead-letters/{letter['id']}"
    assert call("DELETE", address).status_code == 422, "a reason is needed"
    assert call("DELETE", f"{address}?reason=a+test").status_code == 204
    assert call("DELETE", f"{address}?reason=a+test").status_code == 404
    assert row(call, "TicketPrinted")["lost"] == 1


def test_dead_letters_that_are_not_listed_are_counted_and_within_reach(
    call: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dead_letters, "MOST_LISTED", 2)
    inject(call, "schema", "restaurant")
    for _ in range(5):
        call("POST", "/api/orders", ORDER)
    call.work()
    [playground] = Playground.objects.all()
    *_, newest = runtime().broker.dead_letters(playground.id, "restaurant", 100)
    listed = call("GET", "/api/playground/dead-letters").json()
    assert (len(listed["dead_letters"]), listed["not_listed"]) == (2, 3)

    address = f"/api/playground/dead-letters/restaurant_{newest.id}"
    assert call("DELETE", f"{address}?reason=a+test").status_code == 204
    call("DELETE", "/api/playground/faults")
    replay = call("POST", "/api/playground/dead-letters/replay", {"id": ""})
    assert replay.json() == {"replayed": 4}
    call.work()
    assert row(call, "TicketPrinted")["actual"] == 4


def test_replaying_nothing_is_no_error_and_a_stranger_is_unknown(call: Any) -> None:
    replay = "/api/playground/dead-letters/replay"
    assert call("POST", replay, {"id": ""}).json() == {"replayed": 0}
    assert call("POST", replay, {"id": "restaurant_1-1"}).status_code == 404


def test_a_fault_that_can_hit_nothing_says_why(call: Any) -> None:
    choose(call, styles={"orders->restaurant": "call"})
    fault = inject(call, "duplicate", "restaurant")
    assert "flip an arrow" in fault["hint"]
    assert inject(call, "errors", "crm")["hint"] == "Press Register."
    assert "add it" in inject(call, "errors", "loyalty")["hint"]


def test_a_fault_that_was_to_hit_the_next_message_says_when_it_has(call: Any) -> None:
    fault = inject(call, "errors", "notification", limit=1)
    assert (fault["is_spent"], fault["hint"]) == (False, "Press Place order.")
    call("POST", "/api/orders", ORDER)
    call.work()
    [fault] = call("GET", "/api/playground").json()["faults"]
    assert (fault["hits"], fault["is_spent"]) == (1, True)
    assert "touches nothing else" in fault["hint"]


def test_a_fault_is_not_put_where_it_cannot_be(call: Any) -> None:
    wish = {"kind": "broker_down", "target": "menu"}
    refused = call("POST", "/api/playground/faults", wish)
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["field"] == "target"


def test_a_preset_is_taken_with_one_request(call: Any) -> None:
    choose(call, preset="careless async")
    design = call("GET", "/api/playground").json()["design"]
    assert (design["ack"], design["outbox"]) == ("early", False)
    assert call("PATCH", "/api/playground/design", {"preset": "wishful"}).status_code == 422


def test_the_seed_of_a_fault_picks_the_same_victims_again(call: Any) -> None:
    def outcomes() -> list[int]:
        inject(call, "errors", "menu", percentage=50, seed=11)
        return [call("POST", "/api/orders", ORDER).status_code for _ in range(12)]

    assert outcomes() == outcomes()
    assert set(outcomes()) == {202, 502}


def test_a_design_that_stays_what_it_was_is_no_change(call: Any) -> None:
    call("PATCH", "/api/playground/design", {"ack": "early"})
    call("PATCH", "/api/playground/design", {"ack": "early"})

    records = call("GET", "/api/playground/records").json()["records"]
    assert [r["name"] for r in records if r["kind"] == "note"] == ["DesignChanged"]
