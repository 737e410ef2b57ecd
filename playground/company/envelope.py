"""The envelope of a text: a CloudEvent (CloudEvents 1.0.2) around the company's message.

Extensions: `traceparent` (Distributed Tracing extension), `correlationid` (the run),
`causationid` (the message or span that caused this one).
"""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import Any

import orjson
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent

from .topology import EVENT_TYPES, MESSAGES_BY_TYPE
from .trace import Span, parse_traceparent

_json = JSONFormat()


class UnknownMessage(ValueError):
    """The envelope holds a message that this company does not know."""


@dataclass(frozen=True, slots=True)
class AddressedMessage:
    """A wrapped message, and the services that get a copy of it in their queues."""

    event: CloudEvent
    subscribers: tuple[str, ...]


def wrap(
    message: Any, *, playground: str, source: str, span: Span, event_id: str, cause: str, now: float
) -> CloudEvent:
    """Wrap a message in a CloudEvent.

    `now` is in unix seconds; `cause` is the id of the message or span that caused this one.
    KeyError if the message is not in EVENT_TYPES: such a command can only be called.
    """
    data = {f.name: getattr(message, f.name) for f in fields(message)}
    attributes = {
        "id": event_id,
        "source": f"/playground/{playground}/{source}",
        "type": EVENT_TYPES[type(message)],
        "specversion": "1.0",
        "time": datetime.fromtimestamp(now, UTC),
        "subject": _subject(data),
        "datacontenttype": "application/json",
        "traceparent": span.traceparent,
        "correlationid": span.run,
    }
    if cause:
        attributes["causationid"] = cause
    if span.actor:
        attributes["actor"] = span.actor
    return CloudEvent(attributes, data)


def unwrap(event: CloudEvent, needs: Iterable[str] = ()) -> Any:
    """The message inside. `needs`: fields that this reader's version of the schema adds.

    Raises UnknownMessage if the type is not one of ours, or a field is missing.
    """
    message_class = MESSAGES_BY_TYPE.get(event.get_type())
    data = event.get_data()
    if message_class is None or not isinstance(data, dict):
        raise UnknownMessage(f"no message of type {event.get_type()}")
    try:
        message = message_class(**{f.name: data[f.name] for f in fields(message_class)})
    except KeyError as missing:
        raise UnknownMessage(f"{event.get_type()} without {missing}") from None
    require(message, needs)
    return message


def require(message: Any, needs: Iterable[str]) -> None:
    """Raises UnknownMessage if the message lacks one of these fields."""
    for name in needs:
        if not hasattr(message, name):
            raise UnknownMessage(f"{type(message).__name__} without the field {name!r}")


def message_name(event: CloudEvent) -> str:
    """The class of the message ("OrderPlaced"), or its CloudEvents type if we do not know it."""
    message_class = MESSAGES_BY_TYPE.get(event.get_type())
    return message_class.__name__ if message_class else event.get_type()


def sender(event: CloudEvent) -> str:
    """The service that published the event: the last part of its `source`."""
    return event.get_source().rsplit("/", 1)[-1]


def span_of(event: CloudEvent) -> Span:
    """The span that published this event; empty ids if its traceparent is missing or invalid."""
    attributes = event.get_attributes()
    trace, span = parse_traceparent(attributes.get("traceparent", "")) or ("", "")
    return Span(attributes.get("correlationid", ""), trace, span, actor=attributes.get("actor", ""))


def to_json(event: CloudEvent) -> bytes:
    """The CloudEvents JSON format. Writes our own events directly: the SDK is slower."""
    data = event.get_data()
    if not isinstance(data, dict):
        return _json.write(event)
    try:
        return orjson.dumps(event.get_attributes() | {"data": data}, option=orjson.OPT_UTC_Z)
    except TypeError:  # a number of more than 64 bits
        return _json.write(event)


def from_json(text: bytes) -> CloudEvent:
    """Read the CloudEvents JSON format.  Raises ValueError if it is not JSON."""
    attributes = orjson.loads(text)
    if attributes.get("specversion") == "1.0" and isinstance(attributes.get("data"), dict):
        data = attributes.pop("data")
        attributes["time"] = datetime.fromisoformat(attributes["time"])
        return CloudEvent(attributes, data)
    event: Any = _json.read(None, text)  # None: the SDK finds the class by specversion
    return event


def _subject(data: dict[str, Any]) -> str:
    return f"order/{data['order']}" if "order" in data else f"user/{data['user']}"
