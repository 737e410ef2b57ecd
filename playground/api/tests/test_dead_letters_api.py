"""Dead letters at the control API: looked into, replayed, discarded; each is a record."""

from typing import Any

import pytest

from playground.api.tests.test_ingress import ORDER, choose, inject, row
from playground.bootstrap import parts
from playground.models import Effect, Playground


def notes(call: Any, name: str) -> list[dict[str, Any]]:
    records = call("GET", "/api/playground/records").json()["records"]
    return [r for r in records if (r["kind"], r["name"]) == ("note", name)]


def dead_letters(call: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = call("GET", "/api/playground/dead-letters").json()["dead_letters"]
    return found


def let_die(call: Any, *services: str, orders: int) -> list[dict[str, Any]]:
    """So many orders become dead letters at these (or the restaurant); then all is repaired."""
    for service in services or ("restaurant",):
        inject(call, "schema", service)
    for _ in range(orders):
        call("POST", "/api/orders", ORDER)
    call.work()
    call("DELETE", "/api/playground/faults")
    return dead_letters(call)


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
    [told] = notes(call, "OrderPlaced replayed")
    assert (told["target"], told["message"]) == ("restaurant", letter["event"]["id"])
    assert told["trace"] == letter["trace"]


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
    [told] = notes(call, "OrderPlaced discarded")
    assert told["data"]["reason"] == "a test"
    assert (told["target"], told["message"]) == ("restaurant", letter["event"]["id"])


def test_a_dead_letter_tells_how_often_it_was_tried_and_in_which_trace(call: Any) -> None:
    choose(call, delivery_retry={"policy": "immediate", "attempts": 3})
    inject(call, "errors", "restaurant")
    placed = call("POST", "/api/orders", ORDER)
    call.work()
    [letter] = dead_letters(call)
    assert letter["attempts"] == 3
    assert letter["reason"].startswith("attempt 3 was the last: ")
    assert letter["trace"] == placed["traceresponse"].split("-")[1]
    assert letter["subject"] == f"order/{placed.json()['id']}"


def test_one_of_several_dead_letters_is_replayed_and_the_others_stay(call: Any) -> None:
    letters = let_die(call, orders=3)
    chosen = letters[1]
    answer = call("POST", "/api/playground/dead-letters/replay", {"id": chosen["id"]})
    assert answer.json() == {"replayed": 1}
    call.work()
    left = [letter["id"] for letter in dead_letters(call)]
    assert left == [letter["id"] for letter in letters if letter is not chosen]
    [ticket] = Effect.objects.filter(name="TicketPrinted")
    assert ticket.subject == chosen["subject"]
    assert len(notes(call, "OrderPlaced replayed")) == 1


def test_all_dead_letters_of_all_subscribers_are_replayed_at_once(call: Any) -> None:
    letters = let_die(call, "restaurant", "notification", orders=3)
    assert len(letters) == 6
    answer = call("POST", "/api/playground/dead-letters/replay", {})
    assert answer.json() == {"replayed": 6}
    call.work()
    assert dead_letters(call) == []
    assert len(notes(call, "OrderPlaced replayed")) == 6
    for effect in ("TicketPrinted", "EmailSent"):
        assert (row(call, effect)["actual"], row(call, effect)["doubled"]) == (3, 0)


def test_dead_letters_that_are_not_listed_are_counted_and_within_reach(
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


def test_replaying_nothing_is_no_error_and_a_stranger_is_unknown(call: Any) -> None:
    replay = "/api/playground/dead-letters/replay"
    assert call("POST", replay, {"id": ""}).json() == {"replayed": 0}
    assert call("POST", replay, {"id": "restaurant_1-1"}).status_code == 404
