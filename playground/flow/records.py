"""A record: one line of the flow log, one hop of one message.

The only source for every picture, number and story. docs/architecture.md describes the
fields; span and trace follow W3C Trace Context.
"""

import json
from dataclasses import dataclass, field, fields
from enum import StrEnum
from operator import attrgetter
from typing import Any

import orjson

from ..bounds import MAX_RECORD
from ..company.trace import Span

_LONGEST_NAME = 256  # characters; a request is named by its path, which may fill any record
_SECRET_FIELDS = frozenset({"password", "card", "token", "authorization"})


class Kind(StrEnum):
    REQUEST = "request"
    RESPONSE = "response"
    PUBLISH = "publish"
    ENQUEUE = "enqueue"
    DELIVER = "deliver"
    REDELIVER = "redeliver"
    PROCESS = "process"
    ACK = "ack"
    RETRY = "retry"
    DEAD_LETTER = "dead_letter"
    EFFECT = "effect"
    STATE = "state"
    FAULT = "fault"
    NOTE = "note"


# The page has these three from here (tests/generated_js.py).
TRAVELLING = frozenset(  # drawn as a dot on an arrow of the picture
    {
        Kind.REQUEST, Kind.RESPONSE, Kind.PUBLISH, Kind.ENQUEUE,
        Kind.DELIVER, Kind.REDELIVER, Kind.RETRY,
    }
)  # fmt: skip
FAILED = frozenset({"error", "timeout", "refused", "rejected", "lost"})  # statuses
POLLS = "GET /api/orders/"  # what the name of a poll begins with


@dataclass(slots=True)
class Record:
    kind: Kind
    name: str  # "PUT /api/users/7", "OrderPlaced", "EmailSent"
    at: float  # unix seconds
    source: str = ""
    target: str = ""
    style: str = ""  # call | text
    status: str = "ok"  # ok | error | timeout | refused | rejected | lost | duplicate
    code: int | None = None  # HTTP status, where there is one
    run: str = ""
    trace: str = ""
    span: str = ""
    parent: str = ""
    actor: str = ""  # participant, in a class; the tab or lesson's run that changed something
    message: str = ""
    attempt: int | None = None  # 1-based
    wait_ms: float | None = None  # in the queue
    work_ms: float | None = None  # in the handler
    duration_ms: float | None = None  # the whole hop, as its caller saw it
    fault: dict[str, str] | None = None  # id and kind of the fault that hit it
    data: dict[str, Any] = field(default_factory=dict)
    id: str = ""  # the cursor; the log assigns it

    def belonging_to(self, span: Span) -> "Record":
        """Set run, trace, span, parent and actor from this span, and return the record itself."""
        self.run, self.trace, self.span = span.run, span.trace, span.span
        self.parent, self.actor = span.parent, span.actor
        return self

    @property
    def is_poll(self) -> bool:
        """A customer asks again for the status of an order: this begins no story of its own."""
        return self.name.startswith(POLLS)


_FIELDS = tuple(f.name for f in fields(Record) if f.name != "id")
_values = attrgetter(*_FIELDS)


def encode(record: Record) -> bytes:
    """JSON of at most MAX_RECORD, without secrets and empty fields. Too long `data` is cut."""
    # Zeros are values; empty strings, dictionaries and None are left out.
    values = zip(_FIELDS, _values(record), strict=True)
    line = {name: value for name, value in values if value or value == 0}
    for name in ("wait_ms", "work_ms", "duration_ms"):
        if name in line:
            line[name] = round(line[name], 2)
    if record.data:
        line["data"] = without_secrets(record.data)
    text = _dump(line)
    if len(text) > MAX_RECORD and len(record.name) > _LONGEST_NAME:
        line["name"] = f"{record.name[: _LONGEST_NAME - 1]}…"
        text = _dump(line)
    if len(text) > MAX_RECORD:
        space = MAX_RECORD - len(_dump(line | {"data": {}})) - 64
        line["data"] = {"cut": True, "bytes": len(text), "begins": _beginning(line["data"], space)}
        text = _dump(line)
    return text


def encode_with_id(record: Record) -> bytes:
    """The JSON that readers get: with the id first."""
    return with_id(record.id, encode(record))


def with_id(cursor: str, text: bytes) -> bytes:
    """Insert the id into an encoded record, without decoding it."""
    return b'{"id":"%b",%b' % (cursor.encode(), text[1:])


def decode(cursor: str, text: bytes) -> Record:
    """The record that `encode` made, with its cursor as id."""
    line = json.loads(text)
    line["kind"] = Kind(line["kind"])  # a plain string would be equal, but `is` would fail
    return Record(id=cursor, **{name: line[name] for name in _FIELDS if name in line})


def without_secrets(value: Any) -> Any:
    """A copy with the values of secret fields (_SECRET_FIELDS) masked, at any depth."""
    if isinstance(value, dict):
        return {
            key: "•••" if key.lower() in _SECRET_FIELDS else without_secrets(inner)
            for key, inner in value.items()
        }
    if isinstance(value, list | tuple):
        return [without_secrets(inner) for inner in value]
    return value


def _dump(value: Any) -> bytes:
    try:
        return orjson.dumps(value, default=str, option=orjson.OPT_NON_STR_KEYS)
    except TypeError:  # a number of more than 64 bits
        return json.dumps(value, separators=(",", ":"), ensure_ascii=False, default=str).encode()


def _beginning(data: dict[str, Any], space: int) -> str:
    """As much of the data's JSON as fits in `space` bytes when it is a JSON string itself."""
    text = _dump(data).decode()
    while text and len(_dump(text)) > space:
        text = text[: len(text) - max(1, (len(_dump(text)) - space) // 4)]
    return text
