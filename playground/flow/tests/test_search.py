"""The query language on the server, tested with the cases that test the page, too."""

import json
from pathlib import Path

import pytest

from playground.flow.records import Record, decode
from playground.flow.search import matcher, parse

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
