"""A reset begins a new generation: nothing from before it has an effect after it."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from redis import Redis

from playground.api.conftest import Caller
from playground.bootstrap import parts
from playground.company.commands import OrderLine, PlaceOrder
from playground.company.errors import CompanyError
from playground.company.trace import Span
from playground.control import changes, faults
from playground.control.lifecycle import WORK_ENDS_WITHIN_S, delete, delete_expired
from playground.faults.fault import FaultRequest
from playground.flow.promises import Promise
from playground.handling import conditions
from playground.handling.handle import carry_out
from playground.handling.lease import NoLease
from playground.handling.runtime import Context
from playground.messaging.processing import Processing
from playground.messaging.recovery import sweep
from playground.models import AccessToken, Effect, Order, OutboxMessage, Playground, User
from playground.rush.customers import ORDER
from playground.rush.plan import Progress
from playground.rush.service import rushes
from playground.storage.playgrounds import issue_token
from playground.testing import at_once

PLACE = PlaceOrder(1, 1, (OrderLine("margherita", 1),), "4242 4242 4242 4242", "")


def playground_of(call: Caller) -> Playground:
    return Playground.objects.get(id=call.id)


def reset(call: Caller) -> Any:
    answer = call("POST", "/api/playground/reset")
    assert answer.status_code == 200
    return answer.json()


def request_in_hand(call: Caller) -> Callable[[], None]:
    """A customer's order that was received before the reset: the rest of its way."""
    context = Context.begin(
        parts().runtime, conditions.of(playground_of(call), parts().clock.now()), NoLease()
    )
    span = Span.root(parts().runtime.new_hex)

    def go_on() -> None:
        placed = carry_out(context, "gateway", PLACE, span)
        context.recorder.promise(Promise(f"order/{placed.id}", span.run))
        context.recorder.flush()

    return go_on


def delivery_in_hand(call: Caller) -> Callable[[], None]:
    """A message that a worker received before the reset: the rest of its way."""
    call("POST", "/api/orders", ORDER)
    playground, relay = playground_of(call), parts().new_relay()
    in_force = conditions.of(playground, parts().clock.now())
    context = Context.begin(parts().runtime, in_force, NoLease(), relay)
    deliveries = parts().broker.receive(playground.key, "restaurant", 10)
    assert deliveries
    processing = Processing(context, parts().broker, relay, "restaurant", replica=1)
    return lambda: processing.run(deliveries)


def failing_delivery_in_hand(call: Caller) -> Callable[[], None]:
    """The same, for a worker that will put the message back for another attempt."""
    fault = {"kind": "errors", "target": "restaurant"}
    assert call("POST", "/api/playground/faults", fault).status_code == 201
    return delivery_in_hand(call)


def stored_message(call: Caller) -> Callable[[], None]:
    """A message in the outbox, for which the sweep will come."""
    go_on = request_in_hand(call)
    go_on()
    event = '{"specversion":"1.0","id":"1","source":"/x","type":"x","data":{}}'
    OutboxMessage.objects.create(
        playground=playground_of(call), event=event, groups=["restaurant"], stored_at=0
    )
    return lambda: sweep(parts())


def rush_in_hand(call: Caller) -> Callable[[], None]:
    """A rush whose worker still reports its progress."""
    plan = {"action": "order", "rate": 1, "seconds": 1}
    assert call("POST", "/api/playground/rush", plan).status_code == 202
    former = playground_of(call).key
    [plan, _] = rushes().read(former) or []
    return lambda: rushes().report(former, plan.run, Progress("running", offered=1))


def fault_in_hand(call: Caller) -> Callable[[], None]:
    """A request to switch a fault on, which was received before the reset."""
    playground = playground_of(call)
    request = FaultRequest("unreachable", "notification")
    return lambda: faults.inject_fault(playground, request) and None


IN_HAND = [
    request_in_hand, delivery_in_hand, failing_delivery_in_hand, stored_message, rush_in_hand,
    fault_in_hand,
]  # fmt: skip


@pytest.mark.parametrize("in_hand", IN_HAND)
def test_what_was_in_hand_at_a_reset_has_no_effect_after_it(call: Caller, in_hand: Any) -> None:
    go_on = in_hand(call)
    reset(call)
    go_on()
    call.work()

    playground = playground_of(call)
    for model in (Order, Effect, OutboxMessage):
        assert not model.objects.filter(playground=playground).exists(), model
    assert User.objects.filter(playground=playground).count() == 3
    state = call("GET", "/api/playground").json()
    assert state["faults"] == []
    for depth in state["queues"].values():
        assert depth == {"ready": 0, "unacked": 0, "delayed": 0, "dead": 0}
    records = call("GET", "/api/playground/records").json()["records"]
    assert [r["name"] for r in records] == ["Reset"]
    ledger = call("GET", "/api/playground/ledger").json()
    assert ledger["differences"] == []
    assert not any(row["expected"] or row["unasked"] for row in ledger["rows"])
    assert call("GET", "/api/playground/rush").status_code == 404


@pytest.mark.parametrize("in_hand", IN_HAND)
def test_what_late_work_leaves_under_a_former_key_is_deleted_when_it_has_ended(
    call: Caller, redis: Redis, in_hand: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    former, go_on = playground_of(call).key, in_hand(call)
    reset(call)
    go_on()
    later = parts().clock.now() + WORK_ENDS_WITHIN_S + 1
    monkeypatch.setattr(type(parts().clock), "now", lambda self: later)
    delete_expired()

    for model in (Order, Effect, OutboxMessage, User):
        assert not model.objects.filter(playground=former).exists(), model
    left = {key.decode() for key in redis.keys(f"inflight:{former}:*") if redis.ttl(key) == -1}
    assert left == set()
    assert not [pair for pair in parts().broker.unfinished() if pair[0] == former]


def test_the_sweep_deletes_messages_that_late_work_has_put_back(call: Caller) -> None:
    former, go_on = playground_of(call).key, failing_delivery_in_hand(call)
    reset(call)
    go_on()
    assert (former, "restaurant") in parts().broker.unfinished()
    sweep(parts())
    assert parts().broker.unfinished() == []


def test_the_first_order_after_a_reset_is_served_while_a_former_one_ends(call: Caller) -> None:
    go_on = request_in_hand(call)
    reset(call)
    call("PATCH", "/api/playground/design", {"preset": "as built"})
    order = call("POST", "/api/orders", ORDER)
    assert order.status_code == 202
    go_on()
    call.work()
    ledger = call("GET", "/api/playground/ledger").json()
    assert ledger["differences"] == []
    stored = next(row for row in ledger["rows"] if row["effect"] == "OrderStored")
    assert (stored["expected"], stored["actual"], stored["unasked"]) == (1, 1, 0)


def test_the_token_of_a_rush_ends_with_the_generation_and_a_scripts_token_does_not(
    call: Caller,
) -> None:
    playground = playground_of(call)
    call.token, own = issue_token(playground, until_reset=True), call.token
    assert call("GET", "/api/playground").status_code == 200
    reset(call)
    assert call("POST", "/api/orders", ORDER).status_code == 401
    call.token = own
    assert call("POST", "/api/orders", ORDER).status_code == 202
    assert AccessToken.objects.filter(playground=playground).count() == 2


def test_a_design_chosen_before_a_reset_is_refused_after_it(call: Caller) -> None:
    playground = playground_of(call)
    reset(call)
    with pytest.raises(Exception, match="was reset while"):
        changes.change_design(playground, {"timeout_ms": 700})
    assert playground_of(call).design == {}


def test_of_many_resets_at_once_one_is_carried_out(call: Caller) -> None:
    answers: Any = at_once([lambda: call("POST", "/api/playground/reset")] * 6)
    assert [answer.status_code for answer in answers] == [200] * 6
    playground = playground_of(call)
    assert User.objects.filter(playground=playground).count() == 3
    records = call("GET", "/api/playground/records").json()["records"]
    assert [r["name"] for r in records] == ["Reset"]


def test_a_playground_that_is_deleted_takes_what_its_late_work_leaves_with_it(
    call: Caller, redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on = request_in_hand(call)
    delete(playground_of(call))
    with suppress(CompanyError):  # there is no user any more
        go_on()
    later = parts().clock.now() + WORK_ENDS_WITHIN_S + 1
    monkeypatch.setattr(type(parts().clock), "now", lambda self: later)
    delete_expired()
    assert not Order.objects.exists()
    assert not [key for key in redis.keys(f"inflight:{call.id}:*") if redis.ttl(key) == -1]
