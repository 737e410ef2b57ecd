"""Time in the hand: freeze, step, jump, scrub, replay; and always a word for which it is."""

import pytest
from playwright.sync_api import Page, expect

from .conftest import Visitor, ready
from .stack import Stack, until
from .test_picture import api, sent, settled

pytestmark = [pytest.mark.stack, pytest.mark.browser]


def mode(page: Page, word: str) -> None:
    expect(page.locator("[data-time-mode]")).to_have_text(word)


def shown(page: Page) -> int:
    return int(page.locator("[data-time-range]").input_value())


def an_order(page: Page) -> None:
    page.click(".act[data-key='3']")
    until(lambda: len(sent(page)) > 20 and settled(page), "an order")
    page.wait_for_selector(".dot", state="detached")


def test_frozen_the_company_works_on_and_what_is_new_waits(lesson: Page) -> None:
    mode(lesson, "Live")
    lesson.keyboard.press("Space")
    mode(lesson, "Frozen")
    lesson.keyboard.press("3")
    expect(lesson.locator("[data-time-text]")).to_contain_text("new wait")
    until(lambda: settled(lesson) and len(sent(lesson)) > 20, "done meanwhile")
    assert lesson.locator(".dot").count() == 0
    lesson.keyboard.press("l")
    mode(lesson, "Live")
    lesson.wait_for_selector(".dot", state="attached")


def test_one_steps_back_and_on_record_by_record(lesson: Page) -> None:
    an_order(lesson)
    caption = lesson.locator("[data-caption]")
    lesson.keyboard.press(",")
    mode(lesson, "Frozen")
    before = shown(lesson)
    words = set()
    for _ in range(6):
        lesson.keyboard.press(",")
        until(lambda before=before: shown(lesson) < before, "a step back")
        before = shown(lesson)
        words.add(caption.inner_text())
    assert len(words) > 3
    for _ in range(7):
        lesson.keyboard.press(".")
    expect(lesson.locator("[data-time-forward]")).to_be_disabled()


def test_keys_lead_from_one_event_that_matters_to_the_next(lesson: Page) -> None:
    an_order(lesson)
    lesson.keyboard.press("[")
    mode(lesson, "Frozen")
    expect(lesson.locator("[data-caption]")).to_contain_text("The customer has the answer: 202")
    expect(lesson.locator("[data-node=customer].has-answer")).to_be_attached()
    assert lesson.locator("[data-time-marks] .mark-answer").count() == 1


def test_scrubbing_back_shows_the_queues_as_they_were(lesson: Page) -> None:
    fault = {"kind": "unreachable", "target": "notification", "duration_s": 60}
    api(lesson, "POST", "/api/playground/faults", fault)
    for n in (1, 2):
        lesson.click(".act[data-key='3']")
        expect(lesson.locator("[data-node=q_notification]")).to_have_attribute("data-depth", str(n))
    api(lesson, "DELETE", "/api/playground/faults")
    expect(lesson.locator("[data-node=q_notification]")).to_have_attribute("data-depth", "0")
    until(lambda: settled(lesson), "settled")

    lesson.locator("[data-time-range]").focus()
    lesson.keyboard.press("Home")
    mode(lesson, "Frozen")
    depths = set()
    for _ in range(70):
        lesson.keyboard.press("PageUp")
        lesson.wait_for_timeout(40)
        depths.add(lesson.get_attribute("[data-node=q_notification]", "data-depth"))
        if lesson.locator("[data-time-forward]").is_disabled():
            break
    assert {"0", "1", "2"} <= depths
    lesson.click("[data-time-live]")
    mode(lesson, "Live")


def test_a_replay_moves_the_same_dots_again_and_ends_live(lesson: Page) -> None:
    an_order(lesson)
    lesson.evaluate(
        """() => {
          window.again = new Set();
          new MutationObserver((changes) => {
            for (const { addedNodes } of changes) for (const node of addedNodes) {
              if (node.dataset?.record) window.again.add(node.dataset.record);
            }
          }).observe(document.querySelector('.over.dots'), { childList: true });
        }"""
    )
    lesson.select_option("[data-speed]", "0.5")
    lesson.click("[data-time-replay]")
    mode(lesson, "Replay")
    mode(lesson, "Live")
    expected = {r["id"] for r in sent(lesson)}
    until(lambda: len(lesson.evaluate("() => [...window.again]")) >= len(expected), "all again")
    assert set(lesson.evaluate("() => [...window.again]")) == expected


def test_the_message_shown_last_is_opened_and_followed_by_keyboard(lesson: Page) -> None:
    an_order(lesson)
    lesson.keyboard.press("[")
    lesson.keyboard.press("i")
    expect(lesson.locator("#inspector .facts")).to_contain_text("202 ok")
    lesson.keyboard.press("Escape")
    lesson.keyboard.press("f")
    expect(lesson.locator("[data-follow]")).to_contain_text("Following POST /api/orders")


def test_speed_is_set_by_keys(lesson: Page) -> None:
    for _ in range(4):
        lesson.keyboard.press("<")
    expect(lesson.locator("[data-speed]")).to_have_value("0.125")
    for _ in range(8):
        lesson.keyboard.press(">")
    expect(lesson.locator("[data-speed]")).to_have_value("8")


def test_who_comes_later_can_look_back_at_everything_that_is_kept(
    visitor: Visitor, stack: Stack
) -> None:
    page = visitor.open(stack.playground_url)
    ready(page)
    api(page, "POST", "/api/playground/rush", {"action": "profile", "rate": 40, "seconds": 3})
    until(lambda: len(sent(page)) >= 480, "a rush", 30)
    page.reload()
    ready(page)
    page.keyboard.press("Space")
    until(
        lambda: int(page.get_attribute("[data-time-range]", "max") or 0)
        - int(page.get_attribute("[data-time-range]", "min") or 0) >= 480,
        "the older ones as well",
    )  # fmt: skip


def test_all_keys_are_listed_and_can_be_switched_off(lesson: Page) -> None:
    lesson.keyboard.press("?")
    expect(lesson.locator("#keys")).to_be_visible()
    lesson.keyboard.press("3")  # in the list, keys do nothing
    lesson.check("[data-keys-off]")
    lesson.click("#keys [data-close]")
    lesson.keyboard.press("Space")
    mode(lesson, "Live")
    assert sent(lesson) == []
    lesson.click("[data-keys]")
    lesson.uncheck("[data-keys-off]")
    lesson.keyboard.press("Escape")
    lesson.locator("h1").click()
    lesson.keyboard.press("Space")
    mode(lesson, "Frozen")


def test_typing_is_never_taken_for_a_key(lesson: Page) -> None:
    lesson.click("[aria-controls=p-profile]")
    lesson.fill("#f-profile [name=name]", "")
    lesson.locator("#f-profile [name=name]").press_sequentially("rl[],.<>?0 3")
    expect(lesson.locator("#f-profile [name=name]")).to_have_value("rl[],.<>?0 3")
    mode(lesson, "Live")
    expect(lesson.locator("#keys")).to_be_hidden()
