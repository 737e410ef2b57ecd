"""Windows of every size: nothing is cut off, and the important parts are in sight."""

import pytest
from playwright.sync_api import expect

from .conftest import Visitor, ready
from .stack import Stack, until

EVENTS_IN_SIGHT = """() => {
  const seen = document.querySelector('[data-log]').getBoundingClientRect();
  const card = document.querySelector('.play').getBoundingClientRect();
  const end = Math.min(innerHeight, card.bottom, seen.bottom);
  return [...document.querySelectorAll('[data-log] [role=option]')]
    .map((row) => row.getBoundingClientRect())
    .filter((row) => row.top >= seen.top - 1 && row.bottom <= end + 1).length;
}"""

TABS_UNDER_SIGNS = """() =>
  document.querySelector('.stage > .seg').getBoundingClientRect().right
    > document.querySelector('.signs').getBoundingClientRect().left"""


@pytest.mark.parametrize("width", [390, 1024, 1440])
def test_no_page_is_wider_than_its_window(visitor: Visitor, stack: Stack, width: int) -> None:
    page = visitor.open(stack.playground_url, width=width, height=800)
    ready(page)
    for opened in ("p-profile", "p-register", "p-order"):
        page.click(f"[aria-controls={opened}]")
        assert page.evaluate("() => document.documentElement.scrollWidth") <= width
    page.click("#tab-list")
    assert page.evaluate("() => document.documentElement.scrollWidth") <= width
    for path in (
        "",
        "course",
        "glossary",
        "review",
        "progress",
        "lessons/the-rush",
        "no-such-page",
    ):
        page.goto(f"{stack.url}/{path}".rstrip("/") + "/")
        assert page.evaluate("() => document.documentElement.scrollWidth") <= width, path


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (1440, 900)])
@pytest.mark.parametrize("path", ["lessons/the-rush", "sandbox"])
def test_the_events_are_seen_below_the_picture_without_scrolling(
    visitor: Visitor, stack: Stack, width: int, height: int, path: str
) -> None:
    page = visitor.open(f"{stack.url}/{path}/", width=width, height=height)
    ready(page)
    page.click(".act[data-key='3']")
    expect(page.locator("[data-order-status=on_the_way]")).to_be_visible()

    until(lambda: page.evaluate(EVENTS_IN_SIGHT) >= 3, "three events in sight")
    assert page.evaluate(TABS_UNDER_SIGNS) is False


def test_at_390_pixels_an_order_can_be_placed_and_seen(visitor: Visitor, stack: Stack) -> None:
    page = visitor.open(stack.playground_url, width=390, height=844, has_touch=True)
    ready(page)
    page.tap(".act[data-key='3']")
    page.wait_for_selector(".dot")
    expect(page.locator("[data-order-status=on_the_way]")).to_be_visible()
    size = page.evaluate(
        "() => document.querySelector('[data-node=gateway] text').getBoundingClientRect().height"
    )
    assert size >= 9  # large enough to read
