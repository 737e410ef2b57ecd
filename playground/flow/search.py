"""Search the flow log: the same query language in the page's log, the export and the API.

A query is words and filters: `retry service:notification,crm name:"POST /api/orders"`.
A filter's values, separated by commas, are alternatives. All filters must match, and every
bare word must occur in the record's JSON. The page has its own implementation
(static/js/state/search.js); tests/js/search_cases.json tests both.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from ..bounds import MAX_WORDS
from .records import Record, encode_with_id

TEXT = "text"
FIELDS = (
    "message", "entity", "service", "kind", "status", "fault", "name", "run", "trace",
)  # fmt: skip

_TOKEN = re.compile(r'(?:([a-z]+):)?("(?:[^"\\]|\\.)*"|\S+)')
_ENTITY_IN_NAME = re.compile(r"^[A-Z]+ /api/(order|user)s/([^/ ]+)")


class TooManyWords(ValueError):
    """The query has more than MAX_WORDS words and filters."""


@dataclass(frozen=True, slots=True)
class Filter:
    field: str  # one of FIELDS, or TEXT
    values: tuple[str, ...]  # any of these


def parse(query: str) -> list[Filter]:
    """The filters of a query. A token without a known field name is searched for as text.

    Each is there once, however often it is written.  Raises TooManyWords.
    """
    filters = []
    for match in _TOKEN.finditer(query):
        field, value = match[1] or TEXT, match[2]
        if field not in FIELDS:
            field, value = TEXT, match[0]
        if value.startswith('"') and value.endswith('"') and len(value) > 1:
            values: tuple[str, ...] = (re.sub(r"\\(.)", r"\1", value[1:-1]),)
        elif field == TEXT:
            values = (value,)
        else:
            values = tuple(part for part in value.split(",") if part)
        if values and values != ("",):
            filters.append(Filter(field, values))
    distinct = list(dict.fromkeys(filters))
    if len(distinct) > MAX_WORDS:
        raise TooManyWords
    return distinct


def matcher(filters: Iterable[Filter], records: Iterable[Record]) -> Callable[[Record], bool]:
    """A function that decides whether a record matches all filters.

    `records`: all records of the log, needed if a filter is `entity`: it matches every record
    of a trace that names the entity.
    """
    conditions = list(filters)
    entities = {value for f in conditions if f.field == "entity" for value in f.values}
    traces: dict[str, set[str]] = {entity: set() for entity in entities}
    if entities:
        for record in records:
            for entity in entities & entities_of(record):
                traces[entity].add(record.trace)
    # What each filter needs is made ready here, so that a record costs little.
    words = [f.values[0].lower() for f in conditions if f.field == TEXT]
    wanted = [(f.field, set(f.values)) for f in conditions if f.field not in (TEXT, "entity")]
    among = [{t for v in f.values for t in traces[v]} for f in conditions if f.field == "entity"]

    def matches(record: Record) -> bool:
        if any(values_of(record, field).isdisjoint(values) for field, values in wanted):
            return False
        if any(record.trace not in traces_named for traces_named in among):
            return False
        text = encode_with_id(record).decode().lower() if words else ""
        return all(word in text for word in words)

    return matches


def values_of(record: Record, field: str) -> set[str]:
    """The values of a record that a filter on this field compares with."""
    match field:
        case "service":
            return {record.source, record.target} - {""}
        case "fault":
            return {record.fault["kind"]} if record.fault else set()
        case _:
            return {str(getattr(record, field))} - {""}


def entities_of(record: Record) -> set[str]:
    """The orders and users that a record names: "order/7Q2K", "user/4"."""
    entities = set()
    data = record.data
    if subject := data.get("subject"):
        entities.add(str(subject))
    if order := data.get("order"):
        entities.add(f"order/{order}")
    event = data.get("event")
    if isinstance(event, dict) and event.get("subject"):
        entities.add(str(event["subject"]))
    if named := _ENTITY_IN_NAME.match(record.name):
        entities.add(f"{named[1]}/{named[2]}")
    return entities
