"""Tasks that may be lost are sent beside the work: nobody waits for Celery's broker."""

from collections.abc import Iterator
from threading import Event

import pytest
from kombu.exceptions import OperationalError
from redis import Redis

from playground.messaging import in_background
from playground.messaging.doorbell import RedisDoorbell, bell_key
from playground.messaging.in_background import InBackground


class Broker:
    """Celery's broker: hangs until it is released."""

    def __init__(self) -> None:
        self.released, self.got = Event(), list[tuple[str, str]]()
        self.asked = Event()

    def send(self, playground: str, service: str) -> None:
        self.asked.set()
        assert self.released.wait(10)
        self.got.append((playground, service))
        if service == "menu":
            raise OperationalError("away")


@pytest.fixture
def broker() -> Iterator[Broker]:
    broker = Broker()
    yield broker
    broker.released.set()


def test_a_bell_is_rung_later_if_the_broker_hangs(broker: Broker) -> None:
    ring = InBackground(broker.send)
    ring("pg", "orders")
    assert broker.asked.wait(10)
    assert broker.got == []
    ring("pg", "menu")  # fails, and the next one is rung nevertheless
    ring("pg", "dispatch")
    broker.released.set()
    while len(broker.got) < 3:
        broker.asked.wait(0.01)
    assert broker.got == [("pg", "orders"), ("pg", "menu"), ("pg", "dispatch")]


def test_more_bells_than_may_wait_are_left_to_the_sweep(
    broker: Broker, monkeypatch: pytest.MonkeyPatch, redis: Redis
) -> None:
    monkeypatch.setattr(in_background, "MOST_WAITING", 1)
    ring = InBackground(broker.send)
    ring("pg", "orders")
    assert broker.asked.wait(10)  # the first is being rung
    assert ring("pg", "menu")
    assert not ring("pg", "dispatch")

    doorbell = RedisDoorbell(redis, ring)
    doorbell.ring("pg", ["notification"])
    assert not redis.exists(bell_key("pg", "notification")), "the sweep could not ring for it"
