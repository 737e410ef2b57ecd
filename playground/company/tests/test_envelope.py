"""Envelopes: CloudEvents around the company's messages, with run, trace and cause."""

import json

import pytest
from cloudevents.core.formats.json import JSONFormat

from playground.company import envelope
from playground.company.events import OrderPlaced
from playground.company.trace import Span, parse_traceparent

SPAN = Span(run="run-1", trace="a" * 32, span="b" * 16)
PLACED = OrderPlaced("7Q2K", 1, "ada@example.com", 1, 1900)


def wrapped() -> object:
    return envelope.wrap(
        PLACED, playground="pg", source="orders", span=SPAN, event_id="e1", cause="c1", now=1.5
    )


def test_unwrap_returns_the_wrapped_message() -> None:
    event = envelope.from_json(envelope.to_json(wrapped()))
    assert envelope.unwrap(event) == PLACED
    assert envelope.unwrap(event, needs=["order"]) == PLACED
    with pytest.raises(envelope.UnknownMessage, match="OrderPlaced without the field 'locale'"):
        envelope.unwrap(event, needs=["order", "locale"])
    assert envelope.message_name(event) == "OrderPlaced"
    assert envelope.sender(event) == "orders"
    assert (envelope.span_of(event).trace, envelope.span_of(event).run) == (SPAN.trace, "run-1")


def test_the_envelope_is_a_cloudevent_with_trace_correlation_and_cause() -> None:
    line = json.loads(envelope.to_json(wrapped()))
    assert line["specversion"] == "1.0"
    assert line["type"] == "delivery.order.placed.v1"
    assert line["source"] == "/playground/pg/orders"
    assert line["subject"] == "order/7Q2K"
    assert line["traceparent"] == f"00-{'a' * 32}-{'b' * 16}-01"
    assert (line["correlationid"], line["causationid"]) == ("run-1", "c1")


@pytest.mark.parametrize("now", [0.0, 1.5, 1_795_000_000.123456])
def test_the_sdk_reads_what_we_write_and_we_read_what_it_writes(now: float) -> None:
    event = envelope.wrap(
        PLACED, playground="pg", source="orders", span=SPAN, event_id="e1", cause="c1", now=now
    )
    text, theirs = envelope.to_json(event), JSONFormat().write(event)
    assert json.loads(text) == json.loads(theirs)
    for read in (JSONFormat().read(None, text), envelope.from_json(theirs)):
        assert read.get_attributes() == event.get_attributes()
        assert read.get_data() == event.get_data()


@pytest.mark.parametrize(
    "change", [{"type": "delivery.parcel.lost.v1"}, {"data": {"order": "7Q2K"}}, {"data": "text"}]
)
def test_an_unknown_message_type_is_an_unknown_message(change: dict[str, object]) -> None:
    line = json.loads(envelope.to_json(wrapped())) | change
    with pytest.raises(envelope.UnknownMessage):
        envelope.unwrap(envelope.from_json(json.dumps(line).encode()))


@pytest.mark.parametrize(
    "text", ["", "00-" + "0" * 32 + "-" + "b" * 16 + "-01", "00-xyz-b-01", "nonsense"]
)
def test_a_malformed_traceparent_is_ignored(text: str) -> None:
    assert parse_traceparent(text) is None
