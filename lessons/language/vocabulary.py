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
STATUSES = ("ok", "error", "timeout", "refused", "rejected", "lost", "duplicate")
# What the house itself writes into the log, beside messages and effects.
NOTES = frozenset({"DesignChanged", "Reset", "Storm", "Crashed", "Killed", "LinesRan"})
_CAMEL = re.compile(r"^(?:[A-Z][a-z]+){2,}$")


def ledger_effects() -> frozenset[str]:
    """The effects that the ledger counts."""
    return frozenset(entry.effect for entry in ENTRIES)


@cache
def effects() -> frozenset[str]:
    """Every effect that a handler can have, read from the handlers."""
    found: set[str] = set()
    for module in vars(services).values():
        if inspect.ismodule(module):
            tree = ast.parse(inspect.getsource(module))
            texts = (n.value for n in ast.walk(tree) if isinstance(n, ast.Constant))
            found |= {t for t in texts if isinstance(t, str) and _CAMEL.match(t)}
    return frozenset(found)


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
    """Raises Wrong unless there is such a service (or the broker, or the customer)."""
    if name not in SERVICES and name != BROKER:
        raise unknown("service", name, (*SERVICES, BROKER))
    return name


def check_record_name(name: str) -> str:
    """Raises Wrong for a word in CamelCase that nobody in the company uses."""
    known = effects() | messages() | NOTES
    if _CAMEL.match(name) and name not in known:
        raise unknown("message or effect", name, known)
    return name


def nodes() -> frozenset[str]:
    """The parts of the picture, by the ids that it gives them."""
    services_there = {name.replace("-", "_") for name in SERVICES}
    queues = {f"q_{name.replace('-', '_')}" for name in possible_subscribers()}
    return frozenset({*services_there, *queues, BROKER})


def check_answer_field(name: str) -> str:
    """Raises Wrong for what no answer to a customer has."""
    known = {n for out in (UserOut, OrderOut, AcceptedOut) for n in out.model_fields}
    if name not in known:
        raise unknown("field of an answer", name, known)
    return name
