"""Why the ledger does not close: a sentence for each cause, with the messages that it concerns.

Pure functions of the ledger's lines and the flow log. Each rule relies on a fact that the
log records; where no rule applies, the sentence says that the records do not show why.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from .ledger import Entry, Line, Way
from .records import Kind, Record
from .search import entities_of

UNKNOWN = "the records do not show why"
MOST_NAMED = 100  # subjects, and messages, that one difference names

_WORDS = {
    "lost": "lost", "doubled": "too many", "pending": "on the way",
    "dead": "stuck as dead letters", "unasked": "that no customer was promised",
}  # fmt: skip
_STORED = ("OrderStored", "UserStored")
_UNNOTICED = "and the consumer is not idempotent: it did not notice"


@dataclass(frozen=True, slots=True)
class Difference:
    """The part of one number of the ledger that has one cause."""

    effect: str
    column: str  # lost, doubled, pending, dead, unasked
    count: int
    says: str  # "2 receipts lost: the worker was killed after an early ack."
    subjects: tuple[str, ...]  # at most MOST_NAMED
    messages: tuple[str, ...]  # ids of the messages that should have caused the effect


@dataclass(slots=True)
class _Part:
    count: int = 0
    subjects: list[str] = field(default_factory=list)
    messages: dict[str, None] = field(default_factory=dict)


def explain(lines: Sequence[Line], records: Iterable[Record]) -> list[Difference]:
    """One difference per effect, column and cause, in the order of the ledger.

    An unasked effect of an order that is itself unasked is not reported again.
    """
    stories = _Stories(records)
    stored_unasked = {s for line in lines if line.row.effect in _STORED
                      for s in line.behind["unasked"]}  # fmt: skip
    differences: list[Difference] = []
    for line in lines:
        for column in _WORDS:
            subjects = line.behind[column]
            if column == "unasked" and line.row.effect not in _STORED:
                subjects = {s: n for s, n in subjects.items() if s not in stored_unasked}
            differences += _differences(line.entry, column, subjects, stories)
    return differences


def in_work(records: Iterable[Record], held: Mapping[str, int]) -> list[tuple[Way, str]]:
    """Texts that were acknowledged early and are still being worked on: (way, subject) pairs.

    `held`: how many replica slots each service holds, which is the number of its workers. A
    worker has one text at a time, so the newest unfinished texts, as many as there are slots,
    are in work; the workers of older ones have died.
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
    texts_in_work = []
    left = dict(held)
    for key, record in reversed(open_texts.items()):
        if left.get(record.target, 0) > 0:
            left[record.target] -= 1
            if key in acked:
                way = record.target, record.name
                texts_in_work += [(way, subject) for subject in stories.subjects_of(record.trace)]
    return texts_in_work


class _Stories:
    """The records, by trace and by the orders and users that they name."""

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
        """Every record of the traces that name the subject, trace by trace, oldest first."""
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
    """Why a text was lost between publisher and queue; "" if the records show nothing."""
    sent = [r for r in story if r.name == name]
    for record in reversed(sent):
        if record.kind is Kind.ENQUEUE and record.target == service:
            return "its publish was lost on the way to the broker" if _lost(record) else ""
        if record.kind is Kind.PUBLISH and _lost(record):
            return "the broker was down, and there was no outbox to keep it"
    return ""


def _at_work(story: Sequence[Record], service: str, name: str) -> str:
    """Why a text was lost at its consumer, or a call failed; "" if the records show nothing."""
    at_service = [r for r in story if service in (r.source, r.target)]
    hops = [r for r in at_service if r.name == name]
    messages = {r.message for r in hops}
    acked = {(r.message, r.attempt) for r in hops if r.kind is Kind.ACK}
    for record in reversed(at_service):
        key = record.message, record.attempt
        reason = record.data.get("reason", "")
        match record.kind, record.name:
            case Kind.NOTE, "Killed" if record.message in messages and key in acked:
                return "the worker was killed after an early ack"
            case Kind.NOTE, discarded if discarded == f"{name} discarded":
                return f"the dead letter was discarded by hand ({reason})"
            case Kind.DEAD_LETTER, _ if record.name == name and _lost(record):
                return f"it was discarded, because dead letters are off ({reason})"
            case Kind.PROCESS, _ if record.name == name and record.status == "rejected":
                return f"{service} rejected it ({reason})"
            case Kind.RESPONSE, _ if record.name == name and record.status != "ok":
                return f"the call to {service} failed ({_ending(record)})"
    finished = {(r.message, r.attempt) for r in hops if r.kind is Kind.PROCESS}
    if acked - finished:
        return f"it was acknowledged before the work, which was never finished; {UNKNOWN}"
    return ""


def _why_doubled(entry: Entry, subject: str, story: Sequence[Record]) -> str:
    texts = {name for service, name in entry.ways if service == entry.service}
    at_service = [r for r in story if entry.service in (r.source, r.target)]
    hops = [r for r in at_service if r.name in texts or not texts]
    for record in hops:
        match record.kind, (record.fault or {}).get("kind"):
            case Kind.ENQUEUE, "duplicate":
                return f"the broker got it twice (duplicate fault), {_UNNOTICED}"
            case ((Kind.DELIVER | Kind.REDELIVER), "ack_lost"):
                return f"its ack was lost and it was delivered again, {_UNNOTICED}"
            case ((Kind.DELIVER | Kind.REDELIVER), "reset"):
                return (
                    f"the connection broke after the work and it was delivered again, {_UNNOTICED}"
                )
    if cause := _asked_again(hops):
        return cause
    if any(r.kind is Kind.NOTE and r.name.endswith(" replayed") for r in at_service):
        return f"a dead letter was replayed though its work had been done, {_UNNOTICED}"
    if any(r.kind is Kind.REDELIVER for r in hops):
        return f"it was delivered again after its worker went silent, {_UNNOTICED}"
    publishes = [r.message for r in story if r.kind is Kind.PUBLISH and r.name in texts]
    if len(publishes) > len(set(publishes)):
        return f"it was published twice, {_UNNOTICED}"
    return ""


def _asked_again(hops: Sequence[Record]) -> str:
    """Whether a call that seemed to have failed was repeated without a key, and why."""
    for n, record in enumerate(hops):
        if record.kind is not Kind.RESPONSE or record.status == "ok":
            continue
        is_repeated = any(r.kind is Kind.REQUEST and r.name == record.name for r in hops[n:])
        if is_repeated and (record.fault or {}).get("kind") == "reset":
            return "the connection broke after the work, and the call was repeated without a key"
        if is_repeated and record.status == "timeout":
            return "the caller timed out before the answer, and repeated the call without a key"
    return ""


def _why_pending(entry: Entry, subject: str, story: Sequence[Record]) -> str:
    hops = [r for r in story if (r.target, r.name) in entry.ways
            or (r.kind is Kind.PUBLISH and r.name in dict(map(reversed, entry.ways)))]  # type: ignore[arg-type]  # fmt: skip
    for record in reversed(hops):
        kind = (record.fault or {}).get("kind", "")
        match record.kind:
            case Kind.PUBLISH if record.status == "refused":
                return "the broker is down; the outbox keeps it"
            case Kind.ENQUEUE if _lost(record):
                return "it was lost once; the outbox will publish it again"
            case Kind.ENQUEUE:
                return "its consumer is stopped" if kind in _STOPPED else "it is in its queue"
            case Kind.RETRY:
                return "it failed, and will be retried"
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
            return f"the customer got an error ({_ending(record)}), though the work was done"
    return ""


_CAUSES = {
    "lost": _why_lost, "doubled": _why_doubled, "pending": _why_pending,
    "dead": _why_dead, "unasked": _why_unasked,
}  # fmt: skip


def _lost(record: Record) -> bool:
    return record.status == "lost"


def _ending(record: Record) -> str:
    """How the hop ended: "502, reset", or "timeout"."""
    parts = [str(record.code or record.status)]
    if record.fault:
        parts.append(record.fault["kind"].replace("_", " "))
    return ", ".join(parts)
