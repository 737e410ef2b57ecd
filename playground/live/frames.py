"""Frames, as JSON text. A frame is built once for all sockets that get it."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from ..company.topology import Style
from ..control import snapshot
from ..design.choices import Design
from ..flow import mermaid
from ..flow.records import Record, with_id
from ..flow.redis_log import Entry


def welcome(playground: str, cursor: str) -> str:
    return _dump({"type": "welcome", "playground": playground, "cursor": cursor})


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


def sequence(trace: str, trace_records: Sequence[Record]) -> str:
    source = mermaid.sequence(trace_records)
    return _dump({"type": "diagram", "diagram": "sequence", "trace": trace, "source": source})


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
