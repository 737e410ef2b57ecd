"""Hints: pressing what a hint says leads to a hit."""

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
from playground.testing import InMemoryPlayground, Killed

pytestmark = pytest.mark.django_db

STYLES = {
    "as built": {},
    "all calls": {c.id: "call" for c in flippable()},
}


def order(shop: InMemoryPlayground) -> None:
    shop.ask(PlaceOrder(1, 1, (OrderLine("margherita", 1),), "4242 4242 4242 4242"))


def save(shop: InMemoryPlayground) -> None:
    shop.ask(SaveProfile(1, "Ada", "ada@example.com", "Turin"))


def register(shop: InMemoryPlayground) -> None:
    shop.ask(RegisterUser("Dana", "dana@example.com", "Leeds", "correct horse"))


def order_and_reject(shop: InMemoryPlayground) -> None:
    shop.inject("rejection", "restaurant")
    order(shop)


ADVICE: Mapping[str, Callable[[InMemoryPlayground], None]] = {
    "Press Place order.": order,
    "Press Save profile.": save,
    "Press Register.": register,
    "Also inject the fault Rejection at the restaurant, then press Place order.": order_and_reject,
}


def hits_after(
    actions: Iterable[Callable[[InMemoryPlayground], None]], kind: str, target: str, **choices: Any
) -> int:
    shop = InMemoryPlayground()
    shop.choose(subscribers={"loyalty": True}, **choices)
    fault = shop.inject(kind, target)
    for action in actions:
        with suppress(CompanyError, Killed):
            action(shop)
    for _ in range(2):  # the sweep publishes what waits in the outbox
        with suppress(Killed):
            shop.sweep()
        shop.clock.advance(4)
    return shop.hits.by_fault(shop.playground.id).get(fault.id, 0)


# One kind of each mechanism. Faults at the gateway are left out: the ingress injects them, not `ask`.
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
def test_following_a_hint_leads_to_a_hit_unless_the_hint_says_that_nothing_can_be_hit(
    styles: dict[str, str],
) -> None:
    wiring = Design.of({"styles": styles, "subscribers": {"loyalty": True}}).wiring
    for kind, target in PLACES:
        advice = hint(Fault("1", kind, target, ends_at=0.0), wiring)
        if advice in ADVICE:
            assert hits_after([ADVICE[advice]], kind, target, styles=styles), (kind, target, advice)
        else:
            assert "flip an arrow" in advice, (kind, target, advice)
            assert not hits_after(ADVICE.values(), kind, target, styles=styles), (kind, target)


def test_a_surge_needs_no_press_and_a_hint_keeps_a_names_capitals(
    shop: InMemoryPlayground,
) -> None:
    wiring = Design.of({"styles": {c.id: "call" for c in flippable()}}).wiring
    assert "sends its own orders" in hint(shop.inject("surge", "gateway"), wiring)
    assert hint(shop.inject("duplicate", "crm"), wiring).startswith("CRM gets no texts now")
