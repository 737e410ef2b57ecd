"""What a client has written is read whole, or refused with a reason; nothing else happens."""

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from playground.bounds import MAX_DEPTH
from playground.flow.cursor import is_cursor
from playground.parsing import (
    NotJson,
    Unacceptable,
    decimal_number,
    parse_json,
    visible_text,
    whole_number,
)

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=9)
NUMBERS = st.integers(-(10**99), 10**99) | st.floats(allow_nan=False, allow_infinity=False)
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)


@given(VALUES)
@example(-(10**99))
def test_what_is_fit_to_be_kept_is_read_as_it_was_written(value: Any) -> None:
    assert parse_json(json.dumps(value)) == value
    assert parse_json(json.dumps(value, ensure_ascii=False).encode()) == value


@given(st.text() | st.binary())
def test_anything_else_is_refused(text: str | bytes) -> None:
    with suppress(NotJson, Unacceptable):
        json.dumps(parse_json(text)).encode()


@pytest.mark.parametrize(
    "text", ["", "[1,", "NaN", "-Infinity", "١", b"\xff", "{'a': 1}", "[" * 900]
)
def test_what_is_not_json(text: str | bytes) -> None:
    with pytest.raises(ValueError):
        parse_json(text)


@pytest.mark.parametrize(
    "text",
    [
        r'"\ud800"', r'{"\udfff": 1}', r'[["\ud800"]]', r'"\u0000"', '"\ud800"',
        "9" * 5000, "-" + "9" * 101, "1e400", "-1e400", "[" * 1500, "[" * 60_000,
        '{"a":' * 30_000, "[" * (MAX_DEPTH + 1) + "1" + "]" * (MAX_DEPTH + 1),
    ],
)  # fmt: skip
def test_json_that_cannot_be_kept_is_unacceptable(text: str) -> None:
    with pytest.raises(Unacceptable):
        parse_json(text)


def test_what_is_as_deep_as_it_may_be_is_read() -> None:
    assert parse_json("[" * MAX_DEPTH + "1" + "]" * MAX_DEPTH)


OF_OTHER_SCRIPTS = ["²", "١٢", "１２", "१", "1_0", "1٣", "", " ", "\n", "1\n", "-", "1 2"]


@pytest.mark.parametrize("text", [*OF_OTHER_SCRIPTS, "1234567", "9" * 5000, "-1", "+1", "1.0"])
def test_a_whole_number_is_written_in_ascii_digits(text: str) -> None:
    assert whole_number("0" * 3 + "427", digits=6) == 427
    with pytest.raises(ValueError):
        whole_number(text, digits=6)


@pytest.mark.parametrize("text", [*OF_OTHER_SCRIPTS, "nan", "inf", "9" * 5000, "1e400", "1e", "."])
def test_a_decimal_number_is_written_in_ascii_digits(text: str) -> None:
    assert decimal_number("-1.5e2") == -150
    assert decimal_number(".5") == decimal_number("0.50") == 0.5
    with pytest.raises(ValueError):
        decimal_number(text)


@pytest.mark.parametrize(
    "text", [*OF_OTHER_SCRIPTS, "9" * 20, f"{2**63}", f"1-{2**63}", "1-", "-1", "1-1-1", "1-1\n"]
)
def test_what_redis_would_not_take_is_no_cursor(text: str) -> None:
    assert is_cursor("0-0") and is_cursor("17") and is_cursor(f"{2**63 - 1}-{2**63 - 1}")
    assert not is_cursor(text)


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("  Ada Okafor ", "Ada Okafor"), ("小明", "小明"), ("O'Neill-Łuk", "O'Neill-Łuk"),
        ("e\u0301", "e\u0301"), ("👩\u200d🍳", "👩\u200d🍳"), ("می\u200cخواهم", "می\u200cخواهم"),
        ("\u200bAda\ufeff", "\u200bAda\ufeff"),
    ],
)  # fmt: skip
def test_a_text_is_kept_as_it_is_without_the_blanks_around_it(written: str, kept: str) -> None:
    assert visible_text(written) == kept


@pytest.mark.parametrize(
    "text",
    [
        "", "   ", "\u200b", "\u200d\u200d", "\u00a0", "\u3000", "\u2800", "\u3164", "\u115f",
        "\uffa0", "\u00ad", "\u2060", "\ufeff", "\ufe0f", "\u0301", "\U000e0041", "\u180e", "\u034f",
    ],
)  # fmt: skip
def test_a_text_of_nothing_that_can_be_seen_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="nothing that can be seen"):
        visible_text(text)


@pytest.mark.parametrize(
    "text", ["a\0", "a\nb", "a\x1b[2J", "a\x85", "a\u2028b", "a\ud800", "evil\u202etxt", "a\u2066b"]
)
def test_a_text_that_would_change_what_is_around_it_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="must not contain"):
        visible_text(text)


def test_a_text_of_several_lines_may_have_them_where_they_are_asked_for() -> None:
    assert visible_text("one\r\n\ttwo", lines=True) == "one\r\n\ttwo"
    with pytest.raises(ValueError, match="nothing that can be seen"):
        visible_text("\n\u200b\n", lines=True)
