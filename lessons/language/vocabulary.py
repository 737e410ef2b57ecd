"""The names of the playground that a lesson may use, taken from the playground itself."""

import ast
import inspect
import re
from functools import cache

from playground.api.schemas import AcceptedOut, OrderOut, UserOut
from playground.company import commands, events, services
from playground.company.topology import SERVICES, possible_subscribers
from playground.flow.ledger import ENTRIES

from .mistakes import unknown

BROKER = "broker"
# Names that the playground itself writes into the flow log, beside messages and effects.
NOTES = frozenset({"DesignChanged", "Reset", "Storm", "Crashed", "Killed", "LinesRan"})
_CAMEL_CASE = re.compile(r"^(?:[A-Z][a-z]+){2,}$")


def ledger_effects() -> frozenset[str]:
    """The effects that the ledger counts."""
    return frozenset(entry.effect for entry in ENTRIES)


@cache
def effects() -> frozenset[str]:
    """Every effect that a handler can have, read from the source of the handlers."""
    names: set[str] = set()
    for module in vars(services).values():
        if inspect.ismodule(module):
            tree = ast.parse(inspect.getsource(module))
            constants = (n.value for n in ast.walk(tree) if isinstance(n, ast.Constant))
            names |= {c for c in constants if isinstance(c, str) and _CAMEL_CASE.match(c)}
    return frozenset(names)


@cache
def messages() -> frozenset[str]:
    """Every command and event."""
    return frozenset(
        name
        for module in (commands, events)
        for name, value in vars(module).items()
        if inspect.isclass(value) and value.__module__ == module.__name__
    )


def check_service(name: str) -> str:
    """Return the name.  Raises InvalidValue unless it is a service, the broker or the customer."""
    if name not in SERVICES and name != BROKER:
        raise unknown("service", name, (*SERVICES, BROKER))
    return name


def check_record_name(name: str) -> str:
    """Return the name.  Raises InvalidValue for a CamelCase name that no record can have."""
    known = effects() | messages() | NOTES
    if _CAMEL_CASE.match(name) and name not in known:
        raise unknown("message or effect", name, known)
    return name


def nodes() -> frozenset[str]:
    """The ids that the picture gives to services, queues and the broker."""
    service_nodes = {name.replace("-", "_") for name in SERVICES}
    queue_nodes = {f"q_{name.replace('-', '_')}" for name in possible_subscribers()}
    return frozenset({*service_nodes, *queue_nodes, BROKER})


def check_answer_field(name: str) -> str:
    """Return the name.  Raises InvalidValue unless an answer to a customer has such a field."""
    known = {n for out in (UserOut, OrderOut, AcceptedOut) for n in out.model_fields}
    if name not in known:
        raise unknown("field of an answer", name, known)
    return name
