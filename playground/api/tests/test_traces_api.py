from typing import Any

from .test_company_api import ORDER


def test_the_source_of_a_handler_can_be_read(call: Any) -> None:
    shown = call("GET", "/api/playground/handlers/restaurant/OrderPlaced").json()

    assert shown["symbol"] == "take_order"
    assert shown["file"] == "playground/company/services/restaurant.py"
    assert shown["source"].startswith("def take_order(event: OrderPlaced")
    assert shown["first_line"] > 1


def test_an_unknown_handler_is_a_problem(call: Any) -> None:
    for path in ("restaurant/UserRegistered", "nobody/OrderPlaced", "restaurant/__init__"):
        answer = call("GET", f"/api/playground/handlers/{path}")

        assert answer.status_code == 404
        assert answer["Content-Type"] == "application/problem+json"
        assert answer.json()["next"]


def test_all_records_of_a_trace_can_be_read(call: Any) -> None:
    trace = call("POST", "/api/orders", ORDER)["traceresponse"].split("-")[1]
    call("GET", "/api/restaurants")
    call.work()

    records = call("GET", f"/api/playground/traces/{trace}/records").json()["records"]

    everything = call("GET", "/api/playground/records").json()["records"]
    assert records == [r for r in everything if r.get("trace") == trace]
    assert len(records) > 20


def test_an_unknown_trace_is_a_problem(call: Any) -> None:
    assert call("GET", f"/api/playground/traces/{'0' * 32}/records").status_code == 404


def test_a_delivery_records_its_replica_and_a_request_its_command(call: Any) -> None:
    call("POST", "/api/orders", ORDER)
    call.work()

    records = call("GET", "/api/playground/records").json()["records"]
    taken = [r for r in records if r["kind"] == "deliver"]
    assert taken
    assert all(r["data"]["replica"] == 1 for r in taken)
    assert records[0]["data"]["command"] == "PlaceOrder"
