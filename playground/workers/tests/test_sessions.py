"""A playground's consumer sessions hold at most its share of a worker's threads.

A session of these tests works until every other task that came meanwhile has had its thread:
tasks run within each other, as they run beside each other in a worker.
"""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from playground.messaging import consumer
from playground.messaging.doorbell import RedisDoorbell
from playground.workers import tasks

SERVICES = ("restaurant", "notification", "dispatch", "orders", "crm", "analytics", "payments")
THREADS = 16  # so one playground alone may hold four


class Worker:
    """Starts the tasks of Celery's queue, one within the session of another."""

    def __init__(self) -> None:
        self.queue: list[tuple[str, str]] = []
        self.at_work: list[tuple[str, str]] = []
        self.began: list[tuple[str, str]] = []
        self.most: dict[str, int] = {}
        self.meanwhile: Callable[[], None] = lambda: None

    def start(self, playground: str, service: str) -> None:
        """The doorbell's: put a task into Celery's queue."""
        self.queue.append((playground, service))

    def session(self, parts: Any, playground: str, service: str, **_: Any) -> None:
        self.at_work.append((playground, service))
        self.began.append((playground, service))
        mine = sum(p == playground for p, _ in self.at_work)
        self.most[playground] = max(mine, self.most.get(playground, 0))
        self.run()
        self.meanwhile()
        self.at_work.remove((playground, service))

    def run(self) -> None:
        while self.queue:
            tasks.serve(*self.queue.pop(0))


@pytest.fixture
def worker(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Worker:
    settings.WORKER_THREADS = THREADS
    worker = Worker()
    tasks.sessions.cache_clear()
    monkeypatch.setattr(consumer, "serve", worker.session)
    monkeypatch.setattr(tasks, "parts", lambda: SimpleNamespace(doorbell=worker))
    return worker


def test_one_playground_holds_its_share_of_the_threads_and_the_rest_is_served_in_turn(
    worker: Worker,
) -> None:
    worker.queue = [("greedy", service) for service in SERVICES]
    worker.run()
    assert worker.most == {"greedy": 4}
    assert set(worker.began) == {("greedy", service) for service in SERVICES}
    assert not worker.at_work


def test_a_neighbour_is_served_while_a_greedy_playground_holds_its_share(worker: Worker) -> None:
    worker.queue = [("greedy", service) for service in SERVICES] + [("victim", "restaurant")]
    worker.run()
    fifth = worker.began[4]
    assert fifth == ("victim", "restaurant"), "it waited until a session of its neighbour ended"


def test_a_service_that_waits_comes_before_one_that_rings_again_for_itself(worker: Worker) -> None:
    """A session that has spent its time rings before it ends, so its task comes first."""
    rings = iter(range(40))

    def ring_again() -> None:
        if next(rings, None) is not None:
            worker.queue.append(worker.at_work[-1])

    worker.meanwhile = ring_again
    worker.queue = [("greedy", service) for service in SERVICES]
    worker.run()
    assert set(worker.began[: 2 * len(SERVICES)]) == {("greedy", s) for s in SERVICES}


def test_a_session_that_fails_gives_its_thread_back(
    worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise RuntimeError

    with monkeypatch.context() as patch:
        patch.setattr(consumer, "serve", fail)
        for _ in range(2 * THREADS):
            with pytest.raises(RuntimeError):
                tasks.serve("greedy", "orders")
    worker.queue = [("greedy", "orders")]
    worker.run()
    assert worker.began == [("greedy", "orders")]


def test_a_rush_counts_as_one_of_its_playgrounds_threads(
    worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    def send_customers(playground: str) -> None:
        worker.queue = [(playground, service) for service in SERVICES]
        worker.run()

    monkeypatch.setattr(tasks, "run_rush", send_customers)
    tasks.rush("greedy")
    assert worker.most == {"greedy": 3}
    assert set(worker.began) == {("greedy", service) for service in SERVICES}


def test_while_celerys_broker_is_away_a_session_ends_as_ever(
    worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The sweep rings for what waits."""
    cleared: list[str] = []

    def away(*_: Any) -> bool:
        return False

    doorbell = RedisDoorbell(SimpleNamespace(delete=cleared.append), send=away)  # type: ignore[arg-type]
    monkeypatch.setattr(tasks, "parts", lambda: SimpleNamespace(doorbell=doorbell))
    worker.queue = [("greedy", service) for service in SERVICES]
    worker.run()
    assert worker.most == {"greedy": 4}
    assert len(cleared) == 3
