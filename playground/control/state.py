"""A playground as the page and the control API show it, and the changes they may make to it."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from django.db import transaction

from .. import models
from ..bootstrap import redis_client, runtime
from ..company.ports import Depth
from ..company.topology import SERVICES, Connection, Style, possible_subscribers
from ..design.choices import Design
from ..faults import switching as faults
from ..faults.catalogue import SURGE_RATE, FaultKind
from ..faults.fault import Fault, FaultRequest
from ..faults.hints import SPENT, hint
from ..faults.storm import Storm
from ..flow.causes import explain, in_work
from ..flow.export import everything
from ..flow.history import history
from ..flow.ledger import Way, lines
from ..flow.log import RedisFlowLog
from ..flow.promises import Promises
from ..flow.records import Kind, Record
from ..messaging.recovery import beginning, ending
from ..models import Playground
from ..rush import service as rushes
from ..rush.plan import MAX_SECONDS, Rushes
from ..storage.playgrounds import add_first_users
from .presence import live_playgrounds


def connections(design: Design) -> list[dict[str, Any]]:
    return [
        {
            "id": c.id,
            "source": c.source,
            "target": c.target,
            "style": design.wiring.style(c).value,
            "flippable": c.flippable,
            "carries": [message.__name__ for message in c.carries],
            "says": _says(c, design.wiring.style(c)),
        }
        for c in design.wiring.connections()
    ]


def active_faults(playground: Playground) -> list[dict[str, Any]]:
    hits = runtime().hits.hits(playground.id)
    active = faults.active(playground.id, _now())
    for fault in active:
        if fault.kind is FaultKind.SURGE:  # what it brings is what it hits
            hits[fault.id] = (rushes.shown(playground) or {}).get("offered", 0)
    return [fault_as_json(playground, fault, hits.get(fault.id, 0)) for fault in active]


def fault_as_json(playground: Playground, fault: Fault, hits: int = 0) -> dict[str, Any]:
    wiring = Design.of(playground.design).wiring
    told = SPENT if fault.is_spent(hits) else hint(fault, wiring)
    return fault.as_json(hits) | {"hint": told}


def depths(playground: Playground, design: Design) -> dict[str, Depth]:
    """The queues of this design, and any other that still holds messages."""
    all_depths = runtime().broker.depths(playground.id, possible_subscribers())
    current = design.wiring.subscribers()
    return {s: d for s, d in all_depths.items() if s in current or d != Depth()}


def snapshot(playground: Playground) -> dict[str, Any]:
    design = Design.of(playground.design)
    return {
        "id": playground.id,
        "design": design.as_json(),
        "connections": connections(design),
        "faults": active_faults(playground),
        "breakers": breakers(playground, design),
        "queues": {service: asdict(d) for service, d in depths(playground, design).items()},
        "cursor": RedisFlowLog(redis_client()).last(playground.id),
    }


def change_design(playground: Playground, choices: dict[str, Any]) -> Design:
    """Make some choices anew. Raises InvalidDesign; then nothing changed."""
    with transaction.atomic():
        locked = Playground.objects.select_for_update().get(id=playground.id)
        design = Design.of(locked.design).patched(choices)
        if design.choices() == locked.design:
            return design  # nothing has changed, and nothing is said to have
        locked.design = playground.design = design.choices()
        locked.save(update_fields=["design"])
    _record(playground.id, Record(Kind.NOTE, "DesignChanged", _now(), data=choices))
    return design


def inject_fault(playground: Playground, wish: FaultRequest) -> Fault:
    """Switch a fault on in this playground.

    Raises InvalidFault; for a surge AlreadyRushing and ServerIsFull as well.
    """
    wish.checked()
    if wish.kind == FaultKind.SURGE:
        rushes.start(playground, "order", SURGE_RATE, min(int(wish.duration_s), MAX_SECONDS))
    injected = faults.inject(playground, wish, _now())
    _record(playground.id, beginning(injected, _now()))
    return injected


def watch_lines(playground: Playground, functions: Sequence[str], seconds: float) -> None:
    """From now on, for so long, the lines of these functions that run are recorded."""
    playground.watched, playground.watched_until = list(functions), _now() + seconds
    playground.save(update_fields=["watched", "watched_until"])


def brew_storm(playground: Playground, storm: Storm) -> int:
    """Put a storm's faults into the calendar. Returns how many."""
    planned = faults.brew(playground, storm, _now())
    data = {"seed": storm.seed, "seconds": storm.seconds, "faults": planned}
    _record(playground.id, Record(Kind.NOTE, "Storm", _now(), data=data))
    return planned


def lift_faults(playground: Playground, fault_id: str | None = None) -> list[Fault]:
    """Switch off one of this playground's own faults, or all of them."""
    lifted = faults.lift(playground, fault_id)
    if any(fault.kind is FaultKind.SURGE for fault in lifted):
        rushes.stop(playground)
    for fault in lifted:
        _record(playground.id, ending(fault, _now(), "switched off"))
    _ring(playground.id)
    return lifted


def inject_for_everybody(wish: FaultRequest) -> Fault:
    """Switch a fault on in every playground.  Raises InvalidFault."""
    redis_client().ping()  # a fault that nobody is told of would be a riddle
    injected = faults.inject(None, wish, _now())
    for present in live_playgrounds():
        _record(present.playground, beginning(injected, _now()))
    return injected


def lift_for_everybody(fault_id: str | None = None) -> list[Fault]:
    """Switch off one of the faults that hold for everybody, or all of them."""
    redis_client().ping()
    lifted = faults.lift(None, fault_id)
    for present in live_playgrounds():
        for fault in lifted:
            _record(present.playground, ending(fault, _now(), "switched off"))
        _ring(present.playground)
    return lifted


def faults_for_everybody() -> list[dict[str, Any]]:
    """Those that are on, with their hits in all playgrounds where somebody is."""
    now = _now()
    present = [p.playground for p in live_playgrounds()]
    hits = [runtime().hits.hits(playground) for playground in present]
    return [
        f.as_json(sum(h.get(f.id, 0) for h in hits))
        | {"ends_in_s": round(f.ends_at - now)}
        | {"is_spent": all(f.is_spent(h.get(f.id, 0)) for h in hits)}  # each has its own victims
        for f in faults.for_everybody(now)
    ]


def waiting_in(playgrounds: Sequence[str]) -> dict[str, int]:
    """Messages on the way in each of these playgrounds."""
    groups = possible_subscribers()
    return {
        playground: sum(d.on_the_way for d in runtime().broker.depths(playground, groups).values())
        for playground in playgrounds
    }


def reset(playground: Playground) -> None:
    """Back to a fresh playground: its own users, orders, messages, faults, design and log."""
    redis_client().ping()  # half a reset would be worse than none
    with transaction.atomic():
        for model in (
            models.OutboxMessage,
            models.AnsweredRequest,
            models.ProcessedMessage,
            models.Effect,
            models.OrderStatus,
            models.Order,
            models.User,
            models.Fault,
        ):
            model.objects.filter(playground=playground).delete()
        playground.design = {}
        playground.save(update_fields=["design"])
        add_first_users(playground)
    forget_in_redis(playground.id)
    _record(playground.id, Record(Kind.NOTE, "Reset", _now()))


def delete(playground: Playground) -> None:
    """Forget a playground altogether.  Raises RedisError; then nothing was deleted."""
    redis_client().ping()
    forget_in_redis(playground.id)
    playground.delete()


def forget_in_redis(playground: str) -> None:
    """Its messages, hits, breakers, rush, promises and records."""
    parts, redis = runtime(), redis_client()
    parts.broker.forget(playground, possible_subscribers())
    parts.hits.forget(playground)
    parts.breakers.forget(playground)
    Rushes(redis).forget(playground)
    Promises(redis).forget(playground)
    RedisFlowLog(redis).forget(playground)


def ledger_of(playground: Playground, run: str = "") -> dict[str, Any]:
    """Of one run, or of all: the rows, and why they differ from what was promised."""
    promises = Promises(redis_client()).made(playground.id)
    wanted = [promise for promise in promises if run in ("", promise.run)]
    design = Design.of(playground.design)
    records: list[Record] = []

    def at_work() -> list[tuple[Way, str]]:
        """Only with early ack is a message at work in no queue any more."""
        if design.ack != "early":
            return []
        records[:] = everything(runtime().log, playground.id)
        held = {
            service: runtime().slots.held(playground.id, service, design.replicas_of(service))
            for service in possible_subscribers()
        }
        return list(in_work(records, held))

    found = lines(playground.id, wanted, runtime().broker, at_work, run=run)
    is_closed = not any(line.behind[column] for line in found for column in line.behind)
    if not is_closed:
        records = records or everything(runtime().log, playground.id)
    differences = [] if is_closed else explain(found, records)
    return {
        "rows": [line.row for line in found],
        "differences": [asdict(difference) for difference in differences],
    }


def history_of(playground: Playground) -> list[dict[str, Any]]:
    """The figures of the last minutes, a point per second."""
    design = Design.of(playground.design)
    # The records first: what is queued meanwhile is only a little more than they tell.
    records, counted = everything(runtime().log, playground.id), depths(playground, design)
    points = history(records, counted, _now())
    return [{"at": p.at, "waiting": p.waiting, **p.figures} for p in points]


def breakers(playground: Playground, design: Design) -> dict[str, str]:
    """The phase of each circuit breaker that has something to remember."""
    if not design.breaker.on:
        return {}
    states = runtime().breakers.states(playground.id)
    return {service: s.phase(design.breaker, _now()).value for service, s in states.items()}


def _ring(playground: str) -> None:
    waiting = [service for pg, service in runtime().broker.unfinished() if pg == playground]
    runtime().bell.ring(playground, waiting)


def _record(playground: str, record: Record) -> None:
    runtime().log.append(playground, [record])


def _now() -> float:
    return runtime().clock.now()


def _says(connection: Connection, style: Style) -> str:
    source, target = SERVICES[connection.source].title, SERVICES[connection.target].title
    if style is Style.CALL:
        return f"{source} calls {target} and waits for the answer."
    return f"{source} leaves a message for {target} and goes on."
