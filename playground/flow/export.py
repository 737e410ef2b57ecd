"""The flow log as a file: JSON Lines or CSV, streamed a page at a time."""

import csv
import io
import json
import re
from collections.abc import AsyncIterator, Callable

from asgiref.sync import sync_to_async

from ..bounds import KEPT_RECORDS
from .log import BEGINNING, FlowLog
from .records import Record, encode_with_id
from .search import Filter, matcher, parse

PAGE = 500
COLUMNS = (
    "id", "at", "kind", "source", "target", "style", "name", "status", "code", "run", "trace",
    "span", "parent", "actor", "message", "attempt", "wait_ms", "work_ms", "duration_ms",
    "fault_id", "fault_kind", "data",
)  # fmt: skip
# A spreadsheet takes a cell that begins with such a sign for a formula (OWASP, "CSV Injection").
# Which sign separates cells is the reader's choice, so any of them may begin one, and a quote in the
# middle of what we take for a cell has no meaning.
_FORMULA = re.compile(r'((?:^|(?<=[;,|\t\r\n]))[ "]*)([=+\-@＝＋－＠\t\r])')
_JSON_TEXT = re.compile(r'"((?:[^"\\]|\\.)*)"')


def json_lines(log: FlowLog, playground: str, query: str) -> AsyncIterator[bytes]:
    """The records that match the query, one JSON object per line, oldest first.

    Raises TooManyWords, before anything is read.
    """
    return _pages(log, playground, parse(query), _lines)


def csv_rows(log: FlowLog, playground: str, query: str) -> AsyncIterator[bytes]:
    """A header and one row per matching record, oldest first; `data` is JSON in one cell.

    Raises TooManyWords, before anything is read.
    """
    return _pages(log, playground, parse(query), _rows, head=_csv([list(COLUMNS)]))


async def _pages(
    log: FlowLog,
    playground: str,
    filters: list[Filter],
    write: Callable[[list[Record]], bytes],
    *,
    head: bytes = b"",
) -> AsyncIterator[bytes]:
    """The records that match, in pages. Ends at the first page that is not full.

    Reading, matching and writing a page is work for a thread, not for the event loop.
    """
    if head:
        yield head
    matches = await sync_to_async(_matcher, thread_sensitive=False)(log, playground, filters)

    def page_after(cursor: str) -> tuple[bytes, str, bool]:
        page = log.read(playground, cursor, PAGE)
        matching = [record for record in page if matches(record)]
        written = write(matching) if matching else b""
        return written, page[-1].id if page else cursor, len(page) < PAGE

    cursor = BEGINNING
    for _ in range(2 * KEPT_RECORDS // PAGE):  # the log is capped, but a little above KEPT_RECORDS
        written, cursor, is_last = await sync_to_async(page_after, thread_sensitive=False)(cursor)
        if written:
            yield written
        if is_last:
            return


def _matcher(log: FlowLog, playground: str, filters: list[Filter]) -> Callable[[Record], bool]:
    needs_all = any(f.field == "entity" for f in filters)
    return matcher(filters, everything(log, playground) if needs_all else ())


def everything(log: FlowLog, playground: str) -> list[Record]:
    """All records that the log still holds, oldest first."""
    records: list[Record] = []
    while len(records) < 2 * KEPT_RECORDS:
        page = log.read(playground, records[-1].id if records else BEGINNING, 1000)
        records += page
        if len(page) < 1000:
            break
    return records


def _lines(records: list[Record]) -> bytes:
    return b"".join(encode_with_id(record) + b"\n" for record in records)


def _rows(records: list[Record]) -> bytes:
    return _csv([_values(record) for record in records])


def _values(record: Record) -> list[object]:
    line = json.loads(encode_with_id(record))
    fault = line.get("fault") or {}
    line |= {"fault_id": fault.get("id"), "fault_kind": fault.get("kind")}
    cells = {name: _cell(value) for name, value in line.items()}
    if "data" in line:
        cells["data"] = _neutral_json(line["data"])
    return [cells.get(column) for column in COLUMNS]


def _cell(value: object) -> object:
    """An apostrophe makes text of what would be a formula."""
    return _FORMULA.sub(r"\1'\2", value) if isinstance(value, str) else value


def _neutral_json(value: object) -> str:
    """JSON of the same value in which no text holds the beginning of a formula."""
    text = json.dumps(value, separators=(",", ":"), ensure_ascii=False)
    return _JSON_TEXT.sub(lambda found: f'"{_FORMULA.sub(_escaped, found[1])}"', text)


def _escaped(found: re.Match[str]) -> str:
    return f"{found[1]}\\u{ord(found[2]):04x}"


def _csv(rows: list[list[object]]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()
