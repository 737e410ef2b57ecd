"""Hints: what to press so that a fault hits something, or why nothing can be hit now."""

from collections.abc import Mapping

from ..company import commands, events
from ..company.topology import SERVICES, Connection, Message, Style, Wiring
from .catalogue import BROKER, FaultKind
from .fault import Fault, place

GATEWAY = "gateway"

# These hit messages on their way through a queue, never calls.
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
SPENT = "It has reached its limit, and hits nothing else."
_ORDER = "Press Place order."
_SAVE = "Press Save profile."
_REGISTER = "Press Register."
_REJECT = "Also inject the fault Rejection at the restaurant, then press Place order."
# The messages that each press sends, in the order in which the presses are proposed.
_PRESSES: Mapping[str, frozenset[Message]] = {
    _ORDER: frozenset(
        {
            commands.ValidateOrder, commands.AuthorizePayment, commands.StoreOrder,
            commands.SendEmail, events.OrderPlaced, events.OrderAccepted, events.CourierAssigned,
        }
    ),
    _SAVE: frozenset({commands.SaveProfile}),
    _REGISTER: frozenset({commands.RegisterUser, events.UserRegistered}),
    _REJECT: frozenset({events.OrderRejected, events.PaymentRefunded}),
}  # fmt: skip


def hint(fault: Fault, wiring: Wiring) -> str:
    """One sentence for a learner whose fault has not hit anything yet."""
    sender, _, receiver = fault.target.rpartition("->")
    if fault.kind is FaultKind.SURGE:
        return "You need not press anything: it sends its own orders."
    for service in (sender, receiver):
        if service and service != BROKER and not wiring.is_present(service):
            return f"{SERVICES[service].title} is not in the company: add it in the design."
    if fault.target == GATEWAY and fault.kind is not FaultKind.CRASH:
        return _ORDER  # every request passes the gateway
    exposed = {m for c in wiring.connections() for m in _exposed(fault, c, wiring)}
    for hint_text, messages in _PRESSES.items():
        if exposed & messages:
            return hint_text
    where = place(fault.target)
    if fault.kind is FaultKind.CRASH:
        return f"{_capitalized(where)} publishes no events now: flip an arrow that leaves it."
    return f"{_capitalized(where)} gets no texts now: flip an arrow into it."


def _exposed(fault: Fault, connection: Connection, wiring: Wiring) -> tuple[Message, ...]:
    """The messages of this connection that the fault can hit, as it is styled now."""
    is_text = wiring.style(connection) is Style.TEXT
    if fault.kind is FaultKind.CRASH:  # it hits the sender, once it has something to announce
        announced = connection.source == fault.target and (is_text or _is_event(connection))
        return connection.carries if announced else ()
    if fault.kind in _TEXTS_ONLY and not is_text:
        return ()
    if fault.kind is FaultKind.REJECTION:
        return (events.OrderPlaced,) if connection.target == fault.target else ()
    return connection.carries if fault.is_at(connection.source, connection.target) else ()


def _is_event(connection: Connection) -> bool:
    return all(message.__module__ == events.__name__ for message in connection.carries)


def _capitalized(words: str) -> str:
    """With a capital first letter. (`str.capitalize` would turn CRM into Crm.)"""
    return words[:1].upper() + words[1:]
