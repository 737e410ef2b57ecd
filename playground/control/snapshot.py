"""The state of a playground, as the page and the control API show it."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from ..bootstrap import parts
from ..company.topology import SERVICES, Connection, Style, possible_subscribers
from ..design.choices import Design
from ..faults import switching
from ..faults.fault import Fault
from ..faults.hints import SPENT, hint
from ..faults.spec import Outcome
from ..flow.export import everything
from ..flow.history import history
from ..messaging.port import Depth
from ..models import Playground
from ..rush import service as rushes


def snapshot(playground: Playground) -> dict[str, Any]:
    """Design, connections, faults, breakers, queues, and the cursor of the newest record; StateOut.

    Raises StoreUnavailable, BrokerUnavailable.
    """
    design = Design.of(playground.design)
    return {
        "id": playground.id,
        "design": design.as_json(),
        "connections": connections(design),
        "faults": active_faults(playground),
        "breakers": breakers(playground, design),
        "queues": {service: asdict(d) for service, d in depths(playground, design).items()},
        "cursor": parts().log.last(playground.key),
    }


def connections(design: Design) -> list[dict[str, Any]]:
    return [
        {
            "id": c.id,
            "source": c.source,
            "target": c.target,
            "style": design.wiring.style(c).value,
            "flippable": c.flippable,
            "carries": [message.__name__ for message in c.carries],
            "says": _in_words(c, design.wiring.style(c)),
        }
        for c in design.wiring.connections()
    ]


def active_faults(playground: Playground) -> list[dict[str, Any]]:
    """The faults that are on, with their hits; for FaultOut.  Raises StoreUnavailable."""
    hits = dict(parts().hits.by_fault(playground.key))
    active = switching.active(playground.key, parts().clock.now())
    for fault in active:
        if fault.spec.outcome is Outcome.CUSTOMERS:  # counts the customers it has sent
            hits[fault.id] = (rushes.shown(playground) or {}).get("offered", 0)
    return [fault_as_json(playground, fault, hits.get(fault.id, 0)) for fault in active]


def fault_as_json(playground: Playground, fault: Fault, hits: int = 0) -> dict[str, Any]:
    wiring = Design.of(playground.design).wiring
    advice = SPENT if fault.is_spent(hits) else hint(fault, wiring)
    return fault.as_json(hits) | {"hint": advice}


def depths(playground: Playground, design: Design) -> dict[str, Depth]:
    """The depths of the queues of this design, and of others that still hold messages.

    Raises BrokerUnavailable.
    """
    all_depths = parts().broker.depths(playground.key, possible_subscribers())
    current = design.wiring.subscribers()
    return {s: d for s, d in all_depths.items() if s in current or d != Depth()}


def on_the_way_in(playgrounds: Sequence[str]) -> dict[str, int]:
    """How many messages are on their way in each of these playgrounds.

    Raises BrokerUnavailable.
    """
    groups, broker = possible_subscribers(), parts().broker
    return {
        playground: sum(d.on_the_way for d in broker.depths(playground, groups).values())
        for playground in playgrounds
    }


def breakers(playground: Playground, design: Design) -> dict[str, str]:
    """The phase of each circuit breaker that has seen a failure, by callee.

    Raises StoreUnavailable.
    """
    if not design.breaker.on:
        return {}
    states, now = parts().breakers.states(playground.key), parts().clock.now()
    return {service: s.phase(design.breaker, now).value for service, s in states.items()}


def history_of(playground: Playground) -> list[dict[str, Any]]:
    """The figures of the last minutes, one point per second; for MetricsPointOut.

    Raises StoreUnavailable, BrokerUnavailable.
    """
    design = Design.of(playground.design)
    # The records first: so the depths may be a little newer than the records, never older.
    records = everything(parts().log, playground.key)
    waiting = {s: d.ready + d.delayed for s, d in depths(playground, design).items()}
    points = history(records, waiting, parts().clock.now())
    return [{"at": p.at, "waiting": p.waiting, **p.figures} for p in points]


def _in_words(connection: Connection, style: Style) -> str:
    source, target = SERVICES[connection.source].title, SERVICES[connection.target].title
    if style is Style.CALL:
        return f"{source} calls {target} and waits for the answer."
    return f"{source} leaves a message for {target} and goes on."
