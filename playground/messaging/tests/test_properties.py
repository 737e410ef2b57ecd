"""Whatever happens in whatever order: with outbox, inbox and late ack every promise is kept once.

The three together, and the outbox and the idempotent consumer each alone.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from playground.company.commands import OrderLine, PlaceOrder
from playground.company.errors import CompanyError
from playground.flow.ledger import ledger
from playground.flow.promises import Promise
from playground.handling.clock import FakeClock
from playground.messaging.brokers.memory import MemoryBroker
from playground.messaging.port import BrokerUnavailable, Delivery, Publication
from playground.messaging.recovery import sweep
from playground.models import Effect, Order, OutboxMessage
from playground.testing import Killed, Town

ORDER = PlaceOrder(1, 1, (OrderLine("margherita", 2),), "4242 4242 4242 4242")
SERVICES = ("restaurant", "notification", "dispatch", "orders")


class UnluckyBroker(MemoryBroker):
    """Does what it is told, unless somebody has said what goes wrong next."""

    mishap = ""

    def publish(self, playground: str, publications: Any) -> None:
        match self._next("refuse", "forget to answer", "twice", "die before", "die after"):
            case "refuse":
                raise BrokerUnavailable
            case "die before":
                raise Killed
            case "die after":
                super().publish(playground, publications)
                raise Killed
            case "forget to answer":
                super().publish(playground, publications)
                raise BrokerUnavailable
            case "twice":
                super().publish(playground, publications)
        super().publish(playground, publications)

    def ack(self, deliveries: Any) -> None:
        match self._next("die before the ack", "lose the ack"):
            case "die before the ack":
                raise Killed
            case "lose the ack":
                return
        super().ack(deliveries)

    def receive(self, playground: str, group: str, limit: int) -> list[Delivery]:
        deliveries = super().receive(playground, group, limit)
        if deliveries and self._next("die at once"):
            raise Killed
        return deliveries

    def _next(self, *mishaps: str) -> str:
        if self.mishap not in mishaps:
            return ""
        mishap, self.mishap = self.mishap, ""
        return mishap


MISHAPS = (
    "", "refuse", "forget to answer", "twice", "die before the ack", "lose the ack", "die at once",
)  # fmt: skip
STEPS = st.lists(
    st.tuples(st.sampled_from(("order", "time", *SERVICES)), st.sampled_from(MISHAPS)),
    max_size=14,
)


A_FEW = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.mark.django_db
@A_FEW
@given(STEPS)
def test_every_order_has_each_of_its_effects_once(steps: list[tuple[str, str]]) -> None:
    clock = FakeClock()
    broker = UnluckyBroker(clock)
    town = Town(clock=clock, broker=broker)
    promised = []
    for step, mishap in steps:
        broker.mishap = mishap
        if step == "order":
            promised.append(Promise(f"order/{town.ask(ORDER).id}", "", absent=("loyalty",)))
        else:
            survive(town, (lambda: pass_time(town)) if step == "time" else serving(town, step))
    broker.mishap = ""
    for _ in range(30):
        survive(town, lambda: pass_time(town))
    for row in ledger(town.playground.id, promised, broker):
        assert (row.lost, row.doubled, row.pending, row.dead) == (0, 0, 0, 0), row


def serving(town: Town, service: str) -> Callable[[], None]:
    return lambda: town.serve(service)


def pass_time(town: Town) -> None:
    town.clock.advance(1)
    town.sweep()


def survive(town: Town, step: Callable[[], None]) -> None:
    """Whoever dies in this step is dead; his slot is free once it expires."""
    try:
        step()
    except Killed:
        town.clock.advance(4)


# The outbox alone: nobody takes the messages; what has been stored must reach the broker.

ON_THE_WAY_OUT = ("", "refuse", "forget to answer", "die before", "die after")
OUTSIDE = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(("order", "time")), st.sampled_from(ON_THE_WAY_OUT)),
        st.tuples(st.sampled_from(("crash", "broker_down", "loss")), st.just("")),
    ),
    max_size=14,
)


def announced(town: Town) -> Counter[str]:
    """The orders of which the broker holds an OrderPlaced for the restaurant, and how often."""
    events = town.parts.broker.peek(town.playground.id, "restaurant", 1000)
    return Counter(event.get_subject() or "" for event in events)


def stored(town: Town) -> set[str]:
    orders = Order.objects.filter(playground=town.playground)
    return {f"order/{code}" for code in orders.values_list("code", flat=True)}


def try_to_order(town: Town, broker: UnluckyBroker, mishap: str = "") -> None:
    broker.mishap = mishap
    with suppress(Killed, CompanyError, BrokerUnavailable):
        town.ask(ORDER)
    broker.mishap = ""


def sweep_only(town: Town, broker: UnluckyBroker, mishap: str = "") -> None:
    """The relay's second chance. Nobody is at work at any queue."""
    town.clock.advance(4)
    broker.mishap = mishap
    with suppress(Killed):
        sweep(town.parts)
    broker.mishap = ""


@pytest.mark.django_db
@A_FEW
@given(OUTSIDE)
def test_with_an_outbox_every_event_that_was_stored_is_published_at_least_once(
    steps: list[tuple[str, str]],
) -> None:
    clock = FakeClock()
    broker = UnluckyBroker(clock)
    town = Town(clock=clock, broker=broker)
    for step, mishap in steps:
        match step:
            case "order":
                try_to_order(town, broker, mishap)
            case "time":
                sweep_only(town, broker, mishap)
            case "crash":
                town.inject("crash", "orders", limit=1, duration_s=6)
            case kind:
                town.inject(kind, "broker", duration_s=6)
    for _ in range(4):
        sweep_only(town, broker)

    assert set(announced(town)) == stored(town), "none is lost, and none is made up"
    assert not OutboxMessage.objects.filter(playground=town.playground).exists()


@pytest.mark.django_db
def test_with_an_outbox_at_least_once_is_sometimes_twice() -> None:
    clock = FakeClock()
    broker = UnluckyBroker(clock)
    town = Town(clock=clock, broker=broker)
    try_to_order(town, broker, "die after")
    sweep_only(town, broker)
    assert list(announced(town).values()) == [2]


@pytest.mark.django_db
@pytest.mark.parametrize("mishap", ["refuse", "die before"])
def test_without_an_outbox_the_same_mishap_loses_the_event_of_a_stored_order(mishap: str) -> None:
    clock = FakeClock()
    broker = UnluckyBroker(clock)
    town = Town(clock=clock, broker=broker)
    town.choose(outbox=False)
    try_to_order(town, broker, mishap)
    for _ in range(4):
        sweep_only(town, broker)

    assert len(stored(town)) == 1
    assert not announced(town)


# The idempotent consumer alone: one message, and everything that makes a broker give it again.

AGAIN = ("comes twice", "taken by one who dies", "dies before the ack", "ack gets lost", "serve")


def deliver(town: Town, broker: UnluckyBroker, steps: Sequence[str]) -> None:
    """One order's OrderPlaced at the restaurant, delivered as the steps tell."""
    town.ask(ORDER)
    [event] = broker.peek(town.playground.id, "restaurant", 2)
    for step in (*steps, "serve"):
        match step:
            case "comes twice":
                broker.publish(town.playground.id, [Publication(event, ("restaurant",))])
            case "taken by one who dies":
                broker.receive(town.playground.id, "restaurant", 1)
            case _:
                mishaps = {
                    "dies before the ack": "die before the ack",
                    "ack gets lost": "lose the ack",
                }
                broker.mishap = mishaps.get(step, "")
                survive(town, serving(town, "restaurant"))
                broker.mishap = ""
        town.clock.advance(4)
    for _ in range(2 * len(steps) + 2):
        pass_time(town)


def effects_of(town: Town, name: str) -> int:
    return Effect.objects.filter(playground=town.playground, name=name).count()


@pytest.mark.django_db
@A_FEW
@given(st.lists(st.sampled_from(AGAIN), max_size=8))
def test_an_idempotent_consumer_has_its_effect_once_however_often_the_message_comes(
    steps: list[str],
) -> None:
    clock = FakeClock()
    broker = UnluckyBroker(clock)
    town = Town(clock=clock, broker=broker)
    deliver(town, broker, steps)

    assert effects_of(town, "TicketPrinted") == 1
    accepted = {
        r.message for r in town.records if r.kind == "publish" and r.name == "OrderAccepted"
    }
    assert len(accepted) == 1, "what follows from it is announced once, too"
    assert broker.depths(town.playground.id, ["restaurant"])["restaurant"].on_the_way == 0


@pytest.mark.django_db
@pytest.mark.parametrize("step", ["comes twice", "dies before the ack", "ack gets lost"])
def test_a_consumer_that_is_not_idempotent_doubles_its_effect(step: str) -> None:
    clock = FakeClock()
    broker = UnluckyBroker(clock)
    town = Town(clock=clock, broker=broker)
    town.choose(idempotent_consumers=False)
    deliver(town, broker, [step])
    assert effects_of(town, "TicketPrinted") == 2
