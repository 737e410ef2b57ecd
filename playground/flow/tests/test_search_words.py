"""The words of a search: which filters a query has, and what a record is found by."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.flow.records import Kind, Record
from playground.flow.search import FIELDS, Filter, entities_of, matcher, parse, values_of

RECORD = Record(
    Kind.DELIVER, "OrderPlaced", 1.0, "broker", "crm", status="ok", run="r1", trace="t1",
    message="m1", fault={"id": "f1", "kind": "latency"},
)  # fmt: skip


def finds(query: str, record: Record, *others: Record) -> bool:
    return matcher(parse(query), [record, *others])(record)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", []),
        ("retry", [Filter("text", ("retry",))]),
        ("kind:retry", [Filter("kind", ("retry",))]),
        ("kind:retry,ack", [Filter("kind", ("retry", "ack"))]),
        ('name:"POST /api/orders"', [Filter("name", ("POST /api/orders",))]),
        ('name:"a, b"', [Filter("name", ("a, b",))]),
        (r'name:"say \"no\""', [Filter("name", ('say "no"',))]),
        ("colour:blue", [Filter("text", ("colour:blue",))]),
        ("http://example.com", [Filter("text", ("http://example.com",))]),
        ("status:,", []),
        ("a  b", [Filter("text", ("a",)), Filter("text", ("b",))]),
    ],
)
def test_a_query_is_words_and_filters(query: str, expected: list[Filter]) -> None:
    assert parse(query) == expected


@given(st.text(max_size=60))
def test_whatever_is_typed_is_a_query(query: str) -> None:
    matcher(parse(query), [RECORD])(RECORD)


@given(st.sampled_from(FIELDS), st.text(st.characters(exclude_characters='"\\'), min_size=1))
def test_a_quoted_value_is_taken_as_it_is(field: str, value: str) -> None:
    assert parse(f'{field}:"{value}"') == [Filter(field, (value,))]


@given(st.lists(st.sampled_from(["kind:deliver", "service:crm", "OrderPlaced", "run:r1"])))
def test_filters_that_hold_one_by_one_hold_together(filters: list[str]) -> None:
    assert finds(" ".join(filters), RECORD)
    assert not finds(" ".join([*filters, "status:error"]), RECORD)


def test_several_values_are_alternatives() -> None:
    assert finds("kind:retry,deliver", RECORD)
    assert not finds("kind:retry,ack", RECORD)


def test_a_word_is_looked_for_in_the_whole_record_whatever_its_case() -> None:
    record = Record(Kind.PROCESS, "OrderPlaced", 1.0, data={"reason": "The Kitchen is full"})
    assert finds("kitchen", record)
    assert finds('"kitchen is"', record)
    assert not finds("kitchens", record)


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        ("service", {"broker", "crm"}), ("fault", {"latency"}), ("kind", {"deliver"}),
        ("message", {"m1"}), ("name", {"OrderPlaced"}), ("trace", {"t1"}),
    ],
)  # fmt: skip
def test_what_a_record_is_found_by(field: str, expected: set[str]) -> None:
    assert values_of(RECORD, field) == expected


def test_an_empty_field_is_found_by_nothing() -> None:
    bare = Record(Kind.NOTE, "Tick", 1.0)
    for field in ("service", "fault", "message", "run", "trace"):
        assert values_of(bare, field) == set()


@pytest.mark.parametrize(
    "record",
    [
        Record(Kind.EFFECT, "EmailSent", 1.0, data={"subject": "order/7Q2K"}),
        Record(Kind.STATE, "accepted", 1.0, data={"order": "7Q2K"}),
        Record(Kind.PUBLISH, "OrderPlaced", 1.0, data={"event": {"subject": "order/7Q2K"}}),
        Record(Kind.REQUEST, "GET /api/orders/7Q2K", 1.0),
    ],
)
def test_an_order_is_named_in_many_ways(record: Record) -> None:
    assert entities_of(record) == {"order/7Q2K"}


def test_an_entitys_story_is_every_record_of_the_traces_in_which_it_is_named() -> None:
    named = Record(Kind.EFFECT, "OrderStored", 1.0, trace="t1", data={"subject": "order/A"})
    ack = Record(Kind.ACK, "OrderPlaced", 2.0, trace="t1")
    elsewhere = Record(Kind.ACK, "OrderPlaced", 3.0, trace="t2")
    assert finds("entity:order/A", ack, named, elsewhere)
    assert not finds("entity:order/A", elsewhere, named, ack)
