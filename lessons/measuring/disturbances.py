"""What has interfered with a run: whatever its own plan did not do. Pure.

A run marks what it changes (`Record.actor`); the same change with another mark, or none, came
from a key, another tab, a script or the instructor.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from playground.faults.catalogue import CATALOGUE, FaultKind
from playground.faults.fault import Fault, Scope, place
from playground.flow.records import Kind, Record


@dataclass(frozen=True, slots=True)
class Mark:
    """By what the changes and the requests of a run are known."""

    actor: str
    tab: str  # in which it was started; what was pressed there by hand has this mark
    runs: Collection[str]  # ids of its requests in the flow log


@dataclass(frozen=True, slots=True)
class KnownFault:
    title: str  # "Orders: errors"
    is_everywhere: bool
    actor: str = ""

    @classmethod
    def of(cls, fault: Fault, actor: str = "") -> "KnownFault":
        return cls(_title(fault.target, fault.kind), fault.scope is Scope.CLASS, actor)

    @classmethod
    def recorded(cls, record: Record) -> "KnownFault":
        """From the record that it was switched on or off."""
        is_everywhere = record.data.get("scope") == Scope.CLASS
        kind = FaultKind((record.fault or {})["kind"])
        return cls(_title(record.target, kind), is_everywhere, record.actor)


def disturbances(
    records: Sequence[Record], mark: Mark, in_force: Mapping[str, KnownFault]
) -> list[str]:
    """A sentence for each thing that has interfered.

    `records`: all of the playground since the run began, of other runs as well. `in_force`: the
    faults that were on when it began, by id.
    """
    switched = [r for r in records if r.kind is Kind.FAULT and r.fault]
    known = {_id(r): KnownFault.recorded(r) for r in switched if r.data.get("on")}
    own = {id for id, f in known.items() if f.actor == mark.actor and not f.is_everywhere}
    return [
        *_hits(records, mark, {**in_force, **known}, own),
        *_ended(switched, records, mark, own),
        *_changes(records, mark),
        *_other_requests(records, mark, has_surge=any(_is_surge(r) for r in switched)),
        *_lost_workers([r for r in records if r.run in mark.runs]),
    ]


def _hits(
    records: Iterable[Record], mark: Mark, known: Mapping[str, KnownFault], own: Collection[str]
) -> Iterable[str]:
    hit: dict[str, set[str]] = {}
    for record in records:
        if record.run in mark.runs and record.fault and _id(record) not in own:
            hit.setdefault(_id(record), set()).add(record.trace)
    for id, traces in hit.items():
        fault = known.get(id)
        if fault:
            yield f"*{fault.title}*, switched on {_by(fault, mark)}, hit {_requests(len(traces))}."
        else:
            yield f"A fault that this run did not switch on hit {_requests(len(traces))}."


def _ended(
    switched: Sequence[Record], records: Sequence[Record], mark: Mark, own: Collection[str]
) -> Iterable[str]:
    for record in switched:
        if record.data.get("on") or _id(record) not in own or record.actor == mark.actor:
            continue
        if _is_spent(_id(record), switched, records):
            continue  # it would have hit nobody any more
        title = KnownFault.recorded(record).title
        if record.data.get("why") == "it expired":
            yield f"*{title}* ran out before the run had ended."
        else:
            yield f"*{title}* was switched off {_where(record, mark)} before the run did so."


def _is_spent(id: str, switched: Iterable[Record], records: Iterable[Record]) -> bool:
    limit = next((r.data.get("limit", 0) for r in switched if _id(r) == id and r.data.get("on")), 0)
    hit = {
        (r.trace, r.message)
        for r in records
        if r.kind is not Kind.FAULT and r.fault and _id(r) == id
    }
    return 0 < limit <= len(hit)


def _changes(records: Iterable[Record], mark: Mark) -> Iterable[str]:
    for record in records:
        if record.kind is not Kind.NOTE or record.actor == mark.actor:
            continue
        if record.name == "DesignChanged":
            choices = ", ".join(name.replace("_", " ") for name in record.data)
            yield f"The design was changed {_where(record, mark)}: {choices}."
        elif record.name == "Reset":
            yield f"The playground was reset {_where(record, mark)}. What came before is not counted."


def _other_requests(records: Iterable[Record], mark: Mark, *, has_surge: bool) -> Iterable[str]:
    others = {
        record.trace
        for record in records
        if record.kind is Kind.REQUEST
        and record.source == "customer"
        and not record.is_poll
        and record.run not in mark.runs
    }
    if others and not has_surge:
        yield (
            f"{len(others)} other request{'s' * (len(others) > 1)} came in meanwhile: by a key or "
            "button, from another tab, or from a script. They are not counted here, but they took "
            "their share of the services."
        )


def _lost_workers(records: Sequence[Record]) -> Iterable[str]:
    """Messages that were delivered again although no fault has touched them.

    A process that the run has killed may have had more messages in hand than the one it died with.
    """
    if any(record.name == "Killed" for record in records):
        return
    touched = {r.message for r in records if r.fault}
    again = {r.message for r in records if r.kind is Kind.REDELIVER} - touched
    if again:
        yield (
            f"A worker was lost, or silent for too long: {len(again)} "
            f"message{'s were' if len(again) > 1 else ' was'} delivered again for it."
        )


def _title(target: str, kind: FaultKind) -> str:
    return f"{place(target)}: {CATALOGUE[kind].title.lower()}"


def _by(fault: KnownFault, mark: Mark) -> str:
    return "by the instructor" if fault.is_everywhere else _where_is(fault.actor, mark)


def _where(record: Record, mark: Mark) -> str:
    is_everywhere = record.data.get("scope") == Scope.CLASS
    return "by the instructor" if is_everywhere else _where_is(record.actor, mark)


def _where_is(actor: str, mark: Mark) -> str:
    return "by hand" if actor and actor == mark.tab else "in another tab or by a script"


def _is_surge(record: Record) -> bool:
    return bool(record.data.get("on")) and (record.fault or {}).get("kind") == FaultKind.SURGE


def _id(record: Record) -> str:
    return (record.fault or {})["id"]


def _requests(count: int) -> str:
    return "1 request" if count == 1 else f"{count} requests"
