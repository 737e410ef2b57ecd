"""Envelopes and traces: whatever a message says, it comes out as it went in."""

from dataclasses import fields
from typing import Any

import pytest
from cloudevents.core.formats.json import JSONFormat
from hypothesis import given
from hypothesis import strategies as st

from playground.company import envelope
from playground.company.events import OrderPlaced
from playground.company.topology import EVENT_TYPES
from playground.company.trace import Span, number_in, parse_traceparent, run_of, trace_in

HEX = "0123456789abcdef"
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
TRACES = st.text(HEX, min_size=32, max_size=32).filter(lambda trace: set(trace) != {"0"})
SPANS = st.text(HEX, min_size=16, max_size=16).filter(lambda span: set(span) != {"0"})
# JSON readers do not agree on whole numbers beyond these (RFC 8259, section 6).
NUMBERS = st.integers(-(2**63), 2**63 - 1)
NON_EMPTY = TEXT.filter(bool)
SPAN = st.builds(Span, run=TEXT, trace=TRACES, span=SPANS, actor=TEXT)


@st.composite
def messages(draw: st.DrawFn) -> Any:
    """Any message that can travel, with any values."""
    message_class = draw(st.sampled_from(list(EVENT_TYPES)))
    by_type = {int: NUMBERS, str: TEXT}
    return message_class(**{f.name: draw(by_type[f.type]) for f in fields(message_class)})


def wrapped(message: Any, span: Span, **more: Any) -> Any:
    usual = {
        "playground": "pg", "source": "orders", "event_id": "e1", "cause": "c1", "now": 1.5,
    }  # fmt: skip
    return envelope.wrap(message, span=span, **(usual | more))


@given(messages(), SPAN)
def test_every_message_comes_out_as_it_went_in(message: Any, span: Span) -> None:
    event = envelope.from_json(envelope.to_json(wrapped(message, span)))
    assert envelope.unwrap(event) == message
    assert envelope.message_name(event) == type(message).__name__


@given(messages(), SPAN)
def test_the_sdk_reads_what_we_write(message: Any, span: Span) -> None:
    event = wrapped(message, span)
    read: Any = JSONFormat().read(None, envelope.to_json(event))
    assert read.get_attributes() == event.get_attributes()
    assert envelope.unwrap(read) == message


@given(messages(), SPAN)
def test_writing_what_was_read_changes_nothing(message: Any, span: Span) -> None:
    text = envelope.to_json(wrapped(message, span))
    assert envelope.to_json(envelope.from_json(text)) == text


@given(messages(), SPAN)
def test_run_trace_span_and_actor_travel_with_the_message(message: Any, span: Span) -> None:
    event = envelope.from_json(envelope.to_json(wrapped(message, span)))
    found = envelope.span_of(event)
    assert (found.run, found.trace, found.span, found.actor) == (
        span.run, span.trace, span.span, span.actor,
    )  # fmt: skip


@given(messages(), SPAN, st.sampled_from(["orders", "email-provider", "users"]))
def test_the_sender_is_known_by_its_service_name(message: Any, span: Span, source: str) -> None:
    assert envelope.sender(wrapped(message, span, source=source)) == source


@given(messages(), SPAN, NON_EMPTY.filter(lambda name: not name.startswith("_")))
def test_a_reader_that_needs_another_field_cannot_read_any_message(
    message: Any, span: Span, name: str
) -> None:
    event = wrapped(message, span)
    if hasattr(message, name):
        assert envelope.unwrap(event, [name]) == message
    else:
        with pytest.raises(envelope.UnknownMessage) as unknown:
            envelope.unwrap(event, [name])
        assert repr(name) in str(unknown.value)


@given(messages(), SPAN, st.data())
def test_a_message_without_one_of_its_fields_is_unknown_and_the_field_is_named(
    message: Any, span: Span, data: st.DataObject
) -> None:
    event = wrapped(message, span)
    missing = data.draw(st.sampled_from([f.name for f in fields(message)]))
    del event.get_data()[missing]
    with pytest.raises(envelope.UnknownMessage, match=f"without '{missing}'"):
        envelope.unwrap(event)


@given(messages(), SPAN)
def test_a_field_that_this_reader_does_not_know_is_passed_over(message: Any, span: Span) -> None:
    event = wrapped(message, span)
    event.get_data()["colour"] = "blue"
    assert envelope.unwrap(event) == message


def test_an_unknown_type_is_called_by_its_name_on_the_wire() -> None:
    placed = OrderPlaced("7Q2K", 1, "ada@example.com", 1, 1900)
    event = wrapped(placed, Span("run", "a" * 32, "b" * 16))
    event.get_attributes()["type"] = "delivery.parcel.lost.v1"
    assert envelope.message_name(event) == "delivery.parcel.lost.v1"


def test_what_caused_it_is_named_only_if_something_did() -> None:
    placed = OrderPlaced("7Q2K", 1, "ada@example.com", 1, 1900)
    span = Span("run", "a" * 32, "b" * 16)
    assert wrapped(placed, span).get_attributes()["causationid"] == "c1"
    assert "causationid" not in wrapped(placed, span, cause="").get_attributes()
    assert "actor" not in wrapped(placed, span).get_attributes()


def test_an_envelope_without_a_readable_trace_belongs_to_none() -> None:
    placed = OrderPlaced("7Q2K", 1, "ada@example.com", 1, 1900)
    event = wrapped(placed, Span("run", "a" * 32, "b" * 16))
    event.get_attributes()["traceparent"] = "nonsense"
    assert envelope.span_of(event) == Span("run", "", "")


# Traces


@given(SPAN)
def test_a_traceparent_is_read_as_it_was_written(span: Span) -> None:
    assert parse_traceparent(span.traceparent) == (span.trace, span.span)


@given(st.text(max_size=60))
def test_whatever_a_header_says_is_a_trace_or_none(header: str) -> None:
    found = parse_traceparent(header)
    assert found is None or header[3:].startswith(f"{found[0]}-{found[1]}-")


@pytest.mark.parametrize(
    "header",
    [
        f"00-{'0' * 32}-{'b' * 16}-01",
        f"00-{'a' * 32}-{'0' * 16}-01",
        f"ff-{'a' * 32}-{'b' * 16}-01",
        f"ff-{'a' * 32}-{'b' * 16}-01-more",
        f"01-{'a' * 32}-{'b' * 16}-01more",
        f"01-{'a' * 32}-{'b' * 16}",
        f"0-{'a' * 32}-{'b' * 16}-01",
        f"0G-{'a' * 32}-{'b' * 16}-01",
        f"00-{'a' * 32}-{'b' * 16}-01-",
        f"00-{'a' * 32}-{'b' * 16}-01\n",
        f"00-{'A' * 32}-{'b' * 16}-01",
        f"00-{'a' * 31}-{'b' * 16}-01",
        f"00-{'a' * 32}-{'b' * 16}",
        f"00-{'a' * 32}-{'b' * 16}-01-more",
        f" 00-{'a' * 32}-{'b' * 16}-01",
    ],
)
def test_what_is_no_valid_traceparent_is_none(header: str) -> None:
    assert parse_traceparent(header) is None


@pytest.mark.parametrize("version", ["01", "cc", "fe"])
@pytest.mark.parametrize("more", ["", "-", "-more-01-fields", "-Anything; at=all"])
def test_a_later_version_is_read_as_far_as_this_one_goes(version: str, more: str) -> None:
    header = f"{version}-{'a' * 32}-{'b' * 16}-03{more}"
    assert parse_traceparent(header) == ("a" * 32, "b" * 16)


def test_a_run_is_named_after_the_end_of_its_trace_which_w3c_has_random() -> None:
    """Systems with ids of 64 bits fill the upper half with zeros."""
    runs = {run_of("0" * 16 + half) for half in ("8448eb211c80319c", "9448eb211c80319d")}
    assert runs == {"eb211c80319c", "eb211c80319d"}


@given(st.text("0123456789abcdef", min_size=12, max_size=12), st.integers(0, 16**20 - 1))
def test_a_customers_number_is_found_in_the_trace_that_was_made_with_it(
    run: str, number: int
) -> None:
    trace = trace_in(run, number)
    assert (len(trace), run_of(trace), number_in(trace)) == (32, run, number)


def a_count() -> Any:
    """Digits that differ each time."""
    numbers = iter(range(1, 100))
    return lambda digits: f"{next(numbers):0{digits}x}"


def test_a_root_begins_a_trace_and_names_its_run_after_it() -> None:
    root = Span.root(a_count())
    assert (root.parent, root.run) == ("", run_of(root.trace))
    assert (len(root.trace), len(root.span)) == (32, 16)
    assert Span.root(a_count(), run="mine", actor="dana").run == "mine"


def test_a_child_keeps_run_trace_and_actor_and_knows_its_parent() -> None:
    new_hex = a_count()
    root = Span.root(new_hex, run="run", actor="dana")
    child = root.child(new_hex)
    assert (child.run, child.trace, child.actor) == (root.run, root.trace, root.actor)
    assert child.parent == root.span != child.span
