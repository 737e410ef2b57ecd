"""The meter: figures of the last minute, whatever was before it."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.flow.meter import RATE_S, WINDOW_S, Meter, is_failure, percentiles
from playground.flow.records import Kind, Record


def an_answer(at: float, ms: float, run: str = "r", **more: Any) -> list[Record]:
    """A customer's request and its response."""
    hop = {"run": run, "message": f"m{at}"}
    return [
        Record(Kind.REQUEST, "POST /api/orders", at - ms / 1000, "customer", "gateway", **hop),
        Record(
            Kind.RESPONSE, "POST /api/orders", at, "gateway", "customer", duration_ms=ms,
            **(hop | more),
        ),
    ]  # fmt: skip


def an_ack(at: float, run: str = "r") -> Record:
    return Record(Kind.ACK, "OrderPlaced", at, target="crm", run=run)


def an_enqueue(at: float, run: str = "r") -> Record:
    return Record(Kind.ENQUEUE, "OrderPlaced", at, target="crm", run=run)


def fed(*records: Record) -> Meter:
    meter = Meter()
    for record in records:
        meter.feed(record)
    return meter


VALUES = st.lists(st.floats(0, 1e6), min_size=1, max_size=200)


def test_of_nothing_there_are_no_percentiles() -> None:
    assert percentiles([]) is None


@given(VALUES)
def test_percentiles_are_values_that_occurred_in_their_order(values: list[float]) -> None:
    found = percentiles(values)
    assert found
    assert found["p50"] <= found["p95"] <= found["p99"]
    assert set(found.values()) <= {round(value, 1) for value in values}


@given(VALUES)
def test_no_more_than_their_share_lies_above_a_percentile(values: list[float]) -> None:
    found = percentiles(values)
    assert found
    for p in (50, 95, 99):
        above = sum(round(value, 1) > found[f"p{p}"] for value in values)
        assert above <= len(values) * (100 - p) / 100


def test_the_percentiles_of_a_hundred_values() -> None:
    assert percentiles(range(1, 101)) == {"p50": 51, "p95": 96, "p99": 100}


def test_a_meter_that_has_seen_nothing_has_no_times_and_no_rates() -> None:
    assert Meter().figures(100.0) == {
        "throughput_per_s": 0.0, "errors_per_s": 0.0, "answer_ms": None,
        "completion_ms": None, "open_calls": 0,
    }  # fmt: skip


def test_throughput_is_what_was_acked_in_the_last_seconds() -> None:
    meter = fed(an_ack(94.0), *(an_ack(100.0 + n / 10) for n in range(10)))
    assert meter.figures(101.0)["throughput_per_s"] == 10 / RATE_S
    assert meter.figures(101.0 + RATE_S)["throughput_per_s"] == 0.0


def test_an_answer_counts_for_a_minute() -> None:
    meter = fed(*an_answer(100.0, 250))
    assert meter.figures(100.0 + WINDOW_S)["answer_ms"] == {"p50": 250, "p95": 250, "p99": 250}
    assert meter.figures(100.1 + WINDOW_S)["answer_ms"] is None


def test_only_answers_to_customers_are_answers() -> None:
    inside = Record(Kind.RESPONSE, "ValidateOrder", 100, "menu", "gateway", duration_ms=60)
    assert fed(inside).figures(100)["answer_ms"] is None


def test_a_run_is_complete_when_its_last_message_is_acked() -> None:
    request, response = an_answer(100.0, 0)
    begun = [request, response, an_enqueue(100.0), an_enqueue(100.0), an_ack(101.0)]
    assert fed(*begun).figures(102.0)["completion_ms"] is None, "one is on its way"
    meter = fed(*begun, an_ack(103.5))
    assert meter.figures(104.0)["completion_ms"] == {"p50": 3500, "p95": 3500, "p99": 3500}
    assert meter.figures(104.0 + WINDOW_S)["completion_ms"] is None


def test_runs_do_not_complete_each_other() -> None:
    first, second = an_answer(100.0, 0, "first"), an_answer(100.0, 0, "second")
    meter = fed(
        *first, *second, an_enqueue(100.0, "first"), an_enqueue(100.0, "second"),
        an_ack(102.0, "second"), an_ack(102.5, "unheard of"),
    )  # fmt: skip
    assert meter.figures(103.0)["completion_ms"] == {"p50": 2000, "p95": 2000, "p99": 2000}


def test_a_call_is_open_until_its_response() -> None:
    request, response = an_answer(100.0, 500)
    meter = fed(request)
    assert meter.figures(100.0)["open_calls"] == 1
    meter.feed(response)
    assert meter.figures(100.0)["open_calls"] == 0


def test_errors_are_counted_per_second_of_the_last_seconds() -> None:
    meter = fed(*(r for n in range(3) for r in an_answer(100.0 + n, 5, status="timeout")))
    assert meter.figures(102.0)["errors_per_s"] == 3 / RATE_S
    assert meter.figures(102.1 + RATE_S)["errors_per_s"] == 0.0


@pytest.mark.parametrize(
    ("kind", "status", "expected"),
    [
        (Kind.RESPONSE, "error", True), (Kind.RESPONSE, "ok", False),
        (Kind.PROCESS, "rejected", True), (Kind.PROCESS, "duplicate", False),
        (Kind.ENQUEUE, "lost", True), (Kind.PUBLISH, "refused", True),
        (Kind.NOTE, "error", True), (Kind.DEAD_LETTER, "ok", True),
        (Kind.REQUEST, "error", False), (Kind.DELIVER, "error", False),
    ],
)  # fmt: skip
def test_a_failure_is_a_hop_that_ended_badly(kind: Kind, status: str, expected: bool) -> None:
    assert is_failure(Record(kind, "OrderPlaced", 1.0, status=status)) is expected


@given(st.lists(st.floats(0, 300), max_size=40).map(sorted), st.floats(300, 400))
def test_figures_do_not_change_by_being_read(moments: list[float], now: float) -> None:
    meter = fed(*(an_ack(at) for at in moments))
    for read_at in (*moments, now):
        meter.figures(read_at)
    assert meter.figures(now) == fed(*(an_ack(at) for at in moments)).figures(now)
