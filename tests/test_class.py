"""An instructor and learners, each in their own browser."""

from playwright.sync_api import expect

from .conftest import Visitor, ready
from .stack import Stack, until


def test_a_fault_for_the_class_reaches_every_learner_within_a_second_and_ends(
    visitor: Visitor, stack: Stack, instructor_link: str
) -> None:
    learners = [visitor.open(stack.playground_url, width=390), visitor.open(stack.playground_url)]
    for page in learners:
        ready(page)
    teacher = visitor.open(instructor_link)
    teacher.get_by_role("button", name="Sign in").click()
    expect(teacher.locator(".count")).to_contain_text("browsers watching")
    teacher.get_by_role("button", name="Switch on for everyone").click()
    for page in learners:
        # One second, plus the overhead of the test's browser.
        expect(page.locator("[data-banner]")).to_contain_text(
            "Notification is unreachable", timeout=2000
        )
        page.click(".act[data-key='3']")
        expect(page.locator("[data-node=q_notification]")).to_have_attribute(
            "data-depth", "1", timeout=20_000
        )
        page.click("[popovertarget=breaker].break")
        switch = page.locator("[data-fault=unreachable][data-target=notification]")
        expect(switch).to_be_checked()
        switch.click()
        expect(page.locator("[data-fault-problem]")).to_contain_text("instructor")
        expect(switch).to_be_checked()
        page.keyboard.press("Escape")
    expect(teacher.locator(".now-on")).to_contain_text("2 hit")

    teacher.get_by_role("button", name="Repair everything").click()
    for page in learners:
        expect(page.locator("[data-banner]")).to_be_hidden(timeout=2000)
        expect(page.locator("[data-node=q_notification]")).to_have_attribute(
            "data-depth", "0", timeout=20_000
        )
    expect(teacher.locator(".now-on")).to_have_count(0)


def test_the_instructors_page_works_without_javascript(
    visitor: Visitor, stack: Stack, instructor_link: str
) -> None:
    teacher = visitor.open(instructor_link, java_script_enabled=False)
    teacher.get_by_role("button", name="Sign in").click()
    teacher.get_by_label("Target").select_option("crm")
    teacher.get_by_role("button", name="Switch on for everyone").click()
    expect(teacher.locator(".now-on")).to_contain_text("CRM is unreachable")
    script = stack.script()
    assert script("GET", "/api/playground").json()["faults"][0]["scope"] == "class"
    teacher.get_by_role("button", name="Repair everything").click()
    until(lambda: not script("GET", "/api/playground").json()["faults"], "repaired")
