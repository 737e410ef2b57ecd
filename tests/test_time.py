"""Time controls: freeze, step, jump, scrub, replay, always with the mode in words."""

from playwright.sync_api import Page, expect

from .conftest import Visitor, ask, ready
from .stack import Stack, until
from .test_picture import api, sent, settled


def mode(page: Page, word: str) -> None:
    expect(page.locator("[data-time-mode]")).to_have_text(word)


def shown(page: Page) -> int:
    return int(page.locator("[data-time-range]").input_value())


def an_order(page: Page) -> None:
    page.click(".act[data-key='3']")
    until(lambda: len(sent(page)) > 20 and settled(page), "an order")
    page.wait_for_selector(".dot", state="detached")


def test_while_frozen_the_company_keeps_working_and_new_records_wait(sandbox: Page) -> None:
    mode(sandbox, "Live")
    sandbox.keyboard.press("Space")
    mode(sandbox, "Frozen")
    sandbox.keyboard.press("3")
    expect(sandbox.locator("[data-time-text]")).to_contain_text("new record")
    until(lambda: settled(sandbox) and len(sent(sandbox)) > 20, "done meanwhile")
    assert sandbox.locator(".dot").count() == 0
    sandbox.keyboard.press("l")
    mode(sandbox, "Live")
    sandbox.wait_for_selector(".dot", state="attached")


def test_one_can_step_back_and_forward_by_record(sandbox: Page) -> None:
    an_order(sandbox)
    caption = sandbox.locator("[data-caption]")
    sandbox.keyboard.press(",")
    mode(sandbox, "Frozen")
    before = shown(sandbox)
    words = set()
    for _ in range(6):
        sandbox.keyboard.press(",")
        until(lambda before=before: shown(sandbox) < before, "a step back")
        before = shown(sandbox)
        words.add(caption.inner_text())
    assert len(words) > 3
    for _ in range(7):
        sandbox.keyboard.press(".")
    expect(sandbox.locator("[data-time-forward]")).to_be_disabled()


def test_keys_jump_between_important_events(sandbox: Page) -> None:
    an_order(sandbox)
    sandbox.keyboard.press("[")
    mode(sandbox, "Frozen")
    expect(sandbox.locator("[data-caption]")).to_contain_text("The customer has the answer: 202")
    expect(sandbox.locator("[data-node=customer].has-answer")).to_be_attached()
    assert sandbox.locator("[data-time-marks] .mark-answer").count() == 1


def test_scrubbing_back_shows_the_queues_as_they_were(sandbox: Page) -> None:
    fault = {"kind": "unreachable", "target": "notification", "duration_s": 60}
    api(sandbox, "POST", "/api/playground/faults", fault)
    for n in (1, 2):
        sandbox.click(".act[data-key='3']")
        expect(sandbox.locator("[data-node=q_notification]")).to_have_attribute(
            "data-depth", str(n), timeout=20_000
        )
    api(sandbox, "DELETE", "/api/playground/faults")
    expect(sandbox.locator("[data-node=q_notification]")).to_have_attribute(
        "data-depth", "0", timeout=20_000
    )
    until(lambda: settled(sandbox), "settled")

    sandbox.locator("[data-time-range]").focus()
    sandbox.keyboard.press("Home")
    mode(sandbox, "Frozen")
    depths = set()
    for _ in range(70):
        sandbox.keyboard.press("PageUp")
        sandbox.wait_for_timeout(40)
        depths.add(sandbox.get_attribute("[data-node=q_notification]", "data-depth"))
        if sandbox.locator("[data-time-forward]").is_disabled():
            break
    assert {"0", "1", "2"} <= depths
    sandbox.click("[data-time-live]")
    mode(sandbox, "Live")


def test_a_replay_moves_the_same_dots_again_and_ends_live(sandbox: Page) -> None:
    an_order(sandbox)
    sandbox.evaluate(
        """() => {
          window.again = new Set();
          new MutationObserver((changes) => {
            for (const { addedNodes } of changes) for (const node of addedNodes) {
              if (node.dataset?.record) window.again.add(node.dataset.record);
            }
          }).observe(document.querySelector('.over.dots'), { childList: true });
        }"""
    )
    sandbox.select_option("[data-speed]", "0.5")
    sandbox.click("[data-time-replay]")
    mode(sandbox, "Replay")
    mode(sandbox, "Live")
    expected = {r["id"] for r in sent(sandbox)}
    until(lambda: len(sandbox.evaluate("() => [...window.again]")) >= len(expected), "all again")
    assert set(sandbox.evaluate("() => [...window.again]")) == expected


def test_the_message_shown_last_is_opened_and_followed_by_keyboard(sandbox: Page) -> None:
    an_order(sandbox)
    sandbox.keyboard.press("[")
    sandbox.keyboard.press("i")
    expect(sandbox.locator("#inspector .facts")).to_contain_text("202 ok")
    sandbox.keyboard.press("Escape")
    sandbox.keyboard.press("f")
    expect(sandbox.locator("[data-follow]")).to_contain_text("Following POST /api/orders")


def test_speed_is_set_by_keys(sandbox: Page) -> None:
    for _ in range(4):
        sandbox.keyboard.press("<")
    expect(sandbox.locator("[data-speed]")).to_have_value("0.125")
    for _ in range(8):
        sandbox.keyboard.press(">")
    expect(sandbox.locator("[data-speed]")).to_have_value("8")


def test_a_later_visitor_can_look_back_at_all_stored_records(
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


def test_all_keys_are_listed_and_can_be_switched_off(sandbox: Page) -> None:
    sandbox.keyboard.press("?")
    expect(sandbox.locator("#keys")).to_be_visible()
    sandbox.keyboard.press("3")  # in the list, keys do nothing
    sandbox.check("[data-keys-off]")
    sandbox.click("#keys [data-close]")
    sandbox.keyboard.press("Space")
    mode(sandbox, "Live")
    assert sent(sandbox) == []
    sandbox.click("[data-keys]")
    sandbox.uncheck("[data-keys-off]")
    sandbox.keyboard.press("Escape")
    sandbox.locator("h1").click()
    sandbox.keyboard.press("Space")
    mode(sandbox, "Frozen")


def test_typing_never_triggers_a_shortcut(sandbox: Page) -> None:
    sandbox.click("[aria-controls=p-profile]")
    sandbox.fill("#f-profile [name=name]", "")
    sandbox.locator("#f-profile [name=name]").press_sequentially("rl[],.<>?0 3")
    expect(sandbox.locator("#f-profile [name=name]")).to_have_value("rl[],.<>?0 3")
    mode(sandbox, "Live")
    expect(sandbox.locator("#keys")).to_be_hidden()


def test_one_can_go_back_to_faults_from_before_the_page_was_opened(sandbox: Page) -> None:
    ask(sandbox, "POST", "/api/playground/faults", {"kind": "errors", "target": "users"})
    expect(sandbox.locator("[data-tag^='fault ']")).to_be_attached()
    sandbox.click(".act[data-key='1']")
    expect(sandbox.locator("[data-caption]")).to_contain_text("The customer has the answer")
    caption = sandbox.locator("[data-caption]")

    while "Fault on" not in caption.inner_text():  # errors in the browser's console fail the test
        before = caption.inner_text()
        sandbox.keyboard.press("[")
        expect(caption).not_to_have_text(before)
