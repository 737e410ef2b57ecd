"""Mermaid text, generated from the topology and from records.

Node ids are the services' names with `-` as `_`, `broker`, and `q_<service>` for queues;
edges have explicit ids `<from>__<to>`, so that the page can find each one's path.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ..company.topology import SERVICES, Style, Wiring
from .records import Kind, Record

MAX_SEQUENCE_STEPS = 200
LONGEST_LABEL = 120  # characters; the path that names a request may have thousands
SUBSCRIBERS_PER_ROW = 3


@dataclass(frozen=True, slots=True)
class Node:
    id: str
    title: str
    kind: str  # actor | service | outside | broker | queue
    service: str  # "" for the broker


@dataclass(frozen=True, slots=True)
class Edge:
    source: str  # node ids
    target: str
    style: Style
    connections: tuple[str, ...]  # ids of those that share this arrow
    flippable: tuple[str, ...]  # those of them that the learner may flip

    @property
    def id(self) -> str:
        return f"{self.source}__{self.target}"


def nodes(wiring: Wiring) -> list[Node]:
    """Services in the order of the topology, then the broker, then the queues."""
    drawn = [Node(node_id(s.name), s.title, s.party.value, s.name) for s in wiring.services()]
    drawn.append(Node("broker", "Broker", "broker", ""))
    for name in wiring.subscribers():
        drawn.append(Node(queue_id(name), f"{SERVICES[name].title} queue", "queue", name))
    return drawn


def edges(wiring: Wiring) -> list[Edge]:
    """A call is one arrow; a text is three: to the broker, to the queue, to the subscriber."""
    drawn: dict[tuple[str, str], Edge] = {}

    def draw(source: str, target: str, style: Style, connection: str, may_flip: bool) -> None:
        before = drawn.get((source, target), Edge(source, target, style, (), ()))
        drawn[source, target] = Edge(
            source,
            target,
            style,
            _with(before.connections, connection),
            _with(before.flippable, connection) if may_flip else before.flippable,
        )

    draw("customer", "gateway", Style.CALL, "customer->gateway", False)
    for c in wiring.connections():
        source, target = node_id(c.source), node_id(c.target)
        if wiring.style(c) is Style.CALL:
            draw(source, target, Style.CALL, c.id, c.flippable)
        else:
            draw(source, "broker", Style.TEXT, c.id, False)
            draw("broker", queue_id(c.target), Style.TEXT, c.id, False)
            draw(queue_id(c.target), target, Style.TEXT, c.id, c.flippable)
    return list(drawn.values())


def topology(wiring: Wiring, direction: str = "LR") -> str:
    """The company as a Mermaid flowchart. `direction` is LR, or TB for narrow screens."""
    lines = [f"flowchart {direction}"]
    lines += [f"  {_shape(node)}" for node in nodes(wiring)]
    for edge in edges(wiring):
        arrow = "-->" if edge.style is Style.CALL else "-.->"
        lines.append(f"  {edge.source} {edge.id}@{arrow} {edge.target}")
    if direction == "TB":
        lines += [f"  {above} ~~~ {below}" for above, below in _rows(wiring.subscribers())]
    return "\n".join(lines) + "\n"


class SequenceDiagram:
    """One trace as a Mermaid sequence diagram: its first MAX_SEQUENCE_STEPS steps, in order."""

    def __init__(self) -> None:
        self._steps: list[_Step] = []
        self._parties: dict[str, None] = {}  # in the order of their first step
        self._left_out = 0

    def add(self, record: Record) -> None:
        """Draw the trace's next record."""
        for step in _step(record):
            self._parties |= dict.fromkeys(step.parties)
            if len(self._steps) < MAX_SEQUENCE_STEPS:
                self._steps.append(step)
            else:
                self._left_out += 1

    def source(self) -> str:
        lines = ["sequenceDiagram"]
        for name in self._parties:
            title = SERVICES[name].title if name in SERVICES else name.capitalize()
            lines.append(f"  participant {node_id(name)} as {title}")
        lines += [f"  {step.text}" for step in self._steps]
        if self._left_out:
            first = node_id(next(iter(self._parties)))
            lines.append(f"  Note over {first}: and {self._left_out} more steps")
        return "\n".join(lines) + "\n"


def sequence(records: Iterable[Record]) -> str:
    diagram = SequenceDiagram()
    for record in records:
        diagram.add(record)
    return diagram.source()


@dataclass(frozen=True, slots=True)
class _Step:
    parties: tuple[str, ...]
    text: str


def _step(record: Record) -> Sequence[_Step]:
    source, target, name = record.source, record.target, _plain(record.name)
    match record.kind:
        case Kind.REQUEST:
            return [_arrow(source, "->>", target, name)]
        case Kind.RESPONSE:
            answer = str(record.code or record.status)
            took = f"{answer}, {record.duration_ms or 0:.0f} ms"
            arrow = "-->>" if record.status == "ok" else "--x"
            steps = [_arrow(source, arrow, target, took)]
            if target == "customer":
                steps.append(_note(target, "has the answer"))
            return steps
        case Kind.PUBLISH:
            return [_arrow(source, "-)", "broker", name)]
        case Kind.DELIVER | Kind.REDELIVER:
            again = f" (attempt {record.attempt})" if (record.attempt or 1) > 1 else ""
            return [_arrow("broker", "-)", target, name + again)]
        case Kind.EFFECT:
            return [_note(target, name)]
        case Kind.RETRY:
            return [_note(target, f"{name} is retried in {record.data.get('delay_s', 0):g} s")]
        case Kind.DEAD_LETTER:
            return [_note(target, f"{name} is a dead letter")]
        case _:
            return []


def _rows(names: Sequence[str]) -> Iterable[tuple[str, str]]:
    """Pairs of nodes to place one below the other, so that subscribers form rows of three:
    six side by side are too wide for a telephone."""
    for above, below in zip(names, names[SUBSCRIBERS_PER_ROW:], strict=False):
        yield node_id(above), queue_id(below)


def _arrow(source: str, arrow: str, target: str, text: str) -> _Step:
    return _Step((source, target), f"{node_id(source)}{arrow}{node_id(target)}: {text}")


def _note(party: str, text: str) -> _Step:
    return _Step((party,), f"Note over {node_id(party)}: {_plain(text)}")


def node_id(service: str) -> str:
    return service.replace("-", "_")


def queue_id(service: str) -> str:
    return f"q_{node_id(service)}"


def _shape(node: Node) -> str:
    match node.kind:
        case "broker":
            return f'{node.id}[("{node.title}")]'
        case "queue":
            return f'{node.id}@{{ shape: das, label: "0 ready" }}'
        case "actor" | "outside":
            return f'{node.id}(["{node.title}"])'
        case _:
            return f'{node.id}["{node.title}"]'


def _plain(text: str) -> str:
    """Not longer than a label may be, and without the characters that have a meaning in Mermaid."""
    if len(text) > LONGEST_LABEL:
        text = f"{text[: LONGEST_LABEL - 1]}…"
    return text.replace(";", ",").replace("#", "no. ").replace("\n", " ")


def _with(ids: tuple[str, ...], new_id: str) -> tuple[str, ...]:
    return ids if new_id in ids else (*ids, new_id)
