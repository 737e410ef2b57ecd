"""Whatever happens in whatever order: with outbox, inbox and late ack every promise is kept once."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from redis.exceptions import ConnectionError as RedisConnectionError

from playground.brokers.memory import MemoryBroker
from playground.company.commands import OrderLine, PlaceOrder
from playground.company.ports import Delivery
from playground.delivery.clock import FakeClock
from playground.flow.ledger import ledger
from playground.flow.promises import Promise
from playground.testing import Killed, Town

ORDER = PlaceOrder(1, 1, (OrderLine("margherita", 2),), "4242 4242 4242 4242")
SERVICES = ("restaurant", "notification", "dispatch", "orders")


class UnluckyBroker(MemoryBroker):
    """Does what it is told, unless somebody has said what goes wrong next."""

    mishap = ""

    def publish(self, playground: str, publications: Any) -> None:
        match self._next("refuse", "forget to answer", "twice"):
            case "refuse":
                raise RedisConnectionError
            case "forget to answer":
                super().publish(playground, publications)
                raise RedisConnectionError
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


@pytest.mark.django_db
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
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
