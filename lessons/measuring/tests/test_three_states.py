"""A condition holds, does not hold, or was not measured."""

import pytest

from lessons.measuring.condition_parser import parse_condition
from lessons.measuring.evidence import Evidence
from playground.flow.records import Kind, Record

ACK = Record(Kind.ACK, "OrderPlaced", 1, run="r1", target="restaurant")
ANSWER = Record(
    Kind.RESPONSE, "POST /api/orders", 2, run="r1", target="customer", code=202, duration_ms=30
)
DONE = {"record": {"kind": "ack"}}
NOT_DONE = {"record": {"kind": "retry"}}
UNKNOWN = {"menu_ms": {"lt": 9}}


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        (DONE, True),
        (NOT_DONE, False),
        (UNKNOWN, None),
        ({"answer_ms": {"lt": 50}}, True),
        ({"answer_code": 200}, False),
        ({"no_record": {"kind": "retry"}}, True),
        ({"no_record": {"kind": "ack"}}, False),
        ({"sequence": [{"kind": "ack"}, {"kind": "response"}]}, True),
        ({"sequence": [{"kind": "response"}, {"kind": "ack"}]}, False),
        ({"all": [DONE, UNKNOWN]}, None),
        ({"all": [NOT_DONE, UNKNOWN]}, False),
        ({"any": [DONE, UNKNOWN]}, True),
        ({"any": [NOT_DONE, UNKNOWN]}, None),
        ({"any": [NOT_DONE, NOT_DONE]}, False),
    ],
)
def test_what_a_run_says_of_a_condition(condition: dict[str, object], found: bool | None) -> None:
    assert parse_condition(condition).found(Evidence([ACK, ANSWER])) is found


@pytest.mark.parametrize(
    "condition", [NOT_DONE, {"no_record": {"kind": "retry"}}, {"sequence": [{"kind": "ack"}] * 2}]
)
@pytest.mark.parametrize("evidence", [Evidence([]), Evidence([ACK], is_partial=True)])
def test_what_there_is_no_record_of_is_unknown_where_records_are_missing(
    condition: dict[str, object], evidence: Evidence
) -> None:
    assert parse_condition(condition).found(evidence) is None


@pytest.mark.parametrize(
    ("condition", "missing"),
    [
        (DONE, []),
        (NOT_DONE, ["a retry"]),
        ({"answer_ms": {"lt": 20}}, ["How long a customer waited for an answer (the median): 30 now, less than 20 needed"]),
        (UNKNOWN, ["The longest that a guest who only opened a menu waited for an answer: not measured yet, less than 9 needed"]),
        ({"record": {"kind": "ack", "times": 3}}, ["an acknowledgement (1 of 3 so far)"]),
        ({"sequence": [{"kind": "ack"}, {"kind": "effect", "name": "EmailSent"}]}, ["after an acknowledgement: an effect (EmailSent)"]),
        ({"all": [DONE, NOT_DONE]}, ["a retry"]),
        ({"any": [DONE, NOT_DONE]}, []),
        ({"any": [NOT_DONE, {"record": {"kind": "dead_letter", "target": "dispatch"}}]}, ["a retry, or: a dead letter at dispatch"]),
        ({"no_record": {"kind": "ack"}}, ["not: an acknowledgement"]),
        ({"design": {"ack": "early"}}, ["the design with ack early"]),
    ],
)  # fmt: skip
def test_what_is_missing_is_said_in_words(condition: dict[str, object], missing: list[str]) -> None:
    evidence = Evidence([ACK, ANSWER], choices=lambda: {"ack": "late"})
    assert parse_condition(condition).missing(evidence) == missing
