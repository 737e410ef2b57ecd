"""The twin of a playground: started and stopped by its owner, run in a worker."""

import asyncio
from typing import Any

from celery import current_app
from django.conf import settings
from django.db import close_old_connections

from ..bootstrap import SERVE_QUEUE, redis_client, runtime
from ..company.topology import possible_subscribers
from ..control import state
from ..design.choices import Design, InvalidDesign
from ..flow.log import RedisFlowLog
from ..flow.records import Record
from ..models import AccessToken, OutboxMessage, Playground
from ..rush.plan import new_run
from ..storage import playgrounds
from .plan import SIDES, TwinPlan
from .runner import Side, SideTotals, Twin
from .store import OVER, Entry, TwinBook
from .story import Story

# So long after a twin's end its sides can still be looked into (by lessons' measures).
SIDES_KEPT_S = 600
TIDY_EVERY_S = 30
_TIDY_KEY = "inflight:twins:tidied"
_PAGE = 1000


def start(playground: Playground, plan: TwinPlan) -> dict[str, Any]:
    """Raises InvalidDesign, AlreadyTwinned, ServerIsFull."""
    designs = {letter: _design_of(playground, plan, letter) for letter in SIDES}
    book = twin_book()
    ends_at = book.reserve(playground.id, plan, runtime().clock.now())
    try:
        sides = {
            letter: playgrounds.create_side(playground, choices, ends_at + SIDES_KEPT_S).id
            for letter, choices in designs.items()
        }
        book.begin(playground.id, new_run(), plan, sides, ends_at)
    except Exception:
        book.give_up(playground.id)
        raise
    _send(playground.id)
    return shown(playground) or {}


def _design_of(playground: Playground, plan: TwinPlan, letter: str) -> dict[str, Any]:
    design = Design.of(playground.design)
    try:
        design = design.patched(plan.side(letter).design)
        changed = design
        for step in plan.steps:
            changed = changed.patched(step.design or {})
    except InvalidDesign as invalid:
        errors = {f"{letter}.design.{where}": why for where, why in invalid.errors.items()}
        raise InvalidDesign(errors) from None
    return design.choices()


def _send(playground_id: str) -> None:
    current_app.send_task("playground.twin", (playground_id,), queue=SERVE_QUEUE, expires=30)


def stop(playground: Playground) -> None:
    twin_book().stop(playground.id)


def shown(playground: Playground) -> dict[str, Any] | None:
    """Plan, state and what was measured on both sides; None without a twin."""
    entry = twin_book().read(playground.id)
    return None if entry is None else _as_json(entry)


def sides_of(playground: Playground) -> dict[str, Playground]:
    """The playgrounds of the newest twin's sides, by letter, as long as they are kept."""
    entry = twin_book().read(playground.id)
    found = Playground.objects.in_bulk(entry.sides.values()) if entry else {}
    return {letter: found[id] for letter, id in entry.sides.items() if id in found} if entry else {}


def _as_json(entry: Entry) -> dict[str, Any]:
    told = entry.told
    if told["state"] not in OVER and runtime().clock.now() > entry.ends_at:
        told = told | {"state": "failed", "reason": "its worker has gone"}
    measured = told.get("sides", {})
    plan = entry.plan
    sides = {
        letter: {"title": plan.side(letter).title or letter.upper()}
        | {"design": plan.side(letter).design, "outcome": measured.get(letter)}
        for letter in SIDES
    }
    return {
        "run": entry.run,
        "state": told["state"],
        "reason": told.get("reason", ""),
        "seed": plan.seed,
        "faults": [plan.seeded(fault) for fault in plan.faults],
        "steps": [s.model_dump(by_alias=True, exclude_defaults=True) for s in plan.steps],
        "step": told.get("step", 0),
        "customers": plan.customers,
        "length_ms": round(plan.length_s * 1000),
        "elapsed_ms": told.get("elapsed_ms", 0),
        "sides": sides,
    }


def run_twin(playground_id: str) -> None:
    """In a worker: carry the plan out. A twin that was begun twice is run once."""
    book = twin_book()
    entry = book.read(playground_id)
    if entry is None or entry.told["state"] != "waiting":
        return
    book.tell(playground_id, {"state": "running"})
    found = Playground.objects.in_bulk(entry.sides.values())
    tokens = {letter: playgrounds.issue_token(found[id]) for letter, id in entry.sides.items()}
    try:
        for side in found.values():
            for fault in entry.plan.faults:
                state.inject_fault(side, type(fault)(**entry.plan.seeded(fault)))
        close_old_connections()
        asyncio.run(_carry_out(playground_id, entry, tokens))
    except Exception as trouble:
        book.tell(playground_id, {"state": "failed", "reason": type(trouble).__name__})
        raise
    finally:
        hashes = [playgrounds.hash_of(token) for token in tokens.values()]
        AccessToken.objects.filter(hash__in=hashes).delete()
        for side in found.values():
            _come_to_rest(side)


async def _carry_out(playground_id: str, entry: Entry, tokens: dict[str, str]) -> None:
    book = twin_book()
    sides = {
        letter: Side(letter, _headers(tokens[letter]), _Eyes(id, entry.run), Story(entry.run))
        for letter, id in entry.sides.items()
    }
    twin = Twin(
        entry.plan, entry.run, sides,
        tell=lambda told: book.tell(playground_id, told),
        is_stopped=lambda: book.is_stopped(playground_id),
    )  # fmt: skip
    await twin.carry_out(settings.INTERNAL_URL)


def _headers(token: str) -> dict[str, str]:
    headers = {"Authorization": f"Bearer {token}"}
    if settings.IS_TLS:
        headers["X-Forwarded-Proto"] = "https"  # we come by the back door
    return headers


class _Eyes:
    """The real log, ledger, hits and queues of a side."""

    def __init__(self, playground_id: str, run: str) -> None:
        self._playground_id, self._run = playground_id, run

    def records(self, after: str) -> tuple[list[Record], str]:
        log, found = RedisFlowLog(redis_client()), list[Record]()
        while page := log.read(self._playground_id, after, _PAGE):
            found += page
            after = page[-1].id
            if len(page) < _PAGE:
                break
        return found, after

    def totals(self) -> SideTotals:
        try:
            side = Playground.objects.get(id=self._playground_id)
            depths = runtime().broker.depths(side.id, possible_subscribers())
            stored = OutboxMessage.objects.filter(playground=side).count()
            on_the_way = stored + sum(depth.on_the_way for depth in depths.values())
            return SideTotals(
                state.ledger_of(side, self._run)["rows"], runtime().hits.hits(side.id), on_the_way
            )
        finally:
            close_old_connections()


def _come_to_rest(side: Playground) -> None:
    """What is still on the way has been counted; nobody works on it any more."""
    state.lift_faults(side)
    OutboxMessage.objects.filter(playground=side).delete()
    runtime().broker.forget(side.id, possible_subscribers())


def may_tidy() -> bool:
    """Once in a while is enough, however many workers there are."""
    return bool(redis_client().set(_TIDY_KEY, 1, nx=True, ex=TIDY_EVERY_S))


def tidy() -> None:
    """Throw away the sides whose time is over, rows and messages."""
    over = Playground.objects.filter(expires_at__lte=runtime().clock.now())
    for side in over.exclude(twin_of=None)[:50]:
        state.forget_in_redis(side.id)
        side.delete()


def twin_book() -> TwinBook:
    return TwinBook(redis_client())
