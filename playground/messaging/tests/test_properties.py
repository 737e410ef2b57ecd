"""Properties: with outbox, inbox and late ack, every promise is kept once, whatever fails.

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
from playground.testing import InMemoryPlayground, Killed

ORDER = PlaceOrder(1, 1, (OrderLine("margherita", 2),), "4242 4242 4242 4242")
SERVICES = ("restaurant", "notification", "dispatch", "orders")


class UnluckyBroker(MemoryBroker):
    """A MemoryBroker whose next call fails in the way that the test has chosen."""

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
    shop = InMemoryPlayground(clock=clock, broker=broker)
    promised = []
    for step, mishap in steps:
        broker.mishap = mishap
        if step == "order":
            promised.append(Promise(f"order/{shop.ask(ORDER).id}", "", absent=("loyalty",)))
        else:
            survive(shop, (lambda: pass_time(shop)) if step == "time" else serving(shop, step))
    broker.mishap = ""
    for _ in range(30):
        survive(shop, lambda: pass_time(shop))
    for row in ledger(shop.playground.id, promised, broker):
        assert (row.lost, row.doubled, row.pending, row.dead) == (0, 0, 0, 0), row


def serving(shop: InMemoryPlayground, service: str) -> Callable[[], None]:
    return lambda: shop.serve(service)


def pass_time(shop: InMemoryPlayground) -> None:
    shop.clock.advance(1)
    shop.sweep()


def survive(shop: InMemoryPlayground, step: Callable[[], None]) -> None:
    """Run a step in which the process may die; its slot is free once it expires."""
    try:
        step()
    except Killed:
        shop.clock.advance(4)


# The outbox alone, without consumers: every stored event must reach the broker.

ON_THE_WAY_OUT = ("", "refuse", "forget to answer", "die before", "die after")
OUTSIDE = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(("order", "time")), st.sampled_from(ON_THE_WAY_OUT)),
        st.tuples(st.sampled_from(("crash", "broker_down", "loss")), st.just("")),
    ),
    max_size=14,
)


def announced(shop: InMemoryPlayground) -> Counter[str]:
    """How many OrderPlaced for the restaurant the broker holds, by order."""
    events = shop.parts.broker.peek(shop.playground.id, "restaurant", 1000)
    return Counter(event.get_subject() or "" for event in events)


def stored(shop: InMemoryPlayground) -> set[str]:
    orders = Order.objects.filter(playground=shop.playground)
    return {f"order/{code}" for code in orders.values_list("code", flat=True)}


def try_to_order(shop: InMemoryPlayground, broker: UnluckyBroker, mishap: str = "") -> None:
    broker.mishap = mishap
    with suppress(Killed, CompanyError, BrokerUnavailable):
        shop.ask(ORDER)
    broker.mishap = ""


def sweep_only(shop: InMemoryPlayground, broker: UnluckyBroker, mishap: str = "") -> None:
    """Run only the sweep's outbox relay; no service consumes."""
    shop.clock.advance(4)
    broker.mishap = mishap
    with suppress(Killed):
        sweep(shop.parts)
    broker.mishap = ""


@pytest.mark.django_db
@A_FEW
@given(OUTSIDE)
def test_with_an_outbox_every_event_that_was_stored_is_published_at_least_once(
    steps: list[tuple[str, str]],
) -> None:
    clock = FakeClock()
    broker = UnluckyBroker(clock)
    shop = InMemoryPlayground(clock=clock, broker=broker)
    for step, mishap in steps:
        match step:
            case "order":
                try_to_order(shop, broker, mishap)
            case "time":
                sweep_only(shop, broker, mishap)
            case "crash":
                shop.inject("crash", "orders", limit=1, duration_s=6)
            case kind:
                shop.inject(kind, "broker", duration_s=6)
    for _ in range(4):
        sweep_only(shop, broker)

    assert set(announced(shop)) == stored(shop), (
        "an order was lost, or announced without being stored"
    )
    assert not OutboxMessage.objects.filter(playground=shop.playground).exists()


@pytest.mark.django_db
def test_with_an_outbox_at_least_once_is_sometimes_twice() -> None:
    clock = FakeClock()
    broker = UnluckyBroker(clock)
    shop = InMemoryPlayground(clock=clock, broker=broker)
    try_to_order(shop, broker, "die after")
    sweep_only(shop, broker)
    assert list(announced(shop).values()) == [2]


@pytest.mark.django_db
@pytest.mark.parametrize("mishap", ["refuse", "die before"])
def test_without_an_outbox_a_failure_loses_the_event_of_a_stored_order(mishap: str) -> None:
    clock = FakeClock()
    broker = UnluckyBroker(clock)
    shop = InMemoryPlayground(clock=clock, broker=broker)
    shop.choose(outbox=False)
    try_to_order(shop, broker, mishap)
    for _ in range(4):
        sweep_only(shop, broker)

    assert len(stored(shop)) == 1
    assert not announced(shop)


# The idempotent consumer alone: one message, and everything that makes a broker redeliver it.

AGAIN = ("comes twice", "taken by one who dies", "dies before the ack", "ack gets lost", "serve")


def deliver(shop: InMemoryPlayground, broker: UnluckyBroker, steps: Sequence[str]) -> None:
    """Deliver one OrderPlaced to the restaurant, with these steps in between."""
    shop.ask(ORDER)
    [event] = broker.peek(shop.playground.id, "restaurant", 2)
    for step in (*steps, "serve"):
        match step:
            case "comes twice":
                broker.publish(shop.playground.id, [Publication(event, ("restaurant",))])
            case "taken by one who dies":
                broker.receive(shop.playground.id, "restaurant", 1)
            case _:
                mishaps = {
                    "dies before the ack": "die before the ack",
                    "ack gets lost": "lose the ack",
                }
                broker.mishap = mishaps.get(step, "")
                survive(shop, serving(shop, "restaurant"))
                broker.mishap = ""
        shop.clock.advance(4)
    for _ in range(2 * len(steps) + 2):
        pass_time(shop)


def effects_of(shop: InMemoryPlayground, name: str) -> int:
    return Effect.objects.filter(playground=shop.playground, name=name).count()


@pytest.mark.django_db
@A_FEW
@given(st.lists(st.sampled_from(AGAIN), max_size=8))
def test_an_idempotent_consumer_has_one_effect_however_often_a_message_is_delivered(
    steps: list[str],
) -> None:
    clock = FakeClock()
    broker = UnluckyBroker(clock)
    shop = InMemoryPlayground(clock=clock, broker=broker)
    deliver(shop, broker, steps)

    assert effects_of(shop, "TicketPrinted") == 1
    accepted = {
        r.message for r in shop.records if r.kind == "publish" and r.name == "OrderAccepted"
    }
    assert len(accepted) == 1, "its event was not published exactly once"
    assert broker.depths(shop.playground.id, ["restaurant"])["restaurant"].on_the_way == 0


@pytest.mark.django_db
@pytest.mark.parametrize("step", ["comes twice", "dies before the ack", "ack gets lost"])
def test_a_consumer_that_is_not_idempotent_doubles_its_effect(step: str) -> None:
    clock = FakeClock()
    broker = UnluckyBroker(clock)
    shop = InMemoryPlayground(clock=clock, broker=broker)
    shop.choose(idempotent_consumers=False)
    deliver(shop, broker, [step])
    assert effects_of(shop, "TicketPrinted") == 2
