"""The control API: design, faults, reset, records, ledger, and authentication."""

import json
from typing import Any

import pytest
from django.test import Client

from playground.api.tests.test_company_api import ORDER, PROFILE


def promised(call: Any) -> dict[str, dict[str, Any]]:
    return {row["effect"]: row for row in call("GET", "/api/playground/ledger").json()["rows"]}


def test_a_playground_is_created_on_request(call: Any) -> None:
    state = call("GET", "/api/playground").json()
    assert state["id"] == call.id
    assert call.websocket.startswith("ws://")
    assert call.websocket.endswith(f"/ws/playground/?token={call.token}")
    assert {"design", "connections", "faults", "queues", "cursor"} <= state.keys()


def test_the_ledger_closes_after_orders_and_registrations(call: Any) -> None:
    call("POST", "/api/orders", ORDER)
    call("POST", "/api/users", PROFILE | {"email": "new@example.com", "password": "long enough"})
    assert promised(call)["EmailSent"] == {
        "effect": "EmailSent", "says": "receipts mailed",
        "expected": 1, "actual": 0, "lost": 0, "doubled": 0, "pending": 1,
        "dead": 0, "unasked": 0,
    }  # fmt: skip
    call.work()
    not_owed = {"PaymentRefunded", "ApologySent", "AccountOpened", "PointsGiven"}
    for row in promised(call).values():
        assert (row["lost"], row["doubled"], row["pending"]) == (0, 0, 0), row
        assert row["expected"] == row["actual"] == (row["effect"] not in not_owed), row


def test_a_refused_order_promises_nothing(call: Any) -> None:
    call("POST", "/api/orders", ORDER | {"card": "4000 0000 0000 0002"})
    assert promised(call)["OrderStored"]["expected"] == 0


def test_records_can_be_read_in_pages_without_a_gap(call: Any) -> None:
    call("POST", "/api/orders", ORDER)
    call.work()
    everything = call("GET", "/api/playground/records").json()["records"]
    pages, cursor = [], "0-0"
    while page := call("GET", f"/api/playground/records?after={cursor}&limit=7").json():
        if not page["records"]:
            break
        pages += page["records"]
        cursor = page["cursor"]
    assert pages == everything
    assert len(everything) > 30
    ids = [tuple(map(int, r["id"].split("-"))) for r in everything]
    assert ids == sorted(set(ids))


def test_a_fault_is_switched_on_counted_and_switched_off(call: Any) -> None:
    fault = {"kind": "unreachable", "target": "users", "duration_s": 60}
    made = call("POST", "/api/playground/faults", fault)
    assert made.status_code == 201
    assert call("GET", "/api/users/1").status_code == 502
    [active] = call("GET", "/api/playground").json()["faults"]
    assert (active["id"], active["hits"], active["scope"]) == (made.json()["id"], 1, "playground")
    assert call("DELETE", f"/api/playground/faults/{active['id']}").status_code == 204
    assert call("GET", "/api/users/1").status_code == 200
    assert call("DELETE", f"/api/playground/faults/{active['id']}").status_code == 404


def test_all_faults_are_switched_off_with_one_request(call: Any) -> None:
    for target in ("users", "menu"):
        call("POST", "/api/playground/faults", {"kind": "unreachable", "target": target})
    assert call("DELETE", "/api/playground/faults").status_code == 204
    assert call("GET", "/api/playground").json()["faults"] == []


def test_a_latency_beyond_the_time_out_is_a_504_that_warns_before_a_retry(call: Any) -> None:
    call("PATCH", "/api/playground/design", {"timeout_ms": 50})
    call("POST", "/api/playground/faults", {"kind": "latency", "target": "users", "ms": 200})
    answer = call("PUT", "/api/users/1", PROFILE)
    assert answer.status_code == 504
    assert "may have been done" in answer.json()["next"]


def test_an_unreachable_gateway_is_a_503(call: Any) -> None:
    call("POST", "/api/playground/faults", {"kind": "unreachable", "target": "gateway"})
    assert call("GET", "/api/restaurants").status_code == 503


def test_an_error_says_what_was_done_before_it(call: Any) -> None:
    call("POST", "/api/playground/faults", {"kind": "unreachable", "target": "orders"})
    problem = call("POST", "/api/orders", ORDER).json()
    assert problem["status"] == 502
    assert problem["kept"].startswith("Done before it failed: CardAuthorized")


OUT_OF_BOUNDS: list[tuple[str, Any, str]] = [
    ("replicas", {"restaurant": 0}, "replicas.restaurant"),
    ("replicas", {"restaurant": 9}, "replicas.restaurant"),
    ("service_time_ms", {"restaurant": -1}, "service_time_ms.restaurant"),
    ("service_time_ms", {"restaurant": 10_001}, "service_time_ms.restaurant"),
    ("service_time_spread", {"restaurant": -0.1}, "service_time_spread.restaurant"),
    ("service_time_spread", {"restaurant": 1.6}, "service_time_spread.restaurant"),
    ("timeout_ms", 49, "timeout_ms"),
    ("timeout_ms", 30_001, "timeout_ms"),
    ("request_slots", 0, "request_slots"),
    ("request_slots", 201, "request_slots"),
    ("queue_bound", 0, "queue_bound"),
    ("queue_bound", 10_001, "queue_bound"),
    ("kitchen_capacity", -1, "kitchen_capacity"),
    ("kitchen_capacity", 1_001, "kitchen_capacity"),
    ("ack", "never", "ack"),
    ("outbox", "maybe", "outbox"),
    ("subscribers", {"orders": False}, "subscribers.orders"),
    ("breaker", {"failures": 0}, "breaker.failures"),
    ("breaker", {"failures": 101}, "breaker.failures"),
    ("breaker", {"open_ms": 99}, "breaker.open_ms"),
    ("breaker", {"open_ms": 60_001}, "breaker.open_ms"),
    ("breaker", {"colour": "red"}, "breaker.colour"),
    *(
        (which, {part: value}, f"{which}.{part}")
        for which in ("call_retry", "delivery_retry")
        for part, value in (
            ("policy", "hopeful"),
            ("attempts", 0),
            ("attempts", 51),
            ("base_ms", 0),
            ("base_ms", 60_001),
            ("cap_ms", 0),
            ("cap_ms", 60_001),
            ("colour", "blue"),
        )
    ),
]


@pytest.mark.parametrize(
    ("method", "path", "body", "field"),
    [
        ("POST", "faults", {"kind": "meteor", "target": "users"}, "kind"),
        ("POST", "faults", {"kind": "latency", "target": "customer"}, "target"),
        ("POST", "faults", {"kind": "latency", "target": "users", "ms": -5}, "ms"),
        ("POST", "faults", {"kind": "latency", "target": "users", "duration_s": 1e9}, "duration_s"),
        ("POST", "faults", {"kind": "latency", "target": "users", "why": "x"}, "why"),
        ("PATCH", "design", {"styles": {"gateway->menu": "text"}}, "styles.gateway->menu"),
        ("PATCH", "design", {"styles": None}, "styles"),
        ("PATCH", "design", {"colour": "blue"}, "colour"),
        ("PATCH", "design", {"timeout_ms": 5, "styles": {"users->crm": "call"}}, "timeout_ms"),
        *(("PATCH", "design", {name: value}, field) for name, value, field in OUT_OF_BOUNDS),
    ],
)
def test_an_invalid_choice_is_named_and_nothing_changes(
    call: Any, method: str, path: str, body: Any, field: str
) -> None:
    before = call("GET", "/api/playground").json()
    answer = call(method, f"/api/playground/{path}", body)
    assert answer.status_code == 422, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    assert field in [e["field"] for e in answer.json()["errors"]]
    assert call("GET", "/api/playground").json() == before


@pytest.mark.parametrize("query", ["after=nonsense", "limit=0", "limit=5000", "after=1-2-3"])
def test_a_malformed_cursor_is_refused(call: Any, query: str) -> None:
    assert call("GET", f"/api/playground/records?{query}").status_code == 422


def test_reset_deletes_everything(call: Any) -> None:
    call("PATCH", "/api/playground/design", {"styles": {"gateway->users": "text"}})
    call("POST", "/api/playground/faults", {"kind": "unreachable", "target": "notification"})
    order = call("POST", "/api/orders", ORDER)
    fresh = call("POST", "/api/playground/reset").json()
    assert fresh["faults"] == []
    assert fresh["design"]["styles"]["gateway->users"] == "call"
    assert all(depth["ready"] == 0 for depth in fresh["queues"].values())
    assert call("GET", order["Location"]).status_code == 404
    names = [r["name"] for r in call("GET", "/api/playground/records").json()["records"]]
    assert names[0] == "Reset"
    assert promised(call)["OrderStored"]["expected"] == 0


def test_the_topology_is_mermaid_and_follows_the_design(call: Any) -> None:
    before = call("GET", "/api/playground/topology.mmd").content.decode()
    assert before.startswith("flowchart LR")
    assert "gateway gateway__users@--> users" in before
    call("PATCH", "/api/playground/design", {"styles": {"gateway->users": "text"}})
    after = call("GET", "/api/playground/topology.mmd?direction=TB").content.decode()
    assert after.startswith("flowchart TB")
    assert "q_users q_users__users@-.-> users" in after


def test_a_trace_is_a_sequence_diagram(call: Any) -> None:
    placed = call("POST", "/api/orders", ORDER)
    trace = placed["traceresponse"].split("-")[1]
    call.work()
    text = call("GET", f"/api/playground/traces/{trace}/sequence.mmd").content.decode()
    assert text.startswith("sequenceDiagram")
    assert "customer->>gateway: POST /api/orders" in text
    assert "orders-)broker: OrderPlaced" in text
    assert "broker-)notification: OrderPlaced" in text
    assert call("GET", f"/api/playground/traces/{'0' * 32}/sequence.mmd").status_code == 404


def test_a_poll_without_a_playground_is_refused(call: Any) -> None:
    client = Client()
    answer = client.get("/api/playground")
    assert (answer.status_code, answer["Content-Type"]) == (401, "application/problem+json")
    assert answer["WWW-Authenticate"].startswith("Bearer")
    assert "POST /api/playgrounds" in answer.json()["next"]


def test_an_invalid_token_is_refused_even_with_a_session(call: Any) -> None:
    browser = Client()
    browser.post("/playground/")
    assert browser.get("/api/playground").status_code == 200
    headers = {"Authorization": "Bearer invented"}
    assert browser.get("/api/playground", headers=headers).status_code == 401


def test_two_sessions_have_two_playgrounds(call: Any) -> None:
    one, two = Client(), Client()
    ids = set()
    for browser in (one, two):
        browser.post("/playground/")
        ids.add(browser.get("/api/playground").json()["id"])
    assert len(ids) == 2


def test_an_order_of_another_playground_is_a_404(call: Any) -> None:
    order = call("POST", "/api/orders", ORDER).json()["id"]
    browser = Client()
    browser.post("/playground/")
    assert browser.get(f"/api/orders/{order}").status_code == 404


def test_a_session_needs_its_csrf_token_to_change_anything(call: Any) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.get("/lessons/a-phone-call/")
    refused = browser.post("/api/orders", json.dumps(ORDER), content_type="application/json")
    assert (refused.status_code, refused["Content-Type"]) == (403, "application/problem+json")
    token = browser.cookies["csrftoken"].value
    accepted = browser.post(
        "/api/orders", json.dumps(ORDER), content_type="application/json",
        headers={"X-CSRFToken": token},
    )  # fmt: skip
    assert accepted.status_code == 202


@pytest.mark.parametrize("body", ["nonsense", "--x\r\n\r\n--x--\r\n"])
def test_a_form_gets_a_problem_that_asks_for_json(call: Any, body: str) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.get("/sandbox/")
    answer = browser.post(
        "/api/orders", body, content_type="multipart/form-data; boundary=x",
        headers={"X-CSRFToken": browser.cookies["csrftoken"].value},
    )  # fmt: skip
    assert (answer.status_code, answer["Content-Type"]) == (415, "application/problem+json")
    assert answer.json()["next"] == "Send it as application/json."


def test_a_session_gets_a_token_for_scripts(call: Any) -> None:
    browser = Client()
    browser.post("/playground/")
    token = browser.post("/playground/token/").json()["token"]
    script = Client(headers={"Authorization": f"Bearer {token}"})
    assert script.get("/api/playground").json()["id"] == browser.get("/api/playground").json()["id"]


def test_creating_playgrounds_is_rate_limited(call: Any, settings: Any) -> None:
    """By the address from which the request has come, whatever its headers say."""
    answers = [
        Client(REMOTE_ADDR="203.0.113.8").post(
            "/api/playgrounds", headers={"X-Forwarded-For": f"10.0.0.{n}"}
        )
        for n in range(61)
    ]
    assert [answer.status_code for answer in answers[:60]] == [201] * 60
    assert answers[-1].status_code == 429
    assert int(answers[-1]["Retry-After"]) > 0
    elsewhere = Client(REMOTE_ADDR="203.0.113.9")
    assert elsewhere.post("/api/playgrounds").status_code == 201


def test_every_example_in_the_openapi_document_works_on_a_fresh_playground(call: Any) -> None:
    document = call("GET", "/api/openapi.json").json()
    tried = 0
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            body = operation.get("requestBody")
            if not body:
                continue
            schema = body["content"]["application/json"]["schema"]
            name = schema["$ref"].rsplit("/", 1)[1]
            example = document["components"]["schemas"][name]["example"]
            call("POST", "/api/playground/reset")
            answer = call(method.upper(), path.replace("{id}", "1"), example)
            assert answer.status_code < 300, (path, example, answer.content)
            tried += 1
    assert tried == 10


def test_the_documentation_lists_every_path_of_the_api(call: Any) -> None:
    paths = call("GET", "/api/openapi.json").json()["paths"]
    assert set(paths) == {
        "/api/users/{id}", "/api/users", "/api/sessions", "/api/restaurants",
        "/api/restaurants/{id}/menu", "/api/orders", "/api/orders/{id}", "/api/playgrounds",
        "/api/playground", "/api/playground/design", "/api/playground/faults",
        "/api/playground/records.jsonl", "/api/playground/records.csv", "/api/playground/metrics",
        "/api/playground/faults/{id}", "/api/playground/reset", "/api/playground/records",
        "/api/playground/topology.mmd", "/api/playground/traces/{trace}/sequence.mmd",
        "/api/playground/traces/{trace}/records", "/api/playground/handlers/{service}/{message}",
        "/api/playground/ledger", "/api/playground/dead-letters",
        "/api/playground/dead-letters/replay", "/api/playground/dead-letters/{id}",
        "/api/playground/rush", "/api/playground/storm", "/api/playground/twin",
    }  # fmt: skip


def test_the_human_docs_fetch_nothing_from_elsewhere(client: Client) -> None:
    page = client.get("/api/docs")
    assert page.status_code == 200
    for part in ("https://", "http://", "//cdn"):
        assert part not in page.content.decode().replace("http://testserver", "")


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("twin", r'{"steps":[{"press":"register","with":{"name":"\ud800"}}]}'),
        ("twin", r'{"steps":[{"press":"register","with":{"\udfff":1}}]}'),
        ("twin", r'{"a":{"design":{"\ud800":1}},"steps":[{"press":"order"}]}'),
        ("twin", '{"steps":[{"press":"order","with":{"a":%s}}]}' % ("[" * 40 + "]" * 40)),
        ("twin", '{"steps":[{"press":"order","with":{"a":%s}}]}' % ("9" * 4000)),
        ("twin", '{"steps":[{"press":"order","with":{"a":"%s"}}]}' % ("x" * 5000)),
        ("twin", '{"steps":%s}' % ("[" * 30_000)),
        ("rush", r'{"action":"\ud800"}'),
        ("faults", r'{"kind":"errors","target":"\u0000"}'),
        ("faults", r'{"kind":"errors","target":"orders","seed":%s}' % ("9" * 30)),
        ("storm", '{"seconds":1e400}'),
    ],
)
def test_a_body_that_cannot_be_kept_is_a_422(call: Any, path: str, body: str) -> None:
    answer = call._client.generic(
        "POST", f"/api/playground/{path}", body, content_type="application/json",
        headers={"Authorization": f"Bearer {call.token}"},
    )  # fmt: skip
    assert (answer.status_code, answer["Content-Type"]) == (422, "application/problem+json")
    assert answer.json()["detail"]
    assert answer.json()["next"]


@pytest.mark.parametrize(
    "query",
    [
        "records?after=99999999999999999999", "records?after=18446744073709551615-1",
        f"records?after=1-{2**63}", "records?after=%D9%A1-0", "records?after=1-0%0A",
        "records?limit=%D9%A1", "records?limit=" + "9" * 5000, "records?limit=1e1",
    ],
)  # fmt: skip
def test_a_cursor_or_a_limit_that_is_none_is_the_clients_mistake(call: Any, query: str) -> None:
    answer = call("GET", f"/api/playground/{query}")
    assert (answer.status_code, answer["Content-Type"]) == (422, "application/problem+json")


@pytest.mark.parametrize(
    "number", ["0", "2147483648", "9223372036854775808", "9" * 400, "9" * 5000]
)
def test_a_number_in_an_address_that_nobody_has_is_a_404(call: Any, number: str) -> None:
    assert call("GET", f"/api/users/{number}").status_code == 404
    assert call("PUT", f"/api/users/{number}", PROFILE).status_code == 404
    assert call("GET", f"/api/restaurants/{number}/menu").status_code == 404


@pytest.mark.parametrize("one", [True, "1", 1.0])
@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("faults", {"kind": "kill", "target": "orders"}, "seed"),
        ("storm", {"kinds": ["kill"]}, "seed"),
        ("rush", {"rate": 1}, "seconds"),
        ("twin", {"steps": [{"press": "order"}]}, "seed"),
    ],
)
def test_only_a_number_is_a_number(
    call: Any, path: str, body: dict[str, Any], field: str, one: Any
) -> None:
    answer = call("POST", f"/api/playground/{path}", body | {field: one})
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]
