"""Accessibility: axe finds nothing, in both themes, in every view, with every drawer open."""

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from .conftest import Visitor, ask, ready
from .stack import Stack


def assert_clean(page: Page, within: str | None = None) -> None:
    found: Any = Axe().run(page, context=within)
    violations = [
        f"{v['id']}: {v['help']}: {[n['html'][:160] for n in v['nodes'][:3]]}"
        for v in found.response["violations"]
    ]
    assert not violations, "\n".join(violations)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_lesson(visitor: Visitor, stack: Stack, scheme: str) -> None:
    page = visitor.open(stack.lesson_url, color_scheme=scheme, bypass_csp=True)  # axe is injected
    ready(page)
    page.click(".act[data-key='3']")
    page.wait_for_selector("[data-order-status=on_the_way]")
    page.wait_for_selector(".dot", state="detached")
    assert_clean(page)
    page.click("[aria-controls=p-order]")
    page.click("#tab-list")
    assert_clean(page)
    page.click("#tab-sequence")
    page.wait_for_selector("[data-sequence] svg")
    assert_clean(page)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_drawers(visitor: Visitor, stack: Stack, scheme: str) -> None:
    page = visitor.open(stack.playground_url, color_scheme=scheme, bypass_csp=True, width=390)
    ready(page)
    ask(page, "PATCH", "/api/playground/design", {"breaker": {"on": True}})
    spent = {"kind": "errors", "target": "users", "limit": 1}
    ask(page, "POST", "/api/playground/faults", spent)
    page.click(".act[data-key='1']")
    page.click("[popovertarget=breaker].break")
    page.locator("[data-fault=unreachable][data-target=notification]").check()
    page.wait_for_selector("[data-faults-on] li:not(.is-spent) + li.is-spent")
    assert_clean(page)
    page.select_option("[data-fault-form] [name=kind]", "broker_down")
    for details in page.locator("#breaker summary").all():
        details.click()
    page.get_by_role("button", name="Choose none").click()
    page.get_by_role("button", name="Start the storm", exact=True).click()
    expect(page.locator("[data-storm-problem]")).to_be_visible()
    assert_clean(page)
    page.keyboard.press("Escape")
    page.locator("[data-node=notification]").dispatch_event("click")
    assert_clean(page)
    page.keyboard.press("Escape")
    page.click("[popovertarget=designer].break")
    assert_clean(page)
    page.keyboard.press("Escape")
    page.click("#tab-ledger")
    page.wait_for_selector(".verdict[data-state]")
    assert_clean(page)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_company_with_faults(visitor: Visitor, stack: Stack, scheme: str) -> None:
    page = visitor.open(stack.playground_url, color_scheme=scheme, bypass_csp=True)
    ready(page)
    page.click("[data-begin-with='careless async']")
    page.click("[popovertarget=breaker].break")
    for kind, target in (("loss", "dispatch"), ("schema", "restaurant")):
        page.select_option("[data-fault-form] [name=kind]", kind)
        page.select_option("[data-fault-form] [name=target]", target)
        page.get_by_role("button", name="Break it", exact=True).click()
    page.locator("[data-fault=unreachable][data-target=notification]").check()
    page.keyboard.press("Escape")
    page.click(".act[data-key='3']")
    expect(page.locator("[data-tag='lost dispatch']")).to_be_attached(timeout=20_000)
    expect(page.locator("[data-banner]")).to_be_visible()
    page.wait_for_selector(".dot", state="detached")
    assert_clean(page)
    page.get_by_role("button", name="JSON", exact=True).click()
    page.click("[data-rush-open]")
    page.click("[data-rush-go]")
    expect(page.locator("[data-rush-facts]")).to_contain_text("customers")
    assert_clean(page)
    page.keyboard.press("e")
    expect(page.locator("[data-enlarge]")).to_have_attribute("aria-pressed", "true")
    page.wait_for_selector(".is-large")
    assert_clean(page)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_time_and_keys(visitor: Visitor, stack: Stack, scheme: str) -> None:
    page = visitor.open(stack.playground_url, color_scheme=scheme, bypass_csp=True)
    ready(page)
    page.click(".act[data-key='3']")
    page.wait_for_selector("[data-order-status=on_the_way]")
    page.keyboard.press("[")
    page.keyboard.press("f")
    page.wait_for_selector("[data-follow]")
    assert_clean(page)
    page.keyboard.press("?")
    assert_clean(page)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_instructors_pages(
    visitor: Visitor, stack: Stack, scheme: str, instructor_link: str
) -> None:
    page = visitor.open(instructor_link, color_scheme=scheme, bypass_csp=True)
    assert_clean(page)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_selector("#room")
    assert_clean(page)
    page.goto(f"{stack.url}/nothing/")
    assert_clean(page)
