"""Dead letters in the control API: listed, replayed and discarded, each with a record."""

from typing import Any

import pytest

from playground.api.tests.test_ingress import ORDER, choose, inject, row
from playground.bootstrap import parts
from playground.models import Effect, Playground


def notes(call: Any, name: str) -> list[dict[str, Any]]:
    records = call("GET", "/api/playground/records").json()["records"]
    return [r for r in records if (r["kind"], r["name"]) == ("note", name)]


def listed(call: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = call("GET", "/api/playground/dead-letters").json()["dead_letters"]
    return found


def dead_letter_orders(call: Any, *services: str, orders: int) -> list[dict[str, Any]]:
    """Dead-letter so many orders at these services (default: restaurant); then clear all faults."""
    for service in services or ("restaurant",):
        inject(call, "schema", service)
    for _ in range(orders):
        call("POST", "/api/orders", ORDER)
    call.work()
    call("DELETE", "/api/playground/faults")
    return listed(call)


def test_a_dead_letter_is_listed_replayed_and_recorded(call: Any) -> None:
    inject(call, "schema", "restaurant", limit=1)
    call("POST", "/api/orders", ORDER)
    call.work()
    assert row(call, "TicketPrinted")["dead"] == 1
    [dead_letter] = call("GET", "/api/playground/dead-letters").json()["dead_letters"]
    assert (dead_letter["service"], dead_letter["name"]) == ("restaurant", "OrderPlaced")
    assert "without the field" in dead_letter["reason"]
    assert dead_letter["event"]["type"] == "delivery.order.placed.v1"

    call("DELETE", "/api/playground/faults")
    replayed = call("POST", "/api/playground/dead-letters/replay", {"id": dead_letter["id"]})
    assert replayed.json() == {"replayed": 1}
    call.work()
    assert (row(call, "TicketPrinted")["actual"], row(call, "TicketPrinted")["dead"]) == (1, 0)
    [note] = notes(call, "OrderPlaced replayed")
    assert (note["target"], note["message"]) == ("restaurant", dead_letter["event"]["id"])
    assert note["trace"] == dead_letter["trace"]


def test_a_dead_letter_is_discarded_with_a_reason(call: Any) -> None:
    inject(call, "schema", "restaurant")
    call("POST", "/api/orders", ORDER)
    call.work()
    [dead_letter] = call("GET", "/api/playground/dead-letters").json()["dead_letters"]
    address = f"/api/playground/dead-letters/{dead_letter['id']}"
    assert call("DELETE", address).status_code == 422, "a reason is needed"
    assert call("DELETE", f"{address}?reason=a+test").status_code == 204
    assert call("DELETE", f"{address}?reason=a+test").status_code == 404
    assert row(call, "TicketPrinted")["lost"] == 1
    [note] = notes(call, "OrderPlaced discarded")
    assert note["data"]["reason"] == "a test"
    assert (note["target"], note["message"]) == ("restaurant", dead_letter["event"]["id"])


def test_a_dead_letter_has_its_attempts_and_its_trace(call: Any) -> None:
    choose(call, delivery_retry={"policy": "immediate", "attempts": 3})
    inject(call, "errors", "restaurant")
    placed = call("POST", "/api/orders", ORDER)
    call.work()
    [dead_letter] = listed(call)
    assert dead_letter["attempts"] == 3
    assert dead_letter["reason"].startswith("attempt 3 was the last: ")
    assert dead_letter["trace"] == placed["traceresponse"].split("-")[1]
    assert dead_letter["subject"] == f"order/{placed.json()['id']}"


def test_one_of_several_dead_letters_is_replayed_and_the_others_stay(call: Any) -> None:
    dead_letters = dead_letter_orders(call, orders=3)
    chosen = dead_letters[1]
    answer = call("POST", "/api/playground/dead-letters/replay", {"id": chosen["id"]})
    assert answer.json() == {"replayed": 1}
    call.work()
    left = [dead_letter["id"] for dead_letter in listed(call)]
    assert left == [dead_letter["id"] for dead_letter in dead_letters if dead_letter is not chosen]
    [ticket] = Effect.objects.filter(name="TicketPrinted")
    assert ticket.subject == chosen["subject"]
    assert len(notes(call, "OrderPlaced replayed")) == 1


def test_all_dead_letters_of_all_subscribers_are_replayed_at_once(call: Any) -> None:
    dead_letters = dead_letter_orders(call, "restaurant", "notification", orders=3)
    assert len(dead_letters) == 6
    answer = call("POST", "/api/playground/dead-letters/replay", {})
    assert answer.json() == {"replayed": 6}
    call.work()
    assert listed(call) == []
    assert len(notes(call, "OrderPlaced replayed")) == 6
    for effect in ("TicketPrinted", "EmailSent"):
        assert (row(call, effect)["actual"], row(call, effect)["doubled"]) == (3, 0)


def test_dead_letters_that_are_not_listed_are_counted_and_can_be_replayed(
    call: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("playground.control.dead_letters.MOST_LISTED", 2)
    inject(call, "schema", "restaurant")
    for _ in range(5):
        call("POST", "/api/orders", ORDER)
    call.work()
    [playground] = Playground.objects.all()
    *_, newest = parts().broker.dead_letters(playground.id, "restaurant", 100)
    listed = call("GET", "/api/playground/dead-letters").json()
    assert (len(listed["dead_letters"]), listed["not_listed"]) == (2, 3)

    address = f"/api/playground/dead-letters/restaurant_{newest.id}"
    assert call("DELETE", f"{address}?reason=a+test").status_code == 204
    call("DELETE", "/api/playground/faults")
    replay = call("POST", "/api/playground/dead-letters/replay", {"id": ""})
    assert replay.json() == {"replayed": 4}
    call.work()
    assert row(call, "TicketPrinted")["actual"] == 4


def test_replaying_none_is_not_an_error_and_an_unknown_id_is_a_404(call: Any) -> None:
    replay = "/api/playground/dead-letters/replay"
    assert call("POST", replay, {"id": ""}).json() == {"replayed": 0}
    assert call("POST", replay, {"id": "restaurant_1-1"}).status_code == 404


def test_a_reason_of_which_nothing_can_be_seen_is_none(call: Any) -> None:
    for reason in ("%E2%80%8B", "%20%20", "%E3%85%A4"):
        answer = call("DELETE", f"/api/playground/dead-letters/x?reason={reason}")
        assert answer.status_code == 422
