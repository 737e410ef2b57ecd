"""A record as it is stored: nothing secret, never too long, and read as it was written."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.bounds import MAX_RECORD
from playground.company.trace import Span
from playground.flow.records import (
    Kind,
    Record,
    decode,
    encode,
    encode_with_id,
    without_secrets,
)

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
NAMES = TEXT.filter(bool)
LONG_TEXT = st.one_of(NAMES, st.integers(1, 6000).map(lambda n: "ü" * n), st.just("\x01" * 5000))
NUMBERS = st.one_of(st.integers(), st.floats(allow_nan=False, allow_infinity=False))
VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), NUMBERS, TEXT),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(TEXT, inner, max_size=4)),
    max_leaves=10,
)
DATA = st.dictionaries(TEXT, VALUES, max_size=5)
MILLISECONDS = st.one_of(st.none(), st.floats(0, 1e6))
RECORDS = st.builds(
    Record,
    kind=st.sampled_from(Kind), name=NAMES, at=st.floats(0, 2e9), source=TEXT, target=TEXT,
    status=st.sampled_from(["ok", "error", "lost"]), code=st.one_of(st.none(), st.just(202)),
    run=TEXT, message=TEXT, attempt=st.one_of(st.none(), st.integers(1, 99)),
    wait_ms=MILLISECONDS, duration_ms=MILLISECONDS, data=DATA,
    fault=st.one_of(st.none(), st.just({"id": "f1", "kind": "kill"})),
)  # fmt: skip


@given(RECORDS)
def test_a_record_is_read_as_it_was_written(record: Record) -> None:
    read = decode("7-0", encode(record))
    assert (read.id, read.kind, read.name, read.at) == ("7-0", record.kind, record.name, record.at)
    assert (read.source, read.target, read.status) == (record.source, record.target, record.status)
    assert (read.run, read.message, read.attempt) == (record.run, record.message, record.attempt)
    assert (read.code, read.fault) == (record.code, record.fault)
    assert read.data == json.loads(json.dumps(without_secrets(record.data)))
    for name in ("wait_ms", "duration_ms"):
        written = getattr(record, name)
        assert getattr(read, name) == (None if written is None else round(written, 2))


@given(RECORDS)
def test_what_was_read_is_written_in_the_same_words(record: Record) -> None:
    text = encode(record)
    assert encode(decode("7-0", text)) == text


@given(RECORDS, LONG_TEXT, LONG_TEXT)
def test_no_record_is_longer_than_4_kb_however_long_its_name_or_data(
    record: Record, name: str, data: str
) -> None:
    record.name, record.data = name, record.data | {"body": data}
    text = encode(record)
    assert len(text) <= MAX_RECORD
    read = decode("7-0", text)
    assert read.kind is record.kind
    assert read.name == name or (read.name[-1] == "…" and name.startswith(read.name[:-1]))


def test_data_that_is_too_long_is_cut_and_says_so() -> None:
    whole = {"body": "x" * 5000}
    data = decode("1-0", encode(Record(Kind.NOTE, "Long", 1.0, data=whole))).data
    assert data["cut"] is True
    assert data["bytes"] > 5000
    assert json.dumps(whole, separators=(",", ":")).startswith(data["begins"])
    assert len(data["begins"]) > 3000, "as much as there is room for"


@pytest.mark.parametrize("data", [{}, {"command": "ShowOrder"}, {"body": "x" * 5000}])
def test_a_request_whose_path_would_fill_the_record_has_its_name_cut(data: dict[str, str]) -> None:
    path = "GET /api/orders/" + "a" * 10_000
    text = encode(Record(Kind.REQUEST, path, 1.0, source="customer", target="gateway", data=data))
    read = decode("1-0", text)
    assert len(text) <= MAX_RECORD
    assert read.name.startswith("GET /api/orders/aaa")
    assert read.name.endswith("a…")
    assert (read.source, read.target) == ("customer", "gateway")


SECRETS = ["password", "card", "token", "authorization", "Card", "PASSWORD"]


@given(st.sampled_from(SECRETS), DATA, st.integers(0, 3))
def test_a_secret_is_nowhere_in_a_record_however_deep_it_stood(
    name: str, around: dict[str, Any], depth: int
) -> None:
    data: Any = around | {name: "a secret indeed"}
    for _ in range(depth):
        data = {"inner": [data]}
    text = encode(Record(Kind.REQUEST, "POST /api/orders", 1.0, data=data))
    assert b"a secret indeed" not in text
    assert "•••" in text.decode()


def test_a_secret_is_not_in_the_beginning_of_what_was_cut() -> None:
    data = {"card": "4242 4242 4242 4242", "body": "x" * 5000}
    assert b"4242" not in encode(Record(Kind.REQUEST, "POST /api/orders", 1.0, data=data))


def test_taking_secrets_out_leaves_the_original_alone() -> None:
    body = {"card": "4242", "items": [{"dish": "ramen"}]}
    assert without_secrets(body) == {"card": "•••", "items": [{"dish": "ramen"}]}
    assert body["card"] == "4242"


def test_empty_fields_are_left_out_and_zeros_are_not() -> None:
    line = json.loads(encode(Record(Kind.DELIVER, "OrderPlaced", 0.0, wait_ms=0.0)))
    assert line == {
        "kind": "deliver", "name": "OrderPlaced", "at": 0.0, "status": "ok", "wait_ms": 0.0,
    }  # fmt: skip


def test_a_number_of_more_than_64_bits_is_kept() -> None:
    data = {"user": 2**70}
    assert decode("1-0", encode(Record(Kind.NOTE, "Big", 1.0, data=data))).data == data


def test_readers_get_the_id_first() -> None:
    record = Record(Kind.NOTE, "Tick", 1.0, id="1795-3")
    text = encode_with_id(record)
    assert text.startswith(b'{"id":"1795-3","kind":')
    assert json.loads(text) == {"id": "1795-3"} | json.loads(encode(record))


def test_a_field_that_this_version_does_not_know_is_passed_over() -> None:
    text = b'{"kind":"note","name":"Tick","at":1.0,"colour":"blue"}'
    assert decode("1-0", text) == Record(Kind.NOTE, "Tick", 1.0, id="1-0")


def test_a_record_belongs_to_the_span_that_it_is_given() -> None:
    span = Span("run", "a" * 32, "b" * 16, parent="c" * 16, actor="dana")
    record = Record(Kind.NOTE, "Tick", 1.0).belonging_to(span)
    assert (record.run, record.trace, record.span, record.parent, record.actor) == (
        "run", "a" * 32, "b" * 16, "c" * 16, "dana",
    )  # fmt: skip
