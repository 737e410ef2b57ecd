"""Switch faults on and off, in one playground or in all, and record it."""

from collections.abc import Collection
from typing import Any

from ..bootstrap import parts, require_store
from ..faults import switching
from ..faults.catalogue import SURGE_RATE
from ..faults.fault import Fault, FaultRequest
from ..faults.spec import Outcome
from ..faults.storm import Storm
from ..flow.fault_records import switched_off, switched_on
from ..flow.records import Kind, Record
from ..messaging.port import BrokerUnavailable
from ..models import Playground
from ..rush import service as rushes
from ..rush.plan import MAX_SECONDS
from .presence import live_playgrounds


def inject_fault(playground: Playground, request: FaultRequest, actor: str = "") -> Fault:
    """Switch a fault on in this playground; `actor` is recorded with it.

    Raises InvalidFault, StoreUnavailable; for a surge AlreadyRushing and ServerIsFull as well.
    """
    if request.checked().outcome is Outcome.CUSTOMERS:
        rushes.start(playground, "order", SURGE_RATE, min(int(request.duration_s), MAX_SECONDS))
    injected = switching.switch_on(playground, request, _now(), actor)
    _record(playground.key, switched_on(injected, _now(), actor))
    return injected


def clear_faults(
    playground: Playground,
    fault_id: str | None = None,
    *,
    of_actors: Collection[str] = (),
    actor: str = "",
) -> list[Fault]:
    """Switch off one of this playground's own faults, or all. Returns those switched off.

    `of_actors`: leave out what others have switched on. `actor` is recorded.

    Raises StoreUnavailable, BrokerUnavailable.
    """
    cleared = switching.clear(playground, fault_id, of_actors)
    if any(fault.spec.outcome is Outcome.CUSTOMERS for fault in cleared):
        rushes.stop(playground)
    for fault in cleared:
        _record(playground.key, switched_off(fault, _now(), "switched off", actor))
    _ring(playground.key)
    return cleared


def schedule_storm(playground: Playground, storm: Storm) -> int:
    """Schedule a storm's faults. Returns how many.  Raises StoreUnavailable."""
    planned = switching.schedule(playground, storm, _now())
    data = {"seed": storm.seed, "seconds": storm.seconds, "faults": planned}
    _record(playground.key, Record(Kind.NOTE, "Storm", _now(), data=data))
    return planned


def inject_everywhere(request: FaultRequest) -> Fault:
    """Switch a fault on in every playground.  Raises InvalidFault, StoreUnavailable."""
    require_store()  # otherwise the fault would be on without a record
    injected = switching.switch_on(None, request, _now())
    for present in live_playgrounds():
        _record(present.playground, switched_on(injected, _now()))
    return injected


def clear_everywhere(fault_id: str | None = None) -> list[Fault]:
    """Switch off one of the faults that hold in every playground, or all. Returns those.

    Raises StoreUnavailable, BrokerUnavailable.
    """
    require_store()
    cleared = switching.clear(None, fault_id)
    for present in live_playgrounds():
        for fault in cleared:
            _record(present.playground, switched_off(fault, _now(), "switched off"))
        _ring(present.playground)
    return cleared


def faults_everywhere() -> list[dict[str, Any]]:
    """The faults that hold in every playground, with their hits in all watched playgrounds."""
    now = _now()
    hits = [parts().hits.by_fault(present.playground) for present in live_playgrounds()]
    return [
        f.as_json(sum(h.get(f.id, 0) for h in hits))
        | {"ends_in_s": round(f.ends_at - now)}
        | {
            "is_spent": all(f.is_spent(h.get(f.id, 0)) for h in hits)
        }  # the limit holds per playground
        for f in switching.for_all_playgrounds(now)
    ]


def _ring(playground: str) -> None:
    """Ring for the queues that a fault may have paused."""
    try:
        waiting = [service for pg, service in parts().broker.unfinished() if pg == playground]
    except BrokerUnavailable:
        return  # the faults are off all the same, and the sweep will ring
    parts().doorbell.ring(playground, waiting)


def _record(playground: str, record: Record) -> None:
    parts().log.append(playground, [record])


def _now() -> float:
    return parts().clock.now()
