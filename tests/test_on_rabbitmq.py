"""The whole product with RabbitMQ as Celery's broker, which is killed and comes back."""

from collections.abc import Iterator

import pytest

from .rabbitmq import RabbitMQ, program, rabbitmq_server
from .stack import Script, Stack, until

ORDERS = 6
RUSH = {"action": "order", "rate": 4, "seconds": 2}
# Many consumers are at work when RabbitMQ goes, and still when it is back.
BUSY = {
    "service_time_ms": dict.fromkeys(("restaurant", "notification", "dispatch"), 1000),
    "replicas": dict.fromkeys(("restaurant", "notification", "dispatch"), 4),
}


@pytest.fixture
def rabbitmq(processes: None) -> Iterator[RabbitMQ]:
    found = program()
    if found is None:
        pytest.skip("there is no RabbitMQ here (on Debian: apt install rabbitmq-server)")
    with rabbitmq_server(found) as server:
        yield server


@pytest.fixture
def script(own_stack: Stack, rabbitmq: RabbitMQ) -> Script:
    own_stack.settings["CELERY_BROKER_URL"] = rabbitmq.url
    return own_stack.start().script()


def test_while_rabbitmq_is_away_orders_are_kept_and_when_it_is_back_all_are_delivered(
    script: Script, own_stack: Stack, rabbitmq: RabbitMQ
) -> None:
    script("PATCH", "/api/playground/design", BUSY).raise_for_status()
    rush(script)
    order_some(script)
    rabbitmq.kill()
    order_some(script)
    refused = script("POST", "/api/playground/rush", RUSH)
    assert refused.status_code == 503
    assert "Celery's broker is away" in refused.json()["detail"]
    assert own_stack.health()["broker"] == {"ok": False, "why": "Celery's broker does not answer"}
    rabbitmq.start()
    until(script.has_settled, "every order's effects", 60)
    rush(script)  # a task of Celery's own reaches a worker again
    until(script.has_settled, "every order's effects", 60)
    rows = script.ledger()
    assert rows["OrderStored"]["actual"] == 2 * (ORDERS + RUSH["rate"] * RUSH["seconds"])
    assert not any(
        row[column] for row in rows.values() for column in ("lost", "doubled", "pending", "dead")
    )


def order_some(script: Script) -> None:
    for _ in range(ORDERS):
        script.order()


def rush(script: Script) -> None:
    assert script("POST", "/api/playground/rush", RUSH).status_code == 202
    path = "/api/playground/rush"
    until(lambda: script("GET", path).json()["state"] == "done", "the rush is done", 40)
