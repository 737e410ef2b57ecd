"""A learner in a real browser, a real worker, a real broker."""

import pytest
from playwright.sync_api import Page, expect

from .conftest import Visitor, ready
from .stack import Stack, until


def press(page: Page, key: str) -> None:
    page.click(f".act[data-key='{key}']")


def status(page: Page, code: int) -> None:
    expect(page.locator("[data-exchange] b[data-status]")).to_have_attribute(
        "data-status", str(code)
    )


def depth(page: Page, service: str, value: int) -> None:
    """In the picture, which is slower than the company."""
    expect(page.locator(f"[data-node=q_{service}]")).to_have_attribute(
        "data-depth", str(value), timeout=20_000
    )


def fault(page: Page, target: str, kind: str = "unreachable", *, on: bool = True) -> None:
    page.click("[popovertarget=breaker].break")
    page.locator(f"[data-fault={kind}][data-target={target}]").set_checked(on)
    found = f"#breaker [data-fault={kind}][data-target={target}]"
    expect(page.locator(f"{found} + small")).to_have_text(
        "" if not on else "0 hit", timeout=5000
    ) if not on else expect(page.locator(f"{found} + small")).to_contain_text("hit")
    page.keyboard.press("Escape")


def records(page: Page) -> list[dict[str, object]]:
    found: list[dict[str, object]] = page.evaluate(
        "() => fetch('/api/playground/records').then((r) => r.json()).then((j) => j.records)"
    )
    return found


def ledger(page: Page) -> dict[str, dict[str, int]]:
    rows = page.evaluate(
        "() => fetch('/api/playground/ledger').then((r) => r.json()).then((j) => j.rows)"
    )
    return {row["effect"]: row for row in rows}


def test_an_order_is_seen_as_dots_and_its_status_is_pushed(sandbox: Page) -> None:
    sandbox.evaluate(
        """() => {
          window.seen = [];
          new MutationObserver((changes) => {
            for (const change of changes) for (const node of change.addedNodes) {
              if (node.dataset?.message) window.seen.push([node.dataset.kind, node.dataset.record]);
            }
          }).observe(document.querySelector('.over.dots'), { childList: true });
        }"""
    )
    press(sandbox, "3")
    status(sandbox, 202)
    expect(sandbox.locator("[data-order-status=on_the_way]")).to_be_visible()
    travelling = {
        r["id"] for r in records(sandbox)
        if r["kind"] in ("request", "response", "publish", "enqueue", "deliver")
    }  # fmt: skip
    assert len(travelling) > 20
    until(lambda: len(sandbox.evaluate("() => window.seen")) >= len(travelling), "all dots seen")
    seen = sandbox.evaluate("() => window.seen")
    assert {record for _, record in seen} == travelling  # one dot per message, and no other
    assert len(seen) == len(travelling)


def test_dots_appear_in_the_order_of_cause_and_effect(sandbox: Page) -> None:
    sandbox.evaluate(
        """() => {
          window.seen = [];
          new MutationObserver((changes) => {
            for (const { addedNodes } of changes) for (const node of addedNodes) {
              if (node.dataset?.kind) window.seen.push(node.dataset.edge + ' ' + node.dataset.kind);
            }
          }).observe(document.querySelector('.over.dots'), { childList: true });
        }"""
    )
    press(sandbox, "1")
    until(lambda: len(sandbox.evaluate("() => window.seen")) == 4, "four dots")
    assert sandbox.evaluate("() => window.seen") == [
        "customer__gateway request",
        "gateway__users request",
        "gateway__users response",
        "customer__gateway response",
    ]


def test_three_orders_wait_for_a_paused_notification_and_nothing_is_lost_when_the_worker_dies(
    sandbox: Page, stack: Stack
) -> None:
    fault(sandbox, "notification")
    for n in range(3):
        press(sandbox, "3")
        until(lambda n=n: ledger(sandbox)["OrderStored"]["actual"] == n + 1, "stored")
    depth(sandbox, "notification", 3)
    assert ledger(sandbox)["EmailSent"]["pending"] == 3

    stack.kill("worker")
    sandbox.click("[popovertarget=breaker].break")
    sandbox.click("[data-repair]")
    sandbox.keyboard.press("Escape")
    until(lambda: ledger(sandbox)["EmailSent"]["actual"] == 3, "three mails", 40)
    until(lambda: all(r["pending"] == 0 for r in ledger(sandbox).values()), "settled", 40)
    for row in ledger(sandbox).values():
        assert (row["lost"], row["doubled"]) == (0, 0), row
    depth(sandbox, "notification", 0)


def test_a_worker_killed_while_it_works_loses_nothing(stack: Stack) -> None:
    script = stack.script()
    for _ in range(4):
        script.order()
    until(lambda: script.ledger()["CourierAssigned"]["actual"] >= 1, "one courier")
    assert not script.has_settled()
    stack.kill("worker")
    until(script.has_settled, "settled", 40)
    for row in script.ledger().values():
        assert (row["lost"], row["doubled"]) == (0, 0), row
    assert script.ledger()["EmailSent"]["actual"] == 4


def test_lesson_one_shows_what_it_claims(sandbox: Page) -> None:
    """A call reports a conflict at once; the same request as a text is accepted."""
    press(sandbox, "1")
    status(sandbox, 200)

    sandbox.click("[aria-controls=p-profile]")
    sandbox.fill("#f-profile [name=email]", "ben@example.com")
    press(sandbox, "1")
    status(sandbox, 409)
    expect(sandbox.locator("#f-profile [data-problem]")).to_contain_text("already registered")
    expect(sandbox.locator("#f-profile [name=email]")).to_have_attribute("aria-invalid", "true")

    sandbox.fill("#f-profile [name=email]", "ada@example.com")
    fault(sandbox, "users")
    press(sandbox, "1")
    status(sandbox, 502)
    sandbox.click("[popovertarget=breaker].break")
    sandbox.click("[data-repair]")
    sandbox.keyboard.press("Escape")
    expect(sandbox.locator("[data-fault-count]")).to_be_hidden()

    sandbox.locator("[data-grip=gateway__users]").dispatch_event("click")
    sandbox.click("#inspector [data-flip='gateway->users']")
    sandbox.wait_for_selector("[data-node=q_users]")
    sandbox.keyboard.press("Escape")
    press(sandbox, "1")
    status(sandbox, 202)

    sandbox.fill("#f-profile [name=email]", "ben@example.com")
    press(sandbox, "1")
    status(sandbox, 202)
    until(lambda: [r for r in records(sandbox) if r["status"] == "rejected" and r["kind"] == "process"],
          "users says no")  # fmt: skip
    sandbox.click("#f-profile [data-read-back]")
    status(sandbox, 200)
    expect(sandbox.locator("[data-exchange]")).to_contain_text("ada@example.com")


def test_everything_can_be_done_by_keyboard(sandbox: Page) -> None:
    sandbox.keyboard.press("3")
    status(sandbox, 202)
    sandbox.keyboard.press("Space")
    expect(sandbox.locator("[data-freeze]")).to_have_attribute("aria-pressed", "true")
    sandbox.keyboard.press("1")
    expect(sandbox.locator("[data-freeze]")).to_contain_text("new")
    sandbox.keyboard.press("Space")
    expect(sandbox.locator("[data-freeze]")).to_have_attribute("aria-pressed", "false")

    sandbox.focus(".topo [tabindex='0']")
    for _ in range(2):
        sandbox.keyboard.press("ArrowRight")
    assert sandbox.evaluate("() => document.activeElement.closest('.topo') !== null")
    sandbox.keyboard.press("Enter")
    expect(sandbox.locator("#inspector")).to_be_visible()
    sandbox.keyboard.press("Escape")
    expect(sandbox.locator("#inspector")).to_be_hidden()

    sandbox.focus("#tab-topology")
    sandbox.keyboard.press("ArrowRight")
    expect(sandbox.locator("#view-time")).to_be_visible()
    sandbox.keyboard.press("ArrowRight")
    expect(sandbox.locator("#view-sequence")).to_be_visible()
    sandbox.keyboard.press("ArrowRight")
    expect(sandbox.locator("#view-list")).to_be_visible()
    sandbox.focus("[data-flip='users->crm']")
    sandbox.keyboard.press("Enter")
    expect(sandbox.locator("[data-flip='users->crm']")).to_have_text("Make it a text")
    assert sandbox.evaluate("() => document.activeElement.dataset.flip") == "users->crm"


FORBIDDEN = """
for (const name of ['localStorage', 'sessionStorage']) {
  Object.defineProperty(window, name, {
    get() { throw new DOMException('The operation is insecure.', 'SecurityError'); },
  });
}
Object.defineProperty(navigator, 'clipboard', { value: undefined });
"""


@pytest.mark.parametrize("path", ["sandbox", "lessons/the-rush"])
@pytest.mark.parametrize("width", [390, 1440])
def test_a_browser_that_keeps_nothing_shows_a_page_that_works(
    visitor: Visitor, stack: Stack, path: str, width: int
) -> None:
    page = visitor.open("about:blank", width=width)
    page.add_init_script(FORBIDDEN)
    page.goto(f"{stack.url}/{path}/")
    ready(page)
    page.mouse.wheel(0, 400)
    page.keyboard.press("3")
    status(page, 202)
    page.keyboard.press("?")
    page.check("[data-keys-off]")
    page.keyboard.press("Escape")
    page.keyboard.press("Space")
    expect(page.locator("[data-freeze]")).to_have_attribute("aria-pressed", "false")


def test_a_text_shows_its_envelope(sandbox: Page) -> None:
    press(sandbox, "2")
    sandbox.locator("[data-log] [data-kind=deliver]").first.click()
    expect(sandbox.locator("#inspector")).to_contain_text("delivery.user.registered.v1")
    expect(sandbox.locator("#inspector")).to_contain_text("traceparent")


def test_the_sequence_is_drawn_live_and_can_be_copied(sandbox: Page) -> None:
    sandbox.context.grant_permissions(["clipboard-read", "clipboard-write"])
    sandbox.click("#tab-sequence")
    press(sandbox, "3")
    expect(sandbox.locator("[data-sequence] svg")).to_contain_text("SendEmail")
    sandbox.click("[data-copy-mermaid]")
    expect(sandbox.locator("[data-copy-mermaid]")).to_contain_text("Copied")
    copied = sandbox.evaluate("() => navigator.clipboard.readText()")
    assert copied.startswith("sequenceDiagram\n")


def test_a_poller_gets_the_frames_of_a_socket(sandbox: Page) -> None:
    press(sandbox, "3")
    sandbox.wait_for_selector("[data-order-status=on_the_way]")
    sandbox.get_by_role("button", name="Ask now").click()
    expect(sandbox.locator(".asked")).to_contain_text("200, on the way, after")


def test_registering_twice_needs_no_new_address(sandbox: Page) -> None:
    for _ in range(2):
        press(sandbox, "2")
        status(sandbox, 201)
        sandbox.wait_for_timeout(100)
    until(lambda: ledger(sandbox)["UserStored"]["actual"] == 2, "two users")


def test_latency_is_a_real_wait(sandbox: Page) -> None:
    fault(sandbox, "users", "latency")
    press(sandbox, "1")
    status(sandbox, 200)
    answer = [r for r in records(sandbox) if r["kind"] == "response" and r["target"] == "customer"]
    assert answer[-1]["duration_ms"] >= 800
    expect(sandbox.locator(".tag.retry")).to_contain_text("+800 ms · 1")


def test_a_fault_that_hit_nothing_says_what_to_press(sandbox: Page) -> None:
    fault(sandbox, "crm")
    sandbox.click("[popovertarget=breaker].break")
    expect(sandbox.locator("[data-faults-on]")).to_contain_text("Press Register")


def test_reset_asks_twice_and_deletes_everything(sandbox: Page) -> None:
    press(sandbox, "3")
    status(sandbox, 202)
    sandbox.click("[popovertarget=breaker].break")
    sandbox.click("[data-reset]")
    expect(sandbox.locator("[data-reset]")).to_contain_text("Press again")
    assert ledger(sandbox)["OrderStored"]["actual"] == 1
    sandbox.click("[data-reset]")
    expect(sandbox.locator("[data-order]")).to_contain_text("Place an order")
    until(lambda: ledger(sandbox)["OrderStored"]["expected"] == 0, "forgotten")


def test_two_browsers_of_one_session_see_the_same(sandbox: Page, stack: Stack) -> None:
    other = sandbox.context.new_page()
    other.goto(stack.playground_url)
    ready(other)
    press(sandbox, "3")
    expect(other.locator("[data-order-status=on_the_way]")).to_be_visible()
    order = sandbox.locator("[data-order-id]")
    expect(order).not_to_be_empty()
    expect(other.locator("[data-order-id]")).to_have_text(order.inner_text())


def test_another_session_sees_none_of_it(sandbox: Page, stack: Stack, visitor: Visitor) -> None:
    other = visitor.open(stack.playground_url)
    ready(other)
    press(sandbox, "3")
    expect(sandbox.locator("[data-order-status=on_the_way]")).to_be_visible()
    assert other.locator("[data-log] [role=option]").count() == 0


def test_after_a_reload_the_page_shows_what_has_happened_without_moving(sandbox: Page) -> None:
    press(sandbox, "3")
    expect(sandbox.locator("[data-order-status=on_the_way]")).to_be_visible()
    sandbox.reload()
    ready(sandbox)
    expect(sandbox.locator("[data-order-status=on_the_way]")).to_be_visible()
    assert int(sandbox.inner_text("[data-log-count]")) > 20
    sandbox.wait_for_timeout(300)
    assert sandbox.locator(".dot").count() == 0


def test_with_reduced_motion_arrows_light_up_instead_of_dots(
    visitor: Visitor, stack: Stack
) -> None:
    page = visitor.open(stack.playground_url, reduced_motion="reduce")
    ready(page)
    press(page, "3")
    page.wait_for_selector("path.lit")
    assert page.locator(".dot").count() == 0
    expect(page.locator("[data-order-status=on_the_way]")).to_be_visible()


def test_the_api_docs_work_under_our_security_policy(visitor: Visitor, stack: Stack) -> None:
    page = visitor.open(f"{stack.url}/api/docs")
    expect(page.locator("#operations-company-place_order")).to_be_visible()


def test_a_page_opens_on_a_slow_network(visitor: Visitor, stack: Stack) -> None:
    page = visitor.open("about:blank")
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.send(
        "Network.emulateNetworkConditions",
        {"offline": False, "latency": 300, "downloadThroughput": 200_000, "uploadThroughput": 50_000},
    )  # fmt: skip
    page.goto(stack.playground_url, wait_until="commit")
    expect(page.locator("h1")).to_be_visible()  # the text comes before Mermaid is loaded
    page.wait_for_selector("[data-connection][data-state=live]", timeout=40_000)
    page.click(".act[data-key='1']", timeout=40_000)
    status(page, 200)
