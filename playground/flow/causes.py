"""Why the ledger does not close: what the records prove, in words, and the messages behind it.

Pure: from the ledger's lines and the flow log to sentences. Each rule is a fact that can be
read in the log; where none holds, the sentence says that the records do not tell.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from .ledger import Entry, Line, Way
from .records import Kind, Record
from .search import entities_of

UNKNOWN = "the records do not tell why"
MOST_NAMED = 100  # subjects and messages a difference names

_WORDS = {
    "lost": "lost", "doubled": "too many", "pending": "on the way",
    "dead": "stuck as dead letters", "unasked": "that nobody was promised",
}  # fmt: skip
_STORED = ("OrderStored", "UserStored")
_UNNOTICED = "and the consumer is not idempotent: it did not notice"


@dataclass(frozen=True, slots=True)
class Difference:
    """A part of a number of the ledger that has one and the same cause."""

    effect: str
    column: str  # lost, doubled, pending, dead, unasked
    count: int
    says: str  # "2 receipts lost: the worker was killed after an early ack."
    subjects: tuple[str, ...]  # at most MOST_NAMED
    messages: tuple[str, ...]  # of these subjects, those that were to bring the effect about


@dataclass(slots=True)
class _Part:
    count: int = 0
    subjects: list[str] = field(default_factory=list)
    messages: dict[str, None] = field(default_factory=dict)


def explain(lines: Sequence[Line], records: Iterable[Record]) -> list[Difference]:
    """One difference per effect, column and cause, in the order of the ledger."""
    stories = _Stories(records)
    told_as_stored = {s for line in lines if line.row.effect in _STORED
                      for s in line.behind["unasked"]}  # fmt: skip
    differences: list[Difference] = []
    for line in lines:
        for column in _WORDS:
            subjects = line.behind[column]
            if column == "unasked" and line.row.effect not in _STORED:
                subjects = {s: n for s, n in subjects.items() if s not in told_as_stored}
            differences += _differences(line.entry, column, subjects, stories)
    return differences


def in_work(records: Iterable[Record], held: Mapping[str, int]) -> list[tuple[Way, str]]:
    """Texts that were acknowledged early and whose worker lives, with their subjects.

    `held`: the slots of each service that have a living worker in them. A worker has one
    text at a time, so of the unfinished ones the newest are theirs, as many as there are
    slots held; whatever is older lost its worker.
    """
    stories = _Stories(records)
    open_texts: dict[tuple[str, str], Record] = {}
    acked: set[tuple[str, str]] = set()
    for record in stories.records:
        key = record.target, record.message
        match record.kind:
            case Kind.DELIVER | Kind.REDELIVER:
                open_texts.pop(key, None)
                open_texts[key] = record
                acked.discard(key)
            case Kind.ACK:
                acked.add(key)
            case Kind.PROCESS | Kind.RETRY | Kind.DEAD_LETTER:
                open_texts.pop(key, None)
            case Kind.NOTE if record.name == "Killed":
                open_texts.pop(key, None)
    found = []
    left = dict(held)
    for key, record in reversed(open_texts.items()):
        if left.get(record.target, 0) > 0:
            left[record.target] -= 1
            if key in acked:
                way = record.target, record.name
                found += [(way, subject) for subject in stories.subjects_of(record.trace)]
    return found


class _Stories:
    """The records by what they are about."""

    def __init__(self, records: Iterable[Record]) -> None:
        self.records = list(records)
        self._by_trace: dict[str, list[Record]] = defaultdict(list)
        self._traces: dict[str, dict[str, None]] = defaultdict(dict)
        self._subjects: dict[str, set[str]] = defaultdict(set)
        for record in self.records:
            self._by_trace[record.trace].append(record)
            for entity in entities_of(record):
                self._traces[entity][record.trace] = None
                self._subjects[record.trace].add(entity)

    def of(self, subject: str) -> list[Record]:
        """Every record of the traces in which the subject is named, oldest first."""
        return [r for trace in self._traces.get(subject, ()) for r in self._by_trace[trace]]

    def subjects_of(self, trace: str) -> set[str]:
        return self._subjects.get(trace, set())


def _differences(
    entry: Entry, column: str, subjects: Mapping[str, int], stories: _Stories
) -> Iterator[Difference]:
    parts: dict[str, _Part] = defaultdict(_Part)
    for subject, count in subjects.items():
        story = stories.of(subject)
        cause = _CAUSES[column](entry, subject, story) if story else ""
        part = parts[cause or UNKNOWN]
        part.count += count
        part.subjects.append(subject)
        part.messages |= dict.fromkeys(_messages(entry, subject, story))
    for cause, part in parts.items():
        says = f"{entry.counted(part.count)} {_WORDS[column]}: {cause}."
        named = tuple(part.subjects[:MOST_NAMED]), tuple(part.messages)[:MOST_NAMED]
        yield Difference(entry.effect, column, part.count, says, *named)


def _messages(entry: Entry, subject: str, story: Sequence[Record]) -> Iterator[str]:
    for record in story:
        is_of_a_way = any(record.name == name for _, name in entry.ways)
        for_us = record.target == entry.service or record.kind is Kind.PUBLISH
        is_effect = record.kind is Kind.EFFECT and record.name == entry.effect
        if record.message and ((is_of_a_way and for_us) or (is_effect and _is_of(record, subject))):
            yield record.message


def _is_of(record: Record, subject: str) -> bool:
    return bool(record.data.get("subject") == subject)


def _why_lost(entry: Entry, subject: str, story: Sequence[Record]) -> str:
    for service, name in entry.ways:
        cause = _on_its_way(story, service, name) or _at_work(story, service, name)
        if cause or any(r.kind is Kind.PUBLISH and r.name == name for r in story):
            return cause
    if entry.ways:
        for record in story:
            if record.kind is Kind.NOTE and record.name == "Crashed":
                return f"{record.target} crashed between commit and publish, without an outbox"
    return ""


def _on_its_way(story: Sequence[Record], service: str, name: str) -> str:
    """Between the publisher and the queue."""
    sent = [r for r in story if r.name == name]
    for record in reversed(sent):
        if record.kind is Kind.ENQUEUE and record.target == service:
            return "its publish was dropped on the way to the broker" if _lost(record) else ""
        if record.kind is Kind.PUBLISH and _lost(record):
            return "the broker was down, and without an outbox nothing kept it"
    return ""


def _at_work(story: Sequence[Record], service: str, name: str) -> str:
    """At the consumer, or at the callee."""
    here = [r for r in story if service in (r.source, r.target)]
    mine = [r for r in here if r.name == name]
    messages = {r.message for r in mine}
    acked = {(r.message, r.attempt) for r in mine if r.kind is Kind.ACK}
    for record in reversed(here):
        key = record.message, record.attempt
        reason = record.data.get("reason", "")
        match record.kind, record.name:
            case Kind.NOTE, "Killed" if record.message in messages and key in acked:
                return "the worker was killed after an early ack"
            case Kind.NOTE, discarded if discarded == f"{name} discarded":
                return f"the dead letter was thrown away by hand ({reason})"
            case Kind.DEAD_LETTER, _ if record.name == name and _lost(record):
                return f"it was thrown away, for there is no dead letter queue ({reason})"
            case Kind.PROCESS, _ if record.name == name and record.status == "rejected":
                return f"{service} said no ({reason})"
            case Kind.RESPONSE, _ if record.name == name and record.status != "ok":
                return f"the call to {service} failed ({_ending(record)})"
    finished = {(r.message, r.attempt) for r in mine if r.kind is Kind.PROCESS}
    if acked - finished:
        return f"it was acknowledged before the work, which never ended; {UNKNOWN}"
    return ""


def _why_doubled(entry: Entry, subject: str, story: Sequence[Record]) -> str:
    texts = {name for service, name in entry.ways if service == entry.service}
    here = [r for r in story if entry.service in (r.source, r.target)]
    mine = [r for r in here if r.name in texts or not texts]
    for record in mine:
        match record.kind, (record.fault or {}).get("kind"):
            case Kind.ENQUEUE, "duplicate":
                return f"the broker was given it twice (duplicate fault), {_UNNOTICED}"
            case ((Kind.DELIVER | Kind.REDELIVER), "ack_lost"):
                return f"the ack got lost and it was delivered again, {_UNNOTICED}"
            case ((Kind.DELIVER | Kind.REDELIVER), "reset"):
                return f"the connection broke after the work, it was delivered again, {_UNNOTICED}"
    if cause := _asked_again(mine):
        return cause
    if any(r.kind is Kind.NOTE and r.name.endswith(" replayed") for r in here):
        return f"a dead letter was replayed though its work had been done, {_UNNOTICED}"
    if any(r.kind is Kind.REDELIVER for r in mine):
        return f"it was delivered again after its worker went silent, {_UNNOTICED}"
    publishes = [r.message for r in story if r.kind is Kind.PUBLISH and r.name in texts]
    if len(publishes) > len(set(publishes)):
        return f"it was published twice, {_UNNOTICED}"
    return ""


def _asked_again(mine: Sequence[Record]) -> str:
    """A call that seemed to have failed, and was repeated without a key."""
    for n, record in enumerate(mine):
        if record.kind is not Kind.RESPONSE or record.status == "ok":
            continue
        is_repeated = any(r.kind is Kind.REQUEST and r.name == record.name for r in mine[n:])
        if is_repeated and (record.fault or {}).get("kind") == "reset":
            return "the connection broke after the work, and the call was repeated without a key"
        if is_repeated and record.status == "timeout":
            return "the caller gave up too early, and asked again without a key"
    return ""


def _why_pending(entry: Entry, subject: str, story: Sequence[Record]) -> str:
    mine = [r for r in story if (r.target, r.name) in entry.ways
            or (r.kind is Kind.PUBLISH and r.name in dict(map(reversed, entry.ways)))]  # type: ignore[arg-type]  # fmt: skip
    for record in reversed(mine):
        kind = (record.fault or {}).get("kind", "")
        match record.kind:
            case Kind.PUBLISH if record.status == "refused":
                return "the broker is down; the outbox keeps it"
            case Kind.ENQUEUE if _lost(record):
                return "it got lost once; the outbox publishes it again"
            case Kind.ENQUEUE:
                return (
                    "nobody takes it from its queue" if kind in _STOPPED else "it is in its queue"
                )
            case Kind.RETRY:
                return "it failed, and will be tried again"
            case Kind.DELIVER | Kind.REDELIVER | Kind.ACK:
                return "it is being worked on"
    return ""


_STOPPED = ("paused", "unreachable")


def _why_dead(entry: Entry, subject: str, story: Sequence[Record]) -> str:
    for record in reversed(story):
        if record.kind is Kind.DEAD_LETTER and (record.target, record.name) in entry.ways:
            return str(record.data.get("reason", ""))
    return ""


def _why_unasked(entry: Entry, subject: str, story: Sequence[Record]) -> str:
    for record in story:
        if record.kind is Kind.RESPONSE and record.target == "customer" and record.status != "ok":
            return f"the customer was told {_ending(record)}, though it was done"
    return ""


_CAUSES = {
    "lost": _why_lost, "doubled": _why_doubled, "pending": _why_pending,
    "dead": _why_dead, "unasked": _why_unasked,
}  # fmt: skip


def _lost(record: Record) -> bool:
    return record.status == "lost"


def _ending(record: Record) -> str:
    """ "502, reset"; "timeout"."""
    parts = [str(record.code or record.status)]
    if record.fault:
        parts.append(record.fault["kind"].replace("_", " "))
    return ", ".join(parts)
