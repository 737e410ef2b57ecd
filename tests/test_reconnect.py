"""Connection failures: the badge names the cause, and later every record is there once, in order."""

from contextlib import suppress
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from .conftest import Visitor, ready
from .stack import Stack, until
from .test_log_and_metrics import ask

# Notes every record that the page receives; injected before the page's modules run.
NOTE_RECORDS = """
  window.taken = [];
  window.badges = [];
  setInterval(() => {
    const words = document.querySelector('[data-connection-text]')?.textContent;
    if (words && words !== window.badges.at(-1)) window.badges.push(words);
  }, 20);
  const dispatch = EventTarget.prototype.dispatchEvent;
  EventTarget.prototype.dispatchEvent = function (event) {
    if (event.type === 'records' && Array.isArray(event.detail)) {
      window.taken.push(...event.detail.map((r) => r.id));
    }
    return dispatch.call(this, event);
  };
"""
NO_SOCKETS = "window.WebSocket = class { constructor() { throw new Error('blocked'); } };"


def open_page(visitor: Visitor, stack: Stack, script: str = "") -> Page:
    page = visitor.open("about:blank")
    page.add_init_script(NOTE_RECORDS + script)
    page.goto(stack.playground_url)
    return page


def badge(page: Page, words: str) -> None:
    """The badge shows this text, or has shown it, however briefly, since the last check."""
    was_shown = until(lambda: words in page.evaluate("() => window.badges"), words, 40)
    assert was_shown
    page.evaluate("() => { window.badges = window.badges.slice(-1); }")


def order(page: Page) -> None:
    body = {
        "user": 1, "restaurant": 1, "items": [{"dish": "margherita", "quantity": 1}],
        "card": "4242 4242 4242 4242",
    }  # fmt: skip
    ask(page, "POST", "/api/orders", body)


def assert_each_once_in_order(page: Page) -> None:
    """Wait until it has settled; requests may fail meanwhile."""

    def kept() -> list[str]:
        found = ask(page, "GET", "/api/playground/records?limit=1000").get("records", [])
        return [record["id"] for record in found]

    def are_the_same() -> bool:
        nonlocal log, taken
        log, taken = kept(), page.evaluate("() => window.taken")
        return len(log) > 20 and log == taken

    log: list[str] = []
    taken: Any = []
    with suppress(AssertionError):
        until(are_the_same, "the same", 30)
    assert len(taken) == len(set(taken)), "a record was taken twice"
    assert (set(log) - set(taken), set(taken) - set(log)) == (set(), set())
    assert log == taken
    assert len(log) > 20


@pytest.fixture
def own(own_stack: Stack) -> Stack:
    return own_stack.start()


def test_a_killed_server_loses_no_record_on_the_page(visitor: Visitor, own: Stack) -> None:
    page = open_page(visitor, own)
    ready(page)
    order(page)
    own.kill("web")
    badge(page, "The server is away; trying again")
    until(own.is_well, "back", 40)
    badge(page, "Live")
    order(page)
    assert_each_once_in_order(page)


def test_a_killed_redis_loses_no_record_on_the_page(visitor: Visitor, own: Stack) -> None:
    page = open_page(visitor, own)
    ready(page)
    order(page)
    page.wait_for_timeout(8000)  # Redis may lose what is not on disk yet
    own.kill("redis")
    badge(page, "Redis is away; trying again")
    until(own.is_well, "back", 40)
    badge(page, "Live")
    order(page)
    assert_each_once_in_order(page)


def test_a_dropped_network_loses_no_record_on_the_page(visitor: Visitor, stack: Stack) -> None:
    page = visitor.open("about:blank")
    page.add_init_script(NOTE_RECORDS)
    is_down = [False]

    def connect(line: Any) -> None:
        server = line.connect_to_server()
        server.on_message(lambda text: None if is_down[0] else line.send(text))

    page.route_web_socket("**/ws/playground/", connect)
    page.goto(stack.playground_url)
    ready(page)
    order(page)
    page.wait_for_timeout(500)

    is_down[0] = True  # no data comes, and no error either
    page.context.set_offline(True)
    badge(page, "Your network is away")
    is_down[0] = False
    page.context.set_offline(False)

    badge(page, "Live")
    order(page)
    assert_each_once_in_order(page)


def test_without_websockets_the_page_polls(visitor: Visitor, stack: Stack) -> None:
    page = open_page(visitor, stack, NO_SOCKETS)
    badge(page, "Live (polling)")
    order(page)
    expect(page.locator("[data-order-status=on_the_way]")).to_be_visible()
    page.click("#tab-sequence")
    expect(page.locator("[data-sequence] svg")).to_be_visible()
    order(page)
    assert_each_once_in_order(page)
