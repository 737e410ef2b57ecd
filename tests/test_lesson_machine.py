"""A small lesson in a test's folder, walked from the first guess to the verdict."""

from playwright.sync_api import Page, expect

from .conftest import Visitor, ready
from .stack import Stack
from .test_accessibility import assert_clean


def guess(page: Page) -> None:
    page.fill("#step-how-long input[name=value]", "100")
    page.check("#step-how-long input[name=confidence][value='4']")
    page.click("#step-how-long .primary")
    page.check("#step-which-answer input[value=saved]")
    page.check("#step-which-answer input[name=confidence][value='1']")
    page.click("#step-which-answer .primary")


def test_from_the_guess_to_the_verdict(visitor: Visitor, school: Stack) -> None:
    page = visitor.open(f"{school.url}/lessons/two-rings/", bypass_csp=True)
    ready(page)
    run = page.locator("#step-slow [data-run-go]")
    expect(run).to_be_disabled()
    guess(page)
    expect(run).to_be_enabled()

    run.click()
    page.click("[data-go-on]")  # the picture stops at the call to users
    page.select_option("#step-who-waited [name='place.asked']", "1")
    page.select_option("#step-who-waited [name='place.saved']", "2")
    page.select_option("#step-who-waited [name='place.answered']", "3")
    page.click("#step-who-waited .primary")

    verdict = page.locator("#step-verdict-slow")
    expect(verdict).to_contain_text("A confident miss. You guessed 100 ms (certain).")
    expect(verdict).to_contain_text("Right. You guessed It is saved")
    expect(verdict).to_contain_text("You saw it.")
    expect(page.locator(".code-step .ran").filter(has_text="save_user")).to_have_count(1)
    assert_clean(page)
    page.reload()
    expect(verdict).to_contain_text("A confident miss.")


def test_an_instructor_just_runs_it(visitor: Visitor, school: Stack) -> None:
    page = visitor.open(f"{school.url}/lessons/two-rings/")
    ready(page)
    page.click("#step-slow [data-run-anyway]")
    page.click("[data-go-on]")
    expect(page.locator("#step-slow [data-run-says]")).to_contain_text("has been measured")
    expect(page.locator("#step-verdict-slow")).to_contain_text("Measured:")


def test_hints_open_one_by_one(visitor: Visitor, stack: Stack) -> None:
    page = visitor.open(f"{stack.url}/lessons/a-phone-call/")
    ready(page)
    hints = page.locator(".task", has=page.get_by_text("Hint 2")).first.locator(".hints details")
    expect(hints.nth(0)).to_be_visible()
    expect(hints.nth(1)).to_be_hidden()
    hints.nth(0).locator("summary").click()
    expect(hints.nth(1)).to_be_visible()


def test_on_a_phone_the_picture_stays_in_sight_and_can_be_closed(
    visitor: Visitor, school: Stack
) -> None:
    url = f"{school.url}/lessons/two-rings/"
    page = visitor.open(url, width=390, height=844, bypass_csp=True)
    ready(page)
    page.locator("#step-password").scroll_into_view_if_needed()

    expect(page.locator(".topo [data-node=customer]")).to_be_in_viewport()
    name = page.locator(".topo [data-node=gateway] text").bounding_box()
    assert name and name["height"] >= 10, "the name is too small to read"
    last = page.locator(".topo [data-node=email_provider]")
    expect(last).not_to_be_in_viewport()
    page.keyboard.press("2")
    expect(last).to_be_in_viewport(timeout=15_000)  # the picture scrolls to what happens
    page.click("[data-pin-less]")
    expect(page.locator(".topo")).to_be_hidden()
    page.click("[data-pin-more]")
    expect(page.locator(".topo")).to_be_in_viewport()
    page.click("[data-pin-more]")
    expect(page.locator(".act[data-key='1']")).to_be_visible()
    page.keyboard.press("Escape")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert_clean(page)
