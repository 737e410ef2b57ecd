"""A record: one line of the flow log, one hop of one message.

The only source for every picture, number and story. Field names and shapes stand in
docs/architecture.md; span and trace follow W3C Trace Context.
"""

import json
from dataclasses import dataclass, field, fields
from enum import StrEnum
from operator import attrgetter
from typing import Any

import orjson

from ..company.trace import Span

MAX_BYTES = 4096
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
    actor: str = ""
    message: str = ""
    attempt: int | None = None  # 1-based
    wait_ms: float | None = None  # in the queue
    work_ms: float | None = None  # in the handler
    duration_ms: float | None = None  # the whole hop, as its caller saw it
    fault: dict[str, str] | None = None  # id and kind of the fault that touched it
    data: dict[str, Any] = field(default_factory=dict)
    id: str = ""  # the cursor; given by the log

    def belonging_to(self, span: Span) -> "Record":
        """The same record, marked as part of this span."""
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
    """JSON of at most MAX_BYTES, without secrets and without empty fields."""
    # A zero says something, all else that is false says nothing.
    values = zip(_FIELDS, _values(record), strict=True)
    line = {name: value for name, value in values if value or value == 0}
    for name in ("wait_ms", "work_ms", "duration_ms"):
        if name in line:
            line[name] = round(line[name], 2)
    if record.data:
        line["data"] = without_secrets(record.data)
    text = _dump(line)
    if len(text) > MAX_BYTES and len(record.name) > _LONGEST_NAME:
        line["name"] = f"{record.name[: _LONGEST_NAME - 1]}…"
        text = _dump(line)
    if len(text) > MAX_BYTES:
        room = MAX_BYTES - len(_dump(line | {"data": {}})) - 64
        line["data"] = {"cut": True, "bytes": len(text), "begins": _beginning(line["data"], room)}
        text = _dump(line)
    return text


def encode_with_id(record: Record) -> bytes:
    """The record as readers get it: with its id first."""
    return with_id(record.id, encode(record))


def with_id(cursor: str, text: bytes) -> bytes:
    """Put the id in front of an encoded record, without reading it again."""
    return b'{"id":"%b",%b' % (cursor.encode(), text[1:])


def decode(cursor: str, text: bytes) -> Record:
    line = json.loads(text)
    line["kind"] = Kind(line["kind"])  # a plain word would be equal to it, but not it
    return Record(id=cursor, **{name: line[name] for name in _FIELDS if name in line})


def without_secrets(value: Any) -> Any:
    """The value with passwords, card numbers and tokens replaced by a mark."""
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


def _beginning(data: dict[str, Any], room: int) -> str:
    """As much of the data's text as fits in `room` bytes once it is quoted again."""
    text = _dump(data).decode()
    while text and len(_dump(text)) > room:
        text = text[: len(text) - max(1, (len(_dump(text)) - room) // 4)]
    return text
