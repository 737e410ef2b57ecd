"""Frames, as JSON text. A frame is built once for all sockets that get it."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

from ..bounds import KB
from ..company.topology import Style
from ..control import snapshot
from ..design.choices import Design
from ..flow import mermaid
from ..flow.records import Record, with_id
from ..flow.redis_log import Entry
from .slices import in_slices

LARGEST = 64 * KB  # bytes of records in one frame: some 200 of the usual size, 16 of the largest


def welcome(playground: str, cursor: str) -> str:
    return _dump({"type": "welcome", "playground": playground, "cursor": cursor})


def portions(entries: Sequence[Entry]) -> Iterator[Sequence[Entry]]:
    """The entries in portions of at most LARGEST, each for one frame."""
    start = size = 0
    for number, (_, text) in enumerate(entries):
        if size + len(text) > LARGEST and number > start:
            yield entries[start:number]
            start, size = number, 0
        size += len(text)
    if entries:
        yield entries[start:]


def records(after: str, entries: Sequence[Entry]) -> str:
    """The entries, the cursor before the first, and the cursor of the last."""
    lines = b",".join(with_id(cursor, text) for cursor, text in entries)
    head = b'{"type":"records","after":"%b","cursor":"%b"' % (
        after.encode(),
        entries[-1][0].encode(),
    )
    return (head + b',"records":[' + lines + b"]}").decode()


def gap(after: str, oldest: str) -> str:
    """The log no longer holds what followed `after`; the next records frame begins with `oldest`."""
    return _dump({"type": "gap", "after": after, "oldest": oldest})


def stats(values: dict[str, Any]) -> str:
    return _dump({"type": "stats", **values})


def faults(active: Sequence[dict[str, Any]]) -> str:
    return _dump({"type": "faults", "faults": list(active)})


def design(chosen: Design) -> str:
    connections = snapshot.connections(chosen)
    return _dump({"type": "design", "design": chosen.as_json(), "connections": connections})


def topology(chosen: Design) -> str:
    """The Mermaid source of the picture, in both directions, and what its ids stand for."""
    wiring = chosen.wiring
    return _dump(
        {
            "type": "diagram",
            "diagram": "topology",
            "direction": "LR",
            "source": mermaid.topology(wiring, "LR"),
            "source_tb": mermaid.topology(wiring, "TB"),
            "nodes": [asdict(node) for node in mermaid.nodes(wiring)],
            "edges": [_edge(edge) for edge in mermaid.edges(wiring)],
        }
    )


async def sequence(trace: str, trace_records: Sequence[Record]) -> str:
    diagram = mermaid.SequenceDiagram()
    async for record in in_slices(trace_records):
        diagram.add(record)
    frame = {"type": "diagram", "diagram": "sequence", "trace": trace, "source": diagram.source()}
    return _dump(frame)


def _edge(edge: mermaid.Edge) -> dict[str, Any]:
    return {
        "id": edge.id,
        "from": edge.source,
        "to": edge.target,
        "style": "call" if edge.style is Style.CALL else "text",
        "connections": edge.connections,
        "flippable": edge.flippable,
    }


def _dump(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)
