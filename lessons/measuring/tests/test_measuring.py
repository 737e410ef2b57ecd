"""Measures and conditions, over records as a run writes them."""

from typing import Any

import pytest

from lessons.language.mistakes import InvalidValue
from lessons.measuring.condition_parser import parse_condition
from lessons.measuring.evidence import Evidence
from lessons.measuring.measures import parse_measurement
from playground.flow.ledger import ledger
from playground.flow.records import Kind, Record


def record(kind: str, name: str = "OrderPlaced", at: float = 0.0, **more: Any) -> Record:
    return Record(Kind(kind), name, at, run="a" * 12, **more)


def answer(code: int, ms: float, at: float = 0.0) -> Record:
    return record("response", "POST /api/orders", at, source="gateway", target="customer",
                  code=code, duration_ms=ms)  # fmt: skip


STREAM = [
    record("request", "POST /api/orders", 1.0, source="customer", target="gateway", style="call"),
    answer(202, 300.0, 1.3),
    record("publish", at=1.3, source="orders", target="broker", style="text"),
    record("enqueue", at=1.3, target="notification", message="m", style="text"),
    record("enqueue", at=1.3, target="notification", message="n", style="text"),
    record("deliver", at=1.4, target="notification", message="m", attempt=1, wait_ms=100.0,
           style="text", fault={"id": "f", "kind": "errors"}),
    record("retry", at=1.5, target="notification", message="m", attempt=1),
    record("deliver", at=2.5, target="notification", message="m", attempt=2, wait_ms=40.0),
    record("effect", "EmailSent", 2.6, target="email-provider"),
    record("ack", at=2.7, target="notification", message="m", attempt=2),
    answer(504, 3000.0, 4.0),
]  # fmt: skip


@pytest.mark.parametrize(
    ("measure", "value"),
    [
        ("answer_ms", 3000.0),
        ("answer_max_ms", 3000.0),
        ("answer_code", 504),
        ("accepted", 1),
        ("refused", 0),
        ("timed_out", 1),
        ("messages", 9),
        ("completion_ms", 3000.0),
        ("waiting_max.notification", 2),
        ("waited_max_ms.notification", 100.0),
        ("delivered.notification", 2),
        ("delivered.dispatch", 0),
        ("attempts_max", 2),
        ("retries", 1),
        ("dead", 0),
        ("hits.errors", 1),
        ("lost.EmailSent", None),
        ({"count": {"kind": "effect", "name": "Email*"}}, 1),
    ],
)
def test_a_measure_is_computed_from_the_records(measure: Any, value: Any) -> None:
    assert parse_measurement(measure).of(Evidence(STREAM)) == value


def test_nothing_measured_is_none_and_not_zero() -> None:
    assert parse_measurement("answer_ms").of(Evidence([])) is None
    assert parse_measurement("completion_ms").of(Evidence([])) is None


def test_a_measure_of_one_side_is_computed_from_the_evidence_of_that_side() -> None:
    twin = Evidence([], sides={"a": Evidence(STREAM), "b": Evidence([])})

    assert parse_measurement("a.timed_out").of(twin) == 1
    assert parse_measurement("b.timed_out").of(twin) == 0
    assert parse_measurement("a.timed_out").of(Evidence(STREAM)) is None


ACK_OF_NOTIFICATION = {"kind": "ack", "target": "notification"}


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        ({"answer_code": 504}, True),
        ({"accepted": {"gte": 1, "lt": 2}}, True),
        ({"accepted": {"gt": 1}}, False),
        ({"lost.EmailSent": {"gte": 0}}, False),
        ({"record": {"kind": "enqueue", "times": 2}}, True),
        ({"record": {"kind": "enqueue", "times": 3}}, False),
        ({"record": {"fault": "errors", "attempt": 1}}, True),
        ({"sequence": [{"kind": "retry"}, ACK_OF_NOTIFICATION]}, True),
        ({"sequence": [ACK_OF_NOTIFICATION, {"kind": "retry"}]}, False),
        ({"any": [{"dead": 1}, {"retries": 1}]}, True),
        ({"all": [{"dead": 1}, {"retries": 1}]}, False),
        ({"design": {"ack": "late"}}, True),
        ({"design": {"breaker": {"on": True}}}, False),
        ({"retries": 1, "dead": 1}, False),
    ],
)
def test_a_condition_holds_if_the_records_fulfil_it(condition: Any, holds: bool) -> None:
    evidence = Evidence(STREAM, choices=lambda: {"ack": "late", "breaker": {"on": False}})

    assert parse_condition(condition).holds(evidence) is holds


@pytest.mark.parametrize(
    "condition",
    [{}, [], {"sequence": [{"kind": "ack"}]}, {"retries": {"gte": "many"}}, {"retries": {"ge": 1}},
     {"record": {}}, {"design": {"ack": "never"}}, {"all": {"dead": 1}}, {"no_such": 1}],
)  # fmt: skip
def test_an_invalid_condition_is_rejected_with_a_remedy(condition: Any) -> None:
    with pytest.raises(InvalidValue) as rejected:
        parse_condition(condition)
    assert rejected.value.remedy


def test_the_ledger_is_read_only_when_a_measure_needs_it() -> None:
    def never() -> Any:
        raise AssertionError(ledger)

    assert parse_measurement("retries").of(Evidence(STREAM, rows=never)) == 1


def test_two_counts_have_different_names_and_describe_what_they_count() -> None:
    mails = parse_measurement({"count": {"kind": "effect", "name": "EmailSent"}})
    deaths = parse_measurement({"count": {"kind": "dead_letter"}})

    assert mails.name != deaths.name
    assert mails.says == "How often in the log: effect EmailSent."


def test_the_description_of_a_measure_begins_with_its_qualifier() -> None:
    assert parse_measurement("lost.EmailSent").says.startswith("EmailSent: how many are lost")
