"""A lesson's picture: what it needs, in full when asked for, and never ahead of its story."""

from playwright.sync_api import Page, expect

from .conftest import Visitor, ask, ready
from .stack import Stack


def lesson(visitor: Visitor, stack: Stack, slug: str = "a-phone-call") -> Page:
    page = visitor.open(f"{stack.url}/lessons/{slug}/")
    ready(page)
    return page


def drawn(page: Page) -> set[str]:
    nodes: list[str] = page.locator(".topo [data-node]").evaluate_all(
        "(all) => all.map((node) => node.dataset.node)"
    )
    return set(nodes)


def test_it_draws_what_the_lesson_needs_and_opens_the_rest(visitor: Visitor, stack: Stack) -> None:
    page = lesson(visitor, stack)
    assert drawn(page) == {"customer", "gateway", "users", "broker", "others"}
    others = page.locator(".topo [data-node=others]")
    expect(others).to_contain_text("9 more")

    others.click()
    expect(page.locator(".topo [data-node=payments]")).to_be_visible()
    assert "others" not in drawn(page)
    page.get_by_role("button", name="Only this lesson’s services").click()
    expect(others).to_be_visible()
    expect(page.get_by_role("button", name="Only this lesson’s services")).to_be_hidden()


def test_a_message_to_a_folded_service_goes_to_the_box(visitor: Visitor, stack: Stack) -> None:
    page = lesson(visitor, stack)
    dot = page.locator(".dot[data-edge=gateway__menu]")
    ask(page, "GET", "/api/restaurants/1/menu")
    dot.wait_for(state="attached")
    expect(page.locator("[data-many]")).to_be_hidden()  # no message without an arrow


def test_the_events_of_a_run_come_when_the_picture_has_shown_them(
    visitor: Visitor, stack: Stack
) -> None:
    page = lesson(visitor, stack)
    events = page.locator("[data-log]")
    page.locator("#step-first [data-run-anyway]").click()
    page.wait_for_selector("[data-go-on]")
    expect(page.get_by_text("The events and the answer come when")).to_be_visible()
    expect(events).to_be_hidden()
    expect(page.locator("[data-go-on]")).to_be_focused()
    page.keyboard.press("Enter")
    expect(events).to_contain_text("Customer has the answer", timeout=30_000)
    expect(page.locator("#step-order")).to_be_focused()  # what was opened by the run
    spent = page.locator("[data-time-spent] li").filter(has_text="Customer")
    expect(spent).to_contain_text("Users")


def test_the_ways_of_the_newest_run_are_dark(visitor: Visitor, stack: Stack) -> None:
    page = lesson(visitor, stack)
    page.click(".act[form=f-profile]")
    used = page.locator(".topo .is-used")
    expect(
        page.locator(".topo #gateway__users.is-used, .topo [data-id=gateway__users].is-used")
    ).to_have_count(1)
    assert used.count() == 2  # customer to gateway, gateway to users


def test_a_browser_without_cookies_is_told_what_is_missing(visitor: Visitor, stack: Stack) -> None:
    page = visitor.open("about:blank")
    page.add_init_script(
        "Object.defineProperty(Navigator.prototype, 'cookieEnabled', { get: () => false })"
    )
    page.goto(f"{stack.url}/lessons/a-phone-call/")
    expect(page.locator("[data-no-cookies]")).to_contain_text("accepts no cookie")


def test_without_script_a_lesson_is_read_and_says_nothing_of_being_live(
    visitor: Visitor, stack: Stack
) -> None:
    page = visitor.open(f"{stack.url}/lessons/a-phone-call/", java_script_enabled=False)
    expect(page.locator(".live")).to_be_hidden()
    expect(page.locator("[data-run-go]").first).to_be_hidden()
    expect(page.get_by_text("To run it, this page needs JavaScript.").first).to_be_visible()
    page.fill("#step-wait [name=value]", "60,5")
    page.check("#step-wait [name=confidence][value='2']")
    page.locator("#step-wait .primary").click()
    expect(page.locator("#step-wait .kept")).to_contain_text("60.5 ms")
    assert "value" not in page.url
