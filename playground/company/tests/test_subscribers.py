"""The subscribers: each does its own effect for a fact that nobody can refuse, safe to repeat."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.company import events
from playground.company.catalogue import COURIERS
from playground.company.commands import SendEmail
from playground.company.entities import Effect
from playground.company.errors import CallRefused
from playground.company.services.restaurant import COOKING_S

from .paper import NOW, PaperCalls, PaperRepository, begin, changes, handle

PLACED = events.OrderPlaced("7Q2K", 1, "ada@example.com", 1, 1950)
REGISTERED = events.UserRegistered(4, "Dana", "dana@example.com", "Leeds")
REJECTED = events.OrderRejected("7Q2K", 1, "ada@example.com", 1950, "full")
REFUNDED = events.PaymentRefunded("7Q2K", 1, "ada@example.com", 1950, "full")
CODES = st.text(st.sampled_from("0123456789ABCDEFGHJKMNPQRSTVWXYZ"), min_size=1, max_size=10)


# restaurant


def test_a_kitchen_without_a_limit_takes_every_order() -> None:
    repository = PaperRepository(tickets_at=[NOW] * 10_000)
    work = begin("restaurant", repository=repository)
    handle(work, PLACED)
    assert work.effects == [Effect("TicketPrinted", "order/7Q2K")]
    assert work.events == [events.OrderAccepted("7Q2K")]


@pytest.mark.parametrize(("hanging", "takes_it"), [(0, True), (1, True), (2, False), (3, False)])
def test_a_kitchen_takes_as_many_orders_as_its_setting_says(hanging: int, takes_it: bool) -> None:
    work = begin(
        "restaurant", repository=PaperRepository(tickets_at=[NOW - 1] * hanging),
        settings={"kitchen_capacity": 2},
    )  # fmt: skip
    handle(work, PLACED)
    expected = "TicketPrinted" if takes_it else "OrderTurnedDown"
    assert [effect.name for effect in work.effects] == [expected]


def test_a_ticket_that_was_cooked_makes_room() -> None:
    repository = PaperRepository(tickets_at=[NOW - COOKING_S])
    work = begin("restaurant", repository=repository, settings={"kitchen_capacity": 1})
    handle(work, PLACED)
    assert work.events == [events.OrderAccepted("7Q2K")]


def test_a_no_says_why_and_tells_those_who_have_to_undo_something() -> None:
    work = begin("restaurant", settings={"kitchen_capacity": 0})
    handle(work, PLACED)
    reason = "The kitchen is full."
    assert work.effects == [Effect("OrderTurnedDown", "order/7Q2K", reason)]
    assert work.events == [
        events.OrderRejected("7Q2K", 1, "ada@example.com", 1950, reason)
    ]  # fmt: skip


# notification and the e-mail provider


@pytest.mark.parametrize(
    ("event", "template", "to", "about"),
    [
        (REGISTERED, "welcome", "dana@example.com", "user/4"),
        (PLACED, "receipt", "ada@example.com", "order/7Q2K"),
        (REFUNDED, "apology", "ada@example.com", "order/7Q2K"),
    ],
)
def test_each_piece_of_news_is_one_mail_with_the_message_as_its_key(
    event: object, template: str, to: str, about: str
) -> None:
    calls = PaperCalls()
    work = begin("notification", calls=calls, message="event-1")
    handle(work, event)
    assert calls.called == [("email-provider", SendEmail(to, template, about, "event-1"))]
    assert changes(work) == [], "the provider's effect, not ours"


def test_a_redelivered_message_asks_for_the_same_mail() -> None:
    calls = PaperCalls()
    for _ in range(2):
        handle(begin("notification", calls=calls, message="event-1"), PLACED)
    first, second = calls.called
    assert first == second


def test_a_provider_that_is_away_fails_the_notification() -> None:
    calls = PaperCalls({"email-provider": CallRefused("email-provider")})
    with pytest.raises(CallRefused):
        handle(begin("notification", calls=calls), PLACED)


@pytest.mark.parametrize(
    ("template", "effect"),
    [("welcome", "WelcomeSent"), ("receipt", "EmailSent"), ("apology", "ApologySent")],
)
def test_the_provider_sends_one_mail_per_key(template: str, effect: str) -> None:
    work = begin("email-provider")
    mail = SendEmail("ada@example.com", template, "order/7Q2K", "event-1")
    assert handle(work, mail) == "7Q2K", "its own id for the mail"
    assert work.effects == [Effect(effect, "order/7Q2K", "ada@example.com", "event-1")]


# dispatch


@given(CODES)
def test_an_order_always_gets_the_same_courier_who_works_here(code: str) -> None:
    work, again = begin("dispatch"), begin("dispatch")
    event = events.OrderPlaced(code, 1, "ada@example.com", 1, 1950)
    handle(work, event)
    handle(again, event)
    [assigned] = work.effects
    assert (assigned.name, assigned.subject) == ("CourierAssigned", f"order/{code}")
    assert assigned.detail in COURIERS
    assert again.effects == work.effects
    assert work.events == [events.CourierAssigned(code, assigned.detail)]


def test_every_courier_has_something_to_do() -> None:
    couriers = set()
    for n in range(100):
        work = begin("dispatch")
        handle(work, events.OrderPlaced(f"ORDER{n}", 1, "ada@example.com", 1, 1950))
        couriers.add(work.effects[0].detail)
    assert couriers == set(COURIERS)


def test_calling_a_courier_off_is_safe_to_repeat_and_needs_no_assignment_before() -> None:
    work = begin("dispatch")
    handle(work, REJECTED)
    assert changes(work) == [Effect("CourierCalledOff", "order/7Q2K", key="order/7Q2K")]


# those who only note something


@pytest.mark.parametrize(
    ("service", "event", "effect"),
    [
        ("crm", REGISTERED, Effect("ContactAdded", "user/4", "dana@example.com")),
        ("analytics", REGISTERED, Effect("SignupCounted", "user/4", "Leeds")),
        ("loyalty", REGISTERED, Effect("AccountOpened", "user/4")),
        ("loyalty", PLACED, Effect("PointsGiven", "order/7Q2K", "19")),
    ],
)
def test_each_of_them_has_one_effect_and_announces_nothing(
    service: str, event: object, effect: Effect
) -> None:
    work = begin(service)
    handle(work, event)
    assert changes(work) == [effect]


@given(st.integers(0, 10**6))
def test_a_point_is_given_for_every_whole_euro(cents: int) -> None:
    work = begin("loyalty")
    handle(work, events.OrderPlaced("7Q2K", 1, "ada@example.com", 1, cents))
    points = int(work.effects[0].detail)
    assert points * 100 <= cents < (points + 1) * 100
