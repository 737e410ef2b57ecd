"""Calls: waiting, time-outs and refusals, and what the callee has done afterwards."""

import pytest

from playground.company.commands import OrderLine, PlaceOrder, RegisterUser, SaveProfile
from playground.company.errors import CallRefused, CallTimedOut, EmailTaken
from playground.faults import switching as faults
from playground.faults.fault import Fault, FaultRequest
from playground.models import Effect, Order, User
from playground.testing import InMemoryPlayground

ORDER = PlaceOrder(1, 1, (OrderLine("margherita", 2),), "4242 4242 4242 4242")
SAVE = SaveProfile(1, "Ada", "ada@example.com", "Leeds")
DANA = RegisterUser("Dana", "dana@example.com", "Leeds", "correct horse")


def slow(shop: InMemoryPlayground, service: str, ms: int) -> None:
    shop.inject("latency", service, ms=ms)


def unreachable(shop: InMemoryPlayground, service: str, percentage: int = 100) -> Fault:
    return shop.inject("unreachable", service, percentage=percentage)


def test_the_caller_waits_as_long_as_the_callee_works(shop: InMemoryPlayground) -> None:
    started = shop.clock.now()
    assert shop.ask(SAVE).city == "Leeds"
    assert shop.clock.now() - started == pytest.approx(0.040)  # users' service time
    [answer] = [r for r in shop.records if r.kind == "response"]
    assert answer.duration_ms == pytest.approx(40)


def test_latency_makes_the_caller_wait_longer_by_its_ms(shop: InMemoryPlayground) -> None:
    slow(shop, "users", 800)
    started = shop.clock.now()
    shop.ask(SAVE)
    assert shop.clock.now() - started == pytest.approx(0.840)


def test_an_unreachable_callee_refuses_at_once_and_does_no_work(
    shop: InMemoryPlayground,
) -> None:
    fault = unreachable(shop, "users")
    started = shop.clock.now()
    with pytest.raises(CallRefused):
        shop.ask(SAVE)
    assert shop.clock.now() == started
    assert User.objects.get(number=1).city == "Turin"
    assert shop.hits.by_fault(shop.playground.id) == {fault.id: 1}
    [answer] = [r for r in shop.records if r.kind == "response"]
    assert (answer.status, answer.fault) == ("refused", fault.mark())


def test_after_a_time_out_the_callee_still_completes_its_work(
    shop: InMemoryPlayground,
) -> None:
    slow(shop, "users", 5000)
    with pytest.raises(CallTimedOut):
        shop.ask(SAVE)
    assert User.objects.get(number=1).city == "Leeds"
    assert [r.status for r in shop.records if r.kind == "response"] == ["timeout"]


def test_a_refusal_is_answered_at_once_and_changes_nothing(shop: InMemoryPlayground) -> None:
    with pytest.raises(EmailTaken):
        shop.ask(SaveProfile(1, "Ada", "ben@example.com", "Leeds"))
    assert User.objects.get(number=1).email == "ada@example.com"


def test_an_order_that_cannot_be_paid_is_not_stored(shop: InMemoryPlayground) -> None:
    unreachable(shop, "payments")
    with pytest.raises(CallRefused):
        shop.ask(ORDER)
    assert not Order.objects.exists()
    assert not Effect.objects.exists()


def test_the_caller_waits_for_subscribers_that_are_called(shop: InMemoryPlayground) -> None:
    styles = {f"users->{s}": "call" for s in ("notification", "crm", "analytics")}
    shop.choose(styles=styles)
    started = shop.clock.now()
    shop.ask(DANA)
    assert Effect.objects.filter(name="WelcomeSent").count() == 1
    # users 40, notification 120 with the mail company's 180, crm 200, analytics 80
    assert shop.clock.now() - started == pytest.approx(0.620)
    assert not [r for r in shop.records if r.kind == "enqueue"]


def test_one_dead_subscriber_fails_the_registration_when_it_is_called(
    shop: InMemoryPlayground,
) -> None:
    shop.choose(styles={"users->notification": "call"})
    unreachable(shop, "notification")
    with pytest.raises(CallRefused):
        shop.ask(DANA)
    assert User.objects.filter(email="dana@example.com").exists()  # the work before it stays


def test_one_dead_subscriber_does_not_fail_the_registration_when_it_is_texted(
    shop: InMemoryPlayground,
) -> None:
    unreachable(shop, "notification")
    assert shop.ask(DANA).id == 4


def test_a_fault_with_a_percentage_always_hits_the_same_messages(shop: InMemoryPlayground) -> None:
    fault = unreachable(shop, "users", percentage=40)
    strike = shop.hits.strike
    hit = [strike(shop.playground.id, fault, f"message-{n}") for n in range(500)]
    assert hit == [strike(shop.playground.id, fault, f"message-{n}") for n in range(500)]
    assert 120 < sum(hit) < 280


def test_a_second_fault_of_a_kind_replaces_the_first(shop: InMemoryPlayground) -> None:
    slow(shop, "users", 300)
    slow(shop, "users", 700)
    active = faults.active(shop.playground.id, shop.clock.now())
    assert [f.ms for f in active] == [700]


def test_a_fault_is_active_only_in_its_own_playground(shop: InMemoryPlayground) -> None:
    other = InMemoryPlayground()
    unreachable(other, "users")
    assert shop.ask(SAVE).city == "Leeds"


def test_a_class_fault_is_active_in_every_playground(shop: InMemoryPlayground) -> None:
    faults.switch_on(None, FaultRequest("unreachable", "users"), shop.clock.now())
    with pytest.raises(CallRefused):
        shop.ask(SAVE)
