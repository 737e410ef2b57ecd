"""The query language on the server, tested with the cases that test the page, too."""

import json
from pathlib import Path

import pytest

from playground.bounds import MAX_WORDS
from playground.flow import search
from playground.flow.records import Kind, Record, decode
from playground.flow.search import TooManyWords, matcher, parse

CASES = json.loads(
    (Path(__file__).parents[3] / "tests" / "js" / "search_cases.json").read_text()
)  # tests/js/search.test.js runs them for the page


def records() -> list[Record]:
    return [decode(line["id"], json.dumps(line).encode()) for line in CASES["records"]]


@pytest.mark.parametrize(("query", "expected"), CASES["cases"])
def test_a_query_finds_what_the_page_finds(query: str, expected: list[str]) -> None:
    matches = matcher(parse(query), records())
    assert [record.id for record in records() if matches(record)] == expected


@pytest.mark.parametrize("query", ["", " ", "kind:", 'name:""', "kind:,", '"'])
def test_an_unfinished_query_is_not_an_error(query: str) -> None:
    matcher(parse(query), records())


# What a search costs


def test_a_query_of_too_many_words_and_filters_is_refused() -> None:
    parse(" ".join(f"word{n}" for n in range(MAX_WORDS)))
    for query in ("word{}", "kind:k{}", "entity:order/{}", '"a {}"'):
        with pytest.raises(TooManyWords):
            parse(" ".join(query.format(n) for n in range(MAX_WORDS + 1)))


def test_a_word_that_is_repeated_is_searched_for_once() -> None:
    assert parse("a+ " * 2600) == parse("a+")


def test_many_values_of_one_filter_are_one_filter() -> None:
    assert len(parse("message:" + ",".join(f"m{n}" for n in range(1000)))) == 1


def test_a_record_is_written_as_json_once_however_many_words(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    written: list[Record] = []

    def encode(record: Record) -> bytes:
        written.append(record)
        return b"a b c d e f g"

    monkeypatch.setattr(search, "encode_with_id", encode)
    assert matcher(parse("a b c d e f g"), [])(Record(Kind.NOTE, "Tick", 1.0))
    assert len(written) == 1
