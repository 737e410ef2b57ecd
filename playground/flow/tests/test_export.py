"""The log as a file: whole, in pages, and harmless in a spreadsheet."""

import asyncio
import csv
import io
import json
import threading
from collections.abc import AsyncIterator

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from playground.flow import export, search
from playground.flow.export import COLUMNS, PAGE, csv_rows, everything, json_lines
from playground.flow.promises import Promise
from playground.flow.records import Kind, Record, encode_with_id
from playground.flow.search import TooManyWords
from playground.flow.traces import records_of
from playground.testing import MemoryLog

PG = "playground"


def a_log(*records: Record) -> MemoryLog:
    log = MemoryLog()
    log.append(PG, records)
    return log


def ticks(count: int, trace: str = "t1") -> list[Record]:
    return [Record(Kind.NOTE, f"Tick {n}", float(n), trace=trace) for n in range(count)]


def parts(stream: AsyncIterator[bytes]) -> list[bytes]:
    async def read() -> list[bytes]:
        return [part async for part in stream]

    return asyncio.run(read())


def lines(log: MemoryLog, query: str = "") -> list[dict[str, object]]:
    return [json.loads(line) for line in b"".join(parts(json_lines(log, PG, query))).splitlines()]


def rows(log: MemoryLog, query: str = "") -> list[dict[str, str]]:
    text = b"".join(parts(csv_rows(log, PG, query))).decode()
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_json_lines_are_one_record_a_line_with_its_id() -> None:
    found = lines(a_log(*ticks(2)))
    assert [(line["id"], line["name"]) for line in found] == [("1-0", "Tick 0"), ("2-0", "Tick 1")]


def test_a_log_of_several_pages_is_whole_and_comes_in_pieces() -> None:
    log = a_log(*ticks(2 * PAGE + 7))
    assert [line["name"] for line in lines(log)] == [f"Tick {n}" for n in range(2 * PAGE + 7)]
    assert len(parts(json_lines(log, PG, ""))) == 3


def test_an_empty_log_is_a_head_without_rows() -> None:
    assert lines(MemoryLog()) == []
    assert b"".join(parts(csv_rows(MemoryLog(), PG, ""))).decode() == f"{','.join(COLUMNS)}\r\n"


def test_a_query_holds_for_every_page_and_an_empty_page_is_left_out() -> None:
    log = a_log(*ticks(2 * PAGE), Record(Kind.RETRY, "OrderPlaced", 1.0))
    assert [line["name"] for line in lines(log, "kind:retry")] == ["OrderPlaced"]
    assert [row["name"] for row in rows(log, "kind:retry")] == ["OrderPlaced"]
    assert len(parts(json_lines(log, PG, "kind:retry"))) == 1


def test_an_entity_is_found_by_a_page_before_or_after_the_one_that_names_it() -> None:
    named = Record(Kind.EFFECT, "OrderStored", 1.0, trace="t7", data={"subject": "order/A"})
    log = a_log(
        Record(Kind.NOTE, "First", 1.0, trace="t7"), *ticks(PAGE), named, *ticks(PAGE),
        Record(Kind.NOTE, "Last", 1.0, trace="t7"),
    )  # fmt: skip
    assert [line["name"] for line in lines(log, "entity:order/A")] == [
        "First", "OrderStored", "Last",
    ]  # fmt: skip


def test_a_fault_has_columns_of_its_own_and_data_is_json_in_one_cell() -> None:
    fault = {"id": "f1", "kind": "kill"}
    data = {"reason": 'ü, "x"', "figures": [1, -1, 1e30]}
    [row] = rows(a_log(Record(Kind.NOTE, "Killed", 1.5, fault=fault, data=data)))
    assert (row["fault_id"], row["fault_kind"], row["at"]) == ("f1", "kill", "1.5")
    assert json.loads(row["data"]) == {"reason": 'ü, "x"', "figures": [1, -1, 1e30]}
    assert row["wait_ms"] == ""


CELLS = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1),
    st.sampled_from("=+-@\t\r").map(lambda sign: f'{sign}HYPERLINK("http://example.com")'),
)


SIGNS = "=+-@＝＋－＠"
SEPARATORS = ",;\t|"
HIDDEN = st.lists(
    st.sampled_from([*SEPARATORS, *SIGNS, " ", '"', "\n", "\r", "x", "\\", "'"]), min_size=1
).map("".join)


@settings(max_examples=100, deadline=None)
@given(CELLS, HIDDEN)
@example("Tick", "x;=1+1;y")
@example("Tick", "=1+1")
@example("Tick", 'x,"=1+1')
def test_no_cell_is_a_formula_whatever_separates_cells_and_nothing_else_is_changed(
    name: str, city: str
) -> None:
    record = Record(Kind.NOTE, name, 1.0, actor=city, data={"city": city, city: [city]})
    text = b"".join(parts(csv_rows(a_log(record), PG, ""))).decode()
    for separator in SEPARATORS:
        for quoting in (csv.QUOTE_MINIMAL, csv.QUOTE_NONE):
            table = csv.reader(io.StringIO(text, newline=""), delimiter=separator, quoting=quoting)
            for cell in (cell for row in table for cell in row):
                assert not cell.startswith(("\t", "\r"))
                assert not cell.lstrip(' "').startswith(tuple(SIGNS)), (separator, cell)
    [row] = csv.DictReader(io.StringIO(text, newline=""))
    assert json.loads(row["data"]) == {"city": city, city: [city]}
    for cell, value in ((row["name"], name), (row["actor"], city)):
        assert cell.replace("'", "") == value.replace("'", "")


@pytest.mark.parametrize("value", ["a-b", "x; y, z", "ada@example.com", "'=1", "1 = 1"])
def test_a_cell_that_no_spreadsheet_takes_for_a_formula_is_not_changed(value: str) -> None:
    [row] = rows(a_log(Record(Kind.NOTE, value, 1.0)))
    assert row["name"] == value


def test_matching_and_writing_is_not_done_on_the_event_loop(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    threads: set[int] = set()

    def note_thread(record: Record) -> bytes:
        threads.add(threading.get_ident())
        return encode_with_id(record)

    for module in (search, export):
        monkeypatch.setattr(module, "encode_with_id", note_thread)
    assert len(lines(a_log(*ticks(3)), "tick")) == len(rows(a_log(*ticks(3)), "tick")) == 3
    assert threads and threading.get_ident() not in threads


def test_a_query_of_too_many_words_is_refused_before_anything_is_read() -> None:
    query = " ".join(f"w{n}" for n in range(100))
    for write in (json_lines, csv_rows):
        with pytest.raises(TooManyWords):
            write(a_log(), PG, query)


def test_everything_is_read_in_its_order() -> None:
    assert [r.name for r in everything(a_log(*ticks(2300)), PG)] == [
        f"Tick {n}" for n in range(2300)
    ]


# All records of one trace


def test_a_trace_is_found_wherever_its_records_stand_in_the_log() -> None:
    log = a_log(*ticks(1, "mine"), *ticks(1500, "another"), *ticks(2, "mine"))
    assert [r.name for r in records_of(log, PG, "mine")] == ["Tick 0", "Tick 0", "Tick 1"]


def test_a_trace_that_the_log_has_lost_is_empty() -> None:
    assert records_of(a_log(*ticks(5)), PG, "long ago") == []
    assert records_of(a_log(*ticks(5)), "another playground", "t1") == []


# Promises, as a log stores them


@given(st.builds(Promise, st.text(), st.text(), st.lists(st.text()).map(tuple)))
def test_a_promise_is_read_as_it_was_written(promise: Promise) -> None:
    assert Promise.of(promise.subject, promise.as_text()) == promise
    assert Promise.of(promise.subject, promise.as_text().encode()) == promise
