"""A call on its way: waited for, timed out, refused; and what is true afterwards."""

import pytest

from playground.company.commands import OrderLine, PlaceOrder, RegisterUser, SaveProfile
from playground.company.errors import CallRefused, CallTimedOut, EmailTaken
from playground.faults import switching as faults
from playground.faults.fault import Fault, FaultRequest
from playground.models import Effect, Order, User
from playground.testing import Town

ORDER = PlaceOrder(1, 1, (OrderLine("margherita", 2),), "4242 4242 4242 4242")
SAVE = SaveProfile(1, "Ada", "ada@example.com", "Leeds")
DANA = RegisterUser("Dana", "dana@example.com", "Leeds", "correct horse")


def slow(town: Town, service: str, ms: int) -> None:
    town.inject("latency", service, ms=ms)


def unreachable(town: Town, service: str, percentage: int = 100) -> Fault:
    return town.inject("unreachable", service, percentage=percentage)


def test_the_caller_waits_as_long_as_the_callee_works(town: Town) -> None:
    started = town.clock.now()
    assert town.ask(SAVE).city == "Leeds"
    assert town.clock.now() - started == pytest.approx(0.040)  # users' service time
    [answer] = [r for r in town.records if r.kind == "response"]
    assert answer.duration_ms == pytest.approx(40)


def test_latency_makes_the_caller_wait_so_much_longer(town: Town) -> None:
    slow(town, "users", 800)
    started = town.clock.now()
    town.ask(SAVE)
    assert town.clock.now() - started == pytest.approx(0.840)


def test_a_callee_that_cannot_be_reached_refuses_at_once_and_nothing_is_done(town: Town) -> None:
    fault = unreachable(town, "users")
    started = town.clock.now()
    with pytest.raises(CallRefused):
        town.ask(SAVE)
    assert town.clock.now() == started
    assert User.objects.get(number=1).city == "Turin"
    assert town.hits.by_fault(town.playground.id) == {fault.id: 1}
    [answer] = [r for r in town.records if r.kind == "response"]
    assert (answer.status, answer.fault) == ("refused", fault.mark())


def test_a_time_out_is_not_a_failure_the_work_is_done_all_the_same(town: Town) -> None:
    slow(town, "users", 5000)
    with pytest.raises(CallTimedOut):
        town.ask(SAVE)
    assert User.objects.get(number=1).city == "Leeds"
    assert [r.status for r in town.records if r.kind == "response"] == ["timeout"]


def test_a_refusal_comes_straight_back_and_nothing_is_changed(town: Town) -> None:
    with pytest.raises(EmailTaken):
        town.ask(SaveProfile(1, "Ada", "ben@example.com", "Leeds"))
    assert User.objects.get(number=1).email == "ada@example.com"


def test_an_order_that_cannot_be_paid_is_not_stored(town: Town) -> None:
    unreachable(town, "payments")
    with pytest.raises(CallRefused):
        town.ask(ORDER)
    assert not Order.objects.exists()
    assert not Effect.objects.exists()


def test_subscribers_that_are_called_are_waited_for(town: Town) -> None:
    styles = {f"users->{s}": "call" for s in ("notification", "crm", "analytics")}
    town.choose(styles=styles)
    started = town.clock.now()
    town.ask(DANA)
    assert Effect.objects.filter(name="WelcomeSent").count() == 1
    # users 40, notification 120 with the mail company's 180, crm 200, analytics 80
    assert town.clock.now() - started == pytest.approx(0.620)
    assert not [r for r in town.records if r.kind == "enqueue"]


def test_one_dead_subscriber_fails_the_registration_when_it_is_called(town: Town) -> None:
    town.choose(styles={"users->notification": "call"})
    unreachable(town, "notification")
    with pytest.raises(CallRefused):
        town.ask(DANA)
    assert User.objects.filter(email="dana@example.com").exists()  # nobody took that back


def test_the_same_dead_subscriber_harms_nobody_when_it_is_texted(town: Town) -> None:
    unreachable(town, "notification")
    assert town.ask(DANA).id == 4


def test_a_fault_of_some_percent_always_hits_the_same_messages(town: Town) -> None:
    fault = unreachable(town, "users", percentage=40)
    strike = town.hits.strike
    hit = [strike(town.playground.id, fault, f"message-{n}") for n in range(500)]
    assert hit == [strike(town.playground.id, fault, f"message-{n}") for n in range(500)]
    assert 120 < sum(hit) < 280


def test_a_second_fault_of_a_kind_replaces_the_first(town: Town) -> None:
    slow(town, "users", 300)
    slow(town, "users", 700)
    active = faults.active(town.playground.id, town.clock.now())
    assert [f.ms for f in active] == [700]


def test_a_fault_holds_in_its_own_playground_only(town: Town) -> None:
    other = Town()
    unreachable(other, "users")
    assert town.ask(SAVE).city == "Leeds"


def test_a_fault_for_everybody_holds_here_too(town: Town) -> None:
    faults.switch_on(None, FaultRequest("unreachable", "users"), town.clock.now())
    with pytest.raises(CallRefused):
        town.ask(SAVE)
