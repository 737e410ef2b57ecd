"""A fault that has hit nothing says what to press: whoever does it sees a hit."""

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from typing import Any

import pytest

from playground.company.commands import OrderLine, PlaceOrder, RegisterUser, SaveProfile
from playground.company.errors import CompanyError
from playground.company.topology import flippable
from playground.design.choices import Design
from playground.faults.catalogue import CATALOGUE, FaultKind
from playground.faults.fault import Fault
from playground.faults.hints import hint
from playground.testing import Killed, Town

pytestmark = pytest.mark.django_db

STYLES = {
    "as built": {},
    "all calls": {c.id: "call" for c in flippable()},
}


def order(town: Town) -> None:
    town.ask(PlaceOrder(1, 1, (OrderLine("margherita", 1),), "4242 4242 4242 4242"))


def save(town: Town) -> None:
    town.ask(SaveProfile(1, "Ada", "ada@example.com", "Turin"))


def register(town: Town) -> None:
    town.ask(RegisterUser("Dana", "dana@example.com", "Leeds", "correct horse"))


def order_and_reject(town: Town) -> None:
    town.inject("rejection", "restaurant")
    order(town)


ADVICE: Mapping[str, Callable[[Town], None]] = {
    "Press Place order.": order,
    "Press Save profile.": save,
    "Press Register.": register,
    "Also inject the fault Rejection at the restaurant, then press Place order.": order_and_reject,
}


def hits_after(
    actions: Iterable[Callable[[Town], None]], kind: str, target: str, **choices: Any
) -> int:
    town = Town()
    town.choose(subscribers={"loyalty": True}, **choices)
    fault = town.inject(kind, target)
    for action in actions:
        with suppress(CompanyError, Killed):
            action(town)
    for _ in range(2):  # what lies in an outbox comes later
        with suppress(Killed):
            town.sweep()
        town.clock.advance(4)
    return town.hits.by_fault(town.playground.id).get(fault.id, 0)


# One of each sort. What comes to the gateway itself meets a fault at the door, before any handler.
KINDS = (
    FaultKind.LATENCY, FaultKind.SCHEMA, FaultKind.ACK_LOST, FaultKind.PAUSED, FaultKind.LOSS,
    FaultKind.BROKER_DOWN, FaultKind.CRASH, FaultKind.REJECTION,
)  # fmt: skip
PLACES = [
    (kind, target)
    for kind in KINDS
    for target in CATALOGUE[kind].places
    if target != "gateway" or kind is FaultKind.CRASH
]


@pytest.mark.parametrize("styles", STYLES.values(), ids=STYLES)
def test_whoever_does_what_is_said_sees_a_hit_and_where_nothing_helps_it_is_said(
    styles: dict[str, str],
) -> None:
    wiring = Design.of({"styles": styles, "subscribers": {"loyalty": True}}).wiring
    for kind, target in PLACES:
        told = hint(Fault("1", kind, target, ends_at=0.0), wiring)
        if told in ADVICE:
            assert hits_after([ADVICE[told]], kind, target, styles=styles), (kind, target, told)
        else:
            assert "flip an arrow" in told, (kind, target, told)
            assert not hits_after(ADVICE.values(), kind, target, styles=styles), (kind, target)


def test_a_surge_asks_for_nothing_and_a_name_stays_as_it_is_written(town: Town) -> None:
    wiring = Design.of({"styles": {c.id: "call" for c in flippable()}}).wiring
    assert "sends its own orders" in hint(town.inject("surge", "gateway"), wiring)
    assert hint(town.inject("duplicate", "crm"), wiring).startswith("CRM gets no texts now")
