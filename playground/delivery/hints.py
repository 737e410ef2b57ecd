"""What to press so that a fault hits something, or what keeps it from ever hitting anything."""

from collections.abc import Mapping

from ..company import commands, events
from ..company.topology import CONNECTIONS, SERVICES, Connection, Message, Style, Wiring
from .fault import Fault, place
from .fault_kinds import BROKER, FaultKind

# These befall messages in a queue; a call is in none.
_TEXTS_ONLY = frozenset(
    {
        FaultKind.PAUSED,
        FaultKind.DUPLICATE,
        FaultKind.REORDER,
        FaultKind.LOSS,
        FaultKind.ACK_LOST,
        FaultKind.BROKER_DOWN,
    }
)
_ACTIONS: Mapping[Message, str] = {
    commands.SaveProfile: "Save profile",
    commands.RegisterUser: "Register",
    events.UserRegistered: "Register",
}
_USUAL = "Place order"


def hint(fault: Fault, wiring: Wiring) -> str:
    """One sentence for a learner whose fault has hit nothing yet."""
    receiver = fault.target.rpartition("->")[2]
    if fault.target != BROKER and not wiring.is_present(receiver):
        return f"{SERVICES[receiver].title} is not there: add it in the design."
    ways = [c for c in wiring.connections() if _lies_on(fault, c, wiring)]
    if fault.target == "gateway":
        return f"Press {_USUAL}."
    if not ways:
        return f"{place(fault.target).capitalize()} gets no texts now: flip an arrow into it."
    return f"Press {_action(ways)}."


def _lies_on(fault: Fault, connection: Connection, wiring: Wiring) -> bool:
    if fault.kind in _TEXTS_ONLY and wiring.style(connection) is Style.CALL:
        return False
    if fault.kind is FaultKind.CRASH:  # lies at the sender
        return connection.source == fault.target and bool(set(connection.carries) & _ANNOUNCED)
    return fault.is_at(connection.source, connection.target)


def _action(ways: list[Connection]) -> str:
    carried = [message for way in ways for message in way.carries]
    actions = [_ACTIONS.get(message, _USUAL) for message in carried]
    return _USUAL if _USUAL in actions else actions[0]


_ANNOUNCED = {m for c in CONNECTIONS for m in c.carries if m.__module__ == events.__name__}
