"""Start, stop, show and run the twin of a playground."""

import asyncio
from typing import Any

from django.conf import settings

from ..bootstrap import parts, redis_client
from ..company.topology import possible_subscribers
from ..design.choices import Design, InvalidDesign
from ..faults import switching
from ..flow.fault_records import switched_off, switched_on
from ..flow.records import Record
from ..messaging.reconciliation import reconcile
from ..models import AccessToken, OutboxMessage, Playground
from ..rush.long_work import OVER, NoWorkerTold, tell_a_worker
from ..rush.plan import new_run
from ..rush.service import internal_headers
from ..storage import playgrounds
from ..storage.connections import give_back_connection
from .plan import SIDES, TwinPlan
from .runner import Side, SideTotals, Twin
from .store import Entry, TwinStore
from .story import Story

# How long a twin's sides are kept after its end, for the measures of lessons.
SIDES_KEPT_S = 600
_PAGE = 1000


def start(playground: Playground, plan: TwinPlan) -> dict[str, Any]:
    """Begin a twin, and return what `shown` returns.

    Raises InvalidDesign, AlreadyTwinned, ServerIsFull, NoWorkerTold, StoreUnavailable.
    """
    run = new_run()
    designs = {name: _design_of(playground, plan, name) for name in SIDES}
    store = twins()
    ends_at = store.reserve(playground.id, plan, parts().clock.now())
    try:
        sides = {
            name: playgrounds.create_side(playground, choices, ends_at + SIDES_KEPT_S).id
            for name, choices in designs.items()
        }
        store.begin(playground.id, run, plan, sides, ends_at)
    except Exception:
        store.give_up(playground.id)
        raise
    try:
        _send(playground.id)
    except NoWorkerTold as error:
        store.report(playground.id, run, {"state": "failed", "reason": str(error)})
        raise
    return shown(playground) or {}


def _design_of(playground: Playground, plan: TwinPlan, name: str) -> dict[str, Any]:
    design = Design.of(playground.design)
    try:
        design = design.patched(plan.side(name).design)
        changed = design
        for step in plan.steps:
            changed = changed.patched(step.design or {})
    except InvalidDesign as invalid:
        errors = {f"{name}.design.{where}": why for where, why in invalid.errors.items()}
        raise InvalidDesign(errors) from None
    return design.choices()


def _send(playground_id: str) -> None:
    tell_a_worker("playground.twin", playground_id)


def stop(playground: Playground) -> None:
    """Send no more customers on either side."""
    twins().stop(playground.id)


def shown(playground: Playground) -> dict[str, Any] | None:
    """Plan, state and outcomes of the newest twin, for TwinOut; None if there was none.

    Raises StoreUnavailable.
    """
    entry = twins().read(playground.id)
    return None if entry is None else _as_json(entry)


def sides_of(playground: Playground) -> dict[str, Playground]:
    """The playgrounds of the newest twin's sides, by name (a, b). Deleted ones are missing."""
    entry = twins().read(playground.id)
    if entry is None:
        return {}
    playgrounds_by_id = Playground.objects.in_bulk(entry.sides.values())
    return {
        name: playgrounds_by_id[id] for name, id in entry.sides.items() if id in playgrounds_by_id
    }


def _as_json(entry: Entry) -> dict[str, Any]:
    progress = entry.progress
    if progress["state"] not in OVER and parts().clock.now() > entry.ends_at:
        progress = progress | {"state": "failed", "reason": "its worker has gone"}
    measured = progress.get("sides", {})
    plan = entry.plan
    sides = {
        name: {"title": plan.side(name).title or name.upper()}
        | {"design": plan.side(name).design, "outcome": measured.get(name)}
        for name in SIDES
    }
    return {
        "run": entry.run,
        "state": progress["state"],
        "reason": progress.get("reason", ""),
        "seed": plan.seed,
        "faults": [plan.seeded(fault) for fault in plan.faults],
        "steps": [s.model_dump(by_alias=True, exclude_defaults=True) for s in plan.steps],
        "step": progress.get("step", 0),
        "customers": plan.customers,
        "length_ms": round(plan.length_s * 1000),
        "elapsed_ms": progress.get("elapsed_ms", 0),
        "sides": sides,
    }


def run_twin(playground_id: str) -> None:
    """Carry out the plan, in a worker. A twin whose task is delivered twice runs once."""
    store = twins()
    entry = store.read(playground_id)
    if entry is None or entry.progress["state"] != "waiting":
        return
    if not store.claim(playground_id, entry.run):
        return
    store.report(playground_id, entry.run, {"state": "running"})
    sides = Playground.objects.in_bulk(entry.sides.values())
    tokens = {name: playgrounds.issue_token(sides[id]) for name, id in entry.sides.items()}
    try:
        for side in sides.values():
            _switch_faults_on(side, entry.plan)
        give_back_connection()
        asyncio.run(_carry_out(playground_id, entry, tokens))
    except Exception as error:
        store.report(playground_id, entry.run, {"state": "failed", "reason": type(error).__name__})
        raise
    finally:
        hashes = [playgrounds.hash_of(token) for token in tokens.values()]
        AccessToken.objects.filter(hash__in=hashes).delete()
        for side in sides.values():
            _abandon_work(side)


def _switch_faults_on(side: Playground, plan: TwinPlan) -> None:
    for fault in plan.faults:
        now = parts().clock.now()
        injected = switching.switch_on(side, type(fault)(**plan.seeded(fault)), now)
        parts().log.append(side.key, [switched_on(injected, now)])


async def _carry_out(playground_id: str, entry: Entry, tokens: dict[str, str]) -> None:
    store = twins()
    sides = {
        name: Side(
            name, internal_headers(tokens[name]), _SideObserver(id, entry.run), Story(entry.run)
        )
        for name, id in entry.sides.items()
    }
    twin = Twin(
        entry.plan, entry.run, sides,
        report=lambda progress: store.report(playground_id, entry.run, progress),
        is_stopped=lambda: store.is_stopped(playground_id, entry.run),
    )  # fmt: skip
    await twin.carry_out(settings.INTERNAL_URL)


class _SideObserver:
    """The Observer port: reads a side's log, ledger, hits and queues."""

    def __init__(self, playground_id: str, run: str) -> None:
        self._playground_id, self._run = playground_id, run

    def records(self, after: str) -> tuple[list[Record], str]:
        log, records = parts().log, list[Record]()
        while page := log.read(self._playground_id, after, _PAGE):
            records += page
            after = page[-1].id
            if len(page) < _PAGE:
                break
        return records, after

    def totals(self) -> SideTotals:
        try:
            side = Playground.objects.get(id=self._playground_id)
            depths = parts().broker.depths(side.key, possible_subscribers())
            stored = OutboxMessage.objects.filter(playground=side).count()
            on_the_way = stored + sum(depth.on_the_way for depth in depths.values())
            rows = reconcile(parts(), side, self._run)["rows"]
            return SideTotals(rows, dict(parts().hits.by_fault(side.key)), on_the_way)
        finally:
            give_back_connection()


def _abandon_work(side: Playground) -> None:
    """Delete the messages that are still on their way; the outcome has counted them."""
    now = parts().clock.now()
    cleared = switching.clear(side)
    parts().log.append(side.key, [switched_off(fault, now, "switched off") for fault in cleared])
    OutboxMessage.objects.filter(playground=side).delete()
    parts().broker.delete(side.key, possible_subscribers())


def twins() -> TwinStore:
    return TwinStore(redis_client())
