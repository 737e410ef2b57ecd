"""The flow log as a file: complete, and without a cell that is a formula."""

import asyncio
import csv
import io
import json
from typing import Any

import pytest
from django.test import AsyncClient

from playground import bootstrap
from playground.api.tests.test_company_api import ORDER
from playground.flow.export import COLUMNS
from playground.flow.records import Kind, Record


def download(call: Any, path: str) -> Any:
    """The response with its streamed body, read as a server reads it."""

    async def read() -> Any:
        headers = {"Authorization": f"Bearer {call.token}"}
        answer = await AsyncClient().get(path, headers=headers)
        if answer.streaming:
            answer.body = b"".join([part async for part in answer])
        return answer

    return asyncio.run(read())


def kept(call: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = call("GET", "/api/playground/records?limit=1000").json()[
        "records"
    ]
    return found


def lines(answer: Any) -> list[dict[str, Any]]:
    return [json.loads(line) for line in answer.body.splitlines()]


def rows(answer: Any) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(answer.body.decode())))


@pytest.fixture
def busy(call: Any) -> Any:
    for _ in range(3):
        call("POST", "/api/orders", ORDER)
    call.work()
    return call


def test_json_lines_are_the_records(busy: Any) -> None:
    answer = download(busy, "/api/playground/records.jsonl")
    assert answer["Content-Type"] == "application/x-ndjson"
    assert "attachment" in answer["Content-Disposition"]
    assert lines(answer) == kept(busy)


def test_a_csv_export_has_every_value_of_every_record(busy: Any) -> None:
    answer = download(busy, "/api/playground/records.csv")
    expected = kept(busy)
    found = rows(answer)
    assert list(found[0]) == list(COLUMNS)
    assert [row["id"] for row in found] == [record["id"] for record in expected]
    for row, record in zip(found, expected, strict=True):
        assert row["name"] == record["name"]
        assert float(row["at"]) == record["at"]
        assert json.loads(row["data"] or "{}") == record.get("data", {})
        assert row["wait_ms"] == str(record.get("wait_ms", ""))


def test_a_filter_applies_to_the_export(busy: Any) -> None:
    subject = next(r["data"]["subject"] for r in kept(busy) if r["name"] == "EmailSent")
    query = f"entity:{subject} kind:effect"
    found = lines(download(busy, f"/api/playground/records.jsonl?q={query}"))
    assert {r["name"] for r in found} >= {"OrderStored", "EmailSent"}
    assert {r["data"]["subject"] for r in found} == {subject}


def test_a_search_that_would_cost_too_much_is_a_problem(busy: Any) -> None:
    query = "%20".join(f"a{n}" for n in range(900))
    for kind in ("csv", "jsonl"):
        answer = busy("GET", f"/api/playground/records.{kind}?q={query}")
        assert (answer.status_code, answer.json()["status"]) == (422, 422)
        assert answer.json()["errors"][0]["field"] == "q"


def test_a_log_longer_than_a_page_is_exported_completely(call: Any) -> None:
    many = [Record(Kind.NOTE, "Tick", float(n), data={"n": n}) for n in range(1234)]
    bootstrap.parts().log.append(call.id, many)
    found = lines(download(call, "/api/playground/records.jsonl"))
    assert [r["data"]["n"] for r in found] == list(range(1234))


@pytest.mark.parametrize("begin", ["=", "+", "-", "@", "\t"])
def test_no_cell_of_a_csv_export_is_a_formula(call: Any, begin: str) -> None:
    dangerous = f'{begin}HYPERLINK("http://example.com")'
    bootstrap.parts().log.append(call.id, [Record(Kind.NOTE, dangerous, 1.0)])
    [row] = rows(download(call, "/api/playground/records.csv"))
    assert row["name"] == f"'{dangerous}"


def test_the_log_of_another_playground_cannot_be_exported(busy: Any, client: Any) -> None:
    assert client.get("/api/playground/records.csv").status_code == 401


def test_the_metrics_of_the_last_minutes_are_available_at_once(busy: Any) -> None:
    points = busy("GET", "/api/playground/metrics").json()["points"]
    assert {"at", "waiting", "throughput_per_s", "answer_ms", "errors_per_s"} <= points[-1].keys()


def test_the_ledger_says_why_it_does_not_close(call: Any) -> None:
    call("PATCH", "/api/playground/design", {"outbox": False})
    fault = {"kind": "loss", "target": "notification", "duration_s": 60}
    call("POST", "/api/playground/faults", fault)
    call("POST", "/api/orders", ORDER)
    call.work()
    [difference] = call("GET", "/api/playground/ledger").json()["differences"]
    assert difference["says"] == "1 receipt lost: its publish was lost on the way to the broker."
    [message] = difference["messages"]
    found = lines(download(call, f"/api/playground/records.jsonl?q=message:{message} status:lost"))
    assert [r["target"] for r in found] == ["notification"]
