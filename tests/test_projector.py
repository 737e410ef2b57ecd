"""The playground in the whole window, for a projector."""

import pytest
from playwright.sync_api import Page, expect

from .conftest import Visitor, ready
from .stack import Stack

PLAY, TURN = ".play", "[data-enlarge]"


def size_of_words(page: Page) -> float:
    """Height in pixels of a service's name in the picture."""
    box = page.locator("[data-node=gateway] text").bounding_box()
    assert box
    return box["height"]


def test_one_key_makes_picture_and_words_large_and_escape_brings_the_text_back(
    visitor: Visitor, stack: Stack
) -> None:
    page = visitor.open(f"{stack.url}/lessons/a-phone-call/")
    ready(page)
    before = size_of_words(page)
    page.keyboard.press("e")
    expect(page.locator(TURN)).to_have_attribute("aria-pressed", "true")
    page.wait_for_function(
        "(before) => document.querySelector('[data-node=gateway] text')"
        ".getBoundingClientRect().height > 1.25 * before", arg=before,
    )  # fmt: skip
    box, window = page.locator(PLAY).bounding_box(), page.viewport_size
    assert box and window
    assert box["width"] > 0.97 * window["width"]
    assert 0 < box["y"] < box["y"] + box["height"] < window["height"]
    assert page.locator(".rest").evaluate("(part) => part.inert")
    page.click(".act[data-key='1']")  # the page works as before
    expect(page.locator("[data-caption]")).to_contain_text("The customer has the answer")

    page.click("[popovertarget=breaker].break")
    expect(page.locator("#breaker")).to_be_visible()
    page.keyboard.press("Escape")  # closes only the topmost layer
    expect(page.locator("#breaker")).to_be_hidden()
    expect(page.locator(TURN)).to_have_attribute("aria-pressed", "true")
    page.locator(TURN).focus()
    page.keyboard.press("Escape")
    expect(page.locator(TURN)).to_have_attribute("aria-pressed", "false")
    assert size_of_words(page) == pytest.approx(before, abs=1)
    assert not page.locator(".rest").evaluate("(part) => part.inert")


def test_a_keyboard_user_is_back_at_the_same_place(visitor: Visitor, stack: Stack) -> None:
    page = visitor.open(f"{stack.url}/lessons/a-phone-call/")
    ready(page)
    word = page.locator(".rest .term").first
    word.focus()
    page.keyboard.press("e")
    page.wait_for_function("() => document.activeElement === document.body")
    page.keyboard.press("Escape")
    expect(word).to_be_focused()


def test_on_a_phone_there_is_nothing_to_enlarge(visitor: Visitor, stack: Stack) -> None:
    page = visitor.open(f"{stack.url}/sandbox/", width=390)
    expect(page.locator("[data-freeze]")).to_be_visible()
    expect(page.locator(TURN)).to_be_hidden()


def test_a_window_that_becomes_narrow_shows_the_text_again(visitor: Visitor, stack: Stack) -> None:
    page = visitor.open(f"{stack.url}/lessons/a-phone-call/", width=1100)
    ready(page)
    page.click(TURN)
    expect(page.locator(TURN)).to_have_attribute("aria-pressed", "true")
    page.set_viewport_size({"width": 600, "height": 900})
    expect(page.locator(TURN)).to_be_hidden()
    assert not page.locator(".rest").evaluate("(part) => part.inert")
