"""Each lesson, walked in a real browser on the real stack, shows its surprise."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page

from lessons import course

from .conftest import Visitor, ready
from .lesson_walk import Walker
from .stack import Stack, until
from .test_accessibility import assert_clean

Walk = Callable[..., Walker]


@pytest.fixture
def walk(visitor: Visitor, stack: Stack) -> Iterator[Walk]:
    """Returns a function that opens a lesson and does every step, with the given guesses."""

    def begin(slug: str, **guesses: object) -> Walker:
        lesson = course.find(slug)
        assert lesson
        scheme = "light" if lesson.number % 2 else "dark"
        page: Page = visitor.open("about:blank", color_scheme=scheme, bypass_csp=True)  # for axe
        for before in (one for one in course.lessons() if one.number == lesson.number - 1):
            page.goto(f"{stack.url}/lessons/{before.slug}/")
            ready(page)
            Walker(page, before, {}).guess_once()
        page.goto(f"{stack.url}/lessons/{slug}/")
        ready(page)
        by_id = {id.replace("_", "-"): guess for id, guess in guesses.items()}
        walker = Walker(page, lesson, by_id)
        assert walker.warm_up() == (3 if lesson.number > 1 else 0)
        walker.walk()
        assert_clean(page)
        return walker

    yield begin


def test_1_a_profile_that_is_texted_makes_saved_a_lie(walk: Walk) -> None:
    lesson = walk(
        "a-phone-call", truth="changed", refusal="409", noncommittal="409", who_tells_her="later",
        own_write="new",
    )  # fmt: skip

    assert lesson.measured("truth") == "It has been changed already"
    assert lesson.measured("refusal").startswith("409")
    assert lesson.measured("noncommittal").startswith("202")
    assert lesson.measured("who-tells-her") == "Nobody tells her"
    assert lesson.measured("own-write") == "The old city"
    assert lesson.missed("noncommittal") and lesson.missed("own-write")
    assert lesson.page.locator("#p-profile").is_hidden(), "a refusal in a run opens no form"
    assert any("what Ada reads" in caption and "city: Leeds" in caption for caption in lesson.held)

    def wait_for_a_slow_service() -> None:
        lesson.mouse.break_it("latency", "users", ms=1_300)
        lesson.mouse.press("f-profile")
        lesson.mouse.repair()

    def save_while_users_is_gone() -> None:
        lesson.mouse.break_it("unreachable", "users")
        lesson.mouse.press("f-profile")
        lesson.mouse.repair()

    def let_three_wait() -> None:
        lesson.mouse.flip("gateway->users")
        lesson.mouse.break_it("paused", "users")
        lesson.mouse.press("f-profile", times=3)
        lesson.mouse.repair()

    lesson.do("slow-line", wait_for_a_slow_service)
    lesson.do("no-answer", save_while_users_is_gone)
    lesson.do("three-waiting", let_three_wait)


def test_2_menus_stay_shut_because_the_email_company_is_silent(walk: Walk) -> None:
    lesson = walk("the-line-is-busy", menu_wait=100, who_is_hurt="registrations")

    assert lesson.measured_number("menu-wait") > 1_500
    assert lesson.measured("who-is-hurt") == "Guests who only look at a menu, too"
    assert lesson.measured("where-was-it").startswith("At the gateway, waiting")
    assert lesson.measured_number("menu-wait-gone") < 1_500
    assert (
        lesson.measured("time-out-saves") == "Menus open. Nobody is told that they are registered"
    )
    assert lesson.measured_number("how-fast-a-no") < 1_500
    assert lesson.missed("menu-wait") and lesson.missed("who-is-hurt")

    def send_a_guest_away() -> None:
        lesson.mouse.design({"request_slots": 1, "timeout_ms": 5_000})
        lesson.mouse.break_it("hang", "crm")
        lesson.mouse.rush(action="register", rate=5, seconds=10)
        until(lambda: lesson.api("GET", "/api/playground/rush")["offered"] >= 5, "a crowd", 20)
        lesson.mouse.press("f-menu", times=3)
        lesson.mouse.repair()
        over = ("done", "stopped")
        until(lambda: lesson.api("GET", "/api/playground/rush")["state"] in over, "quiet", 60)
        lesson.mouse.design({"request_slots": 4})

    def open_and_close_a_circuit() -> None:
        lesson.mouse.design({"breaker.on": True, "breaker.failures": 3, "breaker.open_ms": 1_000})
        lesson.mouse.break_it("unreachable", "email-provider")
        lesson.mouse.press("f-register", times=3)
        lesson.mouse.repair()
        lesson.page.wait_for_timeout(1_500)
        lesson.mouse.press("f-register", times=2)
        lesson.mouse.design({"breaker.on": False})

    def slow_down_the_last() -> None:
        lesson.mouse.break_it("slow", "analytics")
        lesson.mouse.press("f-register")
        lesson.mouse.repair()

    lesson.do("no-room", send_a_guest_away)
    lesson.do("close-the-circuit", open_and_close_a_circuit)
    lesson.do("last-on-the-line", slow_down_the_last)


def test_3_registration_stays_green_while_the_mails_are_down(walk: Walk) -> None:
    lesson = walk("leave-a-message", her_answer="welcome", her_account="no", her_answer_now="error")

    assert lesson.measured("her-answer").startswith("Something went wrong")
    assert lesson.measured("her-account") == "Yes"
    assert lesson.measured("never-heard") == "crm and analytics"
    assert lesson.measured("her-answer-now").startswith("Welcome")
    assert lesson.measured("her-mail").startswith("3 sent, 0 lost")
    newcomer = lesson.compared("newcomer")
    assert newcomer["AccountOpened: how many were done."] == ("0", "3")
    published = newcomer["How often in the log: publish UserRegistered."]
    assert published == ("3", "3"), "users did not publish the same as before"
    assert lesson.measured("in-between").startswith("0 lost, 3 still")

    def register_while_crm_is_away() -> None:
        lesson.mouse.repair()
        lesson.mouse.break_it("unreachable", "crm")
        lesson.mouse.press("f-register")
        lesson.page.wait_for_timeout(1_000)
        lesson.mouse.repair()

    def call_one_and_text_the_other() -> None:
        lesson.mouse.flip("users->notification")
        lesson.mouse.break_it("errors", "email-provider")
        lesson.mouse.press("f-register")
        lesson.mouse.repair()

    def let_loyalty_hear_late() -> None:
        lesson.mouse.flip("users->notification")
        lesson.mouse.design({"subscribers.loyalty": True})
        lesson.mouse.break_it("paused", "loyalty")
        lesson.mouse.press("f-register")
        lesson.mouse.repair()

    lesson.do("crm-away", register_while_crm_is_away)
    lesson.do("half-and-half", call_one_and_text_the_other)
    lesson.do("late-listener", let_loyalty_hear_late)


def test_4_the_queue_saves_the_orders_but_not_the_waiting(walk: Walk) -> None:
    lesson = walk("the-rush", told=2_000, in_the_queue=1_000, four_cooks="quarter")

    assert lesson.measured_number("told") < 2_500
    assert lesson.measured_number("in-the-queue") > 5_000
    assert lesson.measured("shape").startswith("It rose and rose")
    assert lesson.measured_number("sent-away") >= 15
    assert lesson.measured("four-cooks") == "Hardly at all"
    assert lesson.measured_number("turned-away") >= 8
    assert lesson.page.input_value("[data-rush-form] [name=rate]") == "4", (
        "the rate of the run, not the highest possible one"
    )
    assert lesson.missed("in-the-queue")

    def let_forty_wait() -> None:
        lesson.mouse.rush(action="order", rate=4, seconds=22)
        until(lambda: lesson.api("GET", "/api/playground/rush")["state"] == "done", "rushed", 60)
        lesson.mouse.design({"replicas.restaurant": 8})

    def move_the_bottleneck() -> None:
        lesson.mouse.design({"replicas.restaurant": 4, "service_time_ms.dispatch": 1_000})
        lesson.mouse.rush(action="order", rate=4, seconds=10)

    def send_more_couriers() -> None:
        lesson.mouse.design({"replicas.dispatch": 4})

    lesson.do("forty-deep", let_forty_wait)
    lesson.do("next-bottleneck", move_the_bottleneck)
    lesson.do("more-couriers", send_more_couriers)


def test_5_an_early_ack_and_a_kill_lose_an_order_and_a_late_ack_loses_none(walk: Walk) -> None:
    nothing_lost = {"actual.TicketPrinted": 3, "lost.TicketPrinted": 0}
    lesson = walk("nobody-answers", away_lost=nothing_lost, killed_lost=nothing_lost,
                  who_had_it="queue")  # fmt: skip

    assert lesson.measured("away-lost").startswith("3 printed, 0 lost")
    assert lesson.measured("killed-lost").startswith("2 printed, 1 lost")
    assert lesson.measured("who-had-it") == "In the process that died, and nowhere else"
    assert lesson.measured("late-lost").startswith("3 printed, 0 lost")
    assert (lesson.measured("early-side"), lesson.measured("late-side")) == ("2", "0")
    assert lesson.missed("killed-lost") and not lesson.missed("away-lost")

    def let_receipts_wait() -> None:
        lesson.mouse.break_it("paused", "notification")
        lesson.mouse.press("f-order", times=3)
        lesson.mouse.repair()

    def lose_a_courier() -> None:
        lesson.mouse.design({"ack": "early"})
        lesson.mouse.break_it("kill", "dispatch", limit=1)
        lesson.mouse.press("f-order")

    def kill_notification_twice() -> None:
        lesson.mouse.repair()
        lesson.mouse.design({"ack": "late"})
        lesson.mouse.break_it("kill", "notification", limit=2)
        lesson.mouse.press("f-order")

    lesson.do("wait-and-drain", let_receipts_wait)
    lesson.do("lose-one", lose_a_courier)
    lesson.do("cannot-lose", kill_notification_twice)
