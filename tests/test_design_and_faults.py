"""Design and faults as a learner turns them, on the real stack; and a process that really dies."""

import httpx
import pytest
from playwright.sync_api import Page, expect

from playground.delivery.design import Design

from .conftest import Visitor, ready
from .stack import ORDER, Script, Stack, until

pytestmark = [pytest.mark.stack, pytest.mark.browser]


def drawer(page: Page, name: str) -> None:
    page.click(f"[popovertarget={name}].break")


def design(script: Script) -> dict[str, object]:
    found: dict[str, object] = script("GET", "/api/playground").json()["design"]
    return found


def page_design(page: Page) -> dict[str, object]:
    found: dict[str, object] = page.evaluate(
        "() => fetch('/api/playground').then((r) => r.json()).then((j) => j.design)"
    )
    return found


def test_every_choice_of_the_design_has_a_control(lesson: Page) -> None:
    names = lesson.locator("[data-choice]").evaluate_all(
        "(all) => all.map((one) => one.dataset.choice.split('.')[0])"
    )
    # Styles are flipped on the picture.
    assert set(names) == set(Design.model_fields) - {"styles"}


def test_a_choice_holds_at_once_and_can_be_undone(lesson: Page) -> None:
    drawer(lesson, "designer")
    lesson.locator("[data-choice=outbox]").uncheck()
    until(lambda: page_design(lesson)["outbox"] is False, "no outbox")
    lesson.locator("[data-choice='replicas.restaurant']").fill("3")
    lesson.keyboard.press("Tab")
    expect(lesson.locator(".tag", has_text="0 of 3 busy")).to_be_attached()
    for _ in range(2):
        lesson.click("[data-undo]")
    until(lambda: page_design(lesson)["outbox"] is True, "outbox again")
    assert page_design(lesson)["replicas"]["restaurant"] == 1  # type: ignore[index]
    expect(lesson.locator("[data-undo]")).to_be_disabled()


def test_a_choice_that_cannot_be_is_said_so_and_put_back(lesson: Page) -> None:
    drawer(lesson, "designer")
    lesson.locator("[data-choice=timeout_ms]").fill("1")
    lesson.keyboard.press("Tab")
    expect(lesson.locator("[data-design-trouble]")).to_contain_text("Nothing was changed")
    expect(lesson.locator("[data-choice=timeout_ms]")).to_have_value("3000")


def test_a_preset_and_a_new_subscriber_are_drawn(lesson: Page) -> None:
    drawer(lesson, "designer")
    lesson.get_by_role("button", name="Careless async").click()
    expect(lesson.locator("[data-choice=ack]")).to_have_value("early")
    lesson.locator("[data-choice='subscribers.loyalty']").check()
    lesson.keyboard.press("Escape")
    lesson.wait_for_selector("[data-node=loyalty]")
    lesson.click(".act[data-key='3']")
    lesson.click("#tab-ledger")
    expect(lesson.locator(".ledger")).to_contain_text("loyalty points")


def test_a_dead_letter_is_seen_looked_into_and_replayed(lesson: Page) -> None:
    drawer(lesson, "breaker")
    lesson.select_option("[data-fault-wish] [name=kind]", "schema")
    lesson.select_option("[data-fault-wish] [name=target]", "restaurant")
    lesson.get_by_role("button", name="Hit the next message only").click()
    expect(lesson.locator("[data-faults-on]")).to_contain_text("Only the next message")
    expect(lesson.locator("[data-faults-on]")).to_contain_text("Press Place order")
    lesson.keyboard.press("Escape")
    lesson.click(".act[data-key='3']")
    lesson.click("#tab-ledger")
    expect(lesson.locator(".verdict")).to_contain_text("1 dead letter")
    expect(lesson.locator("[data-dead-count]")).to_have_text("1")
    lesson.locator(".letters summary").click()
    expect(lesson.locator(".letters pre")).to_contain_text("delivery.order.placed.v1")
    lesson.keyboard.press("0")  # repair
    expect(lesson.locator("[data-fault-count]")).to_be_hidden()
    lesson.locator("[data-ledger]").get_by_role("button", name="Replay", exact=True).click()
    expect(lesson.locator(".verdict")).to_contain_text("The ledger closes")


def test_a_fault_is_a_badge_on_its_place_and_can_be_lifted_alone(lesson: Page) -> None:
    drawer(lesson, "breaker")
    form = "[data-fault-wish]"
    lesson.select_option(f"{form} [name=kind]", "errors")
    lesson.select_option(f"{form} [name=target]", "orders->dispatch")
    lesson.get_by_role("button", name="Break it", exact=True).click()
    lesson.select_option(f"{form} [name=kind]", "broker_down")
    lesson.get_by_role("button", name="Break it", exact=True).click()
    expect(lesson.locator(".tag", has_text="broker down")).to_be_attached()
    expect(lesson.locator(".tag", has_text="errors from Orders")).to_be_attached()
    lesson.locator("[data-lift]").first.click()
    expect(lesson.locator("[data-faults-on] li")).to_have_count(1)


def test_two_browsers_of_one_playground_see_the_same_design(visitor: Visitor, stack: Stack) -> None:
    one = visitor.open(stack.playground_url)
    ready(one)
    other = one.context.new_page()
    other.goto(stack.playground_url)
    ready(other)
    drawer(one, "designer")
    one.locator("[data-choice=dead_letters]").uncheck()
    expect(other.locator("[data-choice=dead_letters]")).not_to_be_checked()


def killed(stack: Stack, script: Script, **choices: object) -> None:
    """Three orders, of which the process that prints the first one's ticket is killed."""
    script("PATCH", "/api/playground/design", choices)
    fault = {"kind": "kill", "target": "restaurant", "limit": 1, "duration_s": 60}
    assert script("POST", "/api/playground/faults", fault).status_code == 201
    for _ in range(3):
        script.order()
    until(lambda: "Killed" in [r["name"] for r in script.records()], "killed", 30)
    until(script.has_settled, "settled", 60)


def test_a_process_killed_in_mid_task_loses_nothing_with_a_late_ack(stack: Stack) -> None:
    script, neighbour = stack.script(), stack.script()
    before = set(stack.pids()["mortals"])
    killed(stack, script, ack="late")
    row = script.ledger()["TicketPrinted"]
    assert (row["actual"], row["lost"], row["doubled"]) == (3, 0, 0)
    until(lambda: set(stack.pids().get("mortals", [])) != before, "another process", 20)
    neighbour.order()
    until(neighbour.has_settled, "the neighbour", 20)
    assert neighbour.ledger()["TicketPrinted"]["lost"] == 0


def test_a_process_killed_in_mid_task_loses_what_it_had_acknowledged(stack: Stack) -> None:
    script = stack.script()
    killed(stack, script, ack="early")
    # While it is worked on, nobody but its worker knows of it: the ledger cannot tell.
    until(lambda: script.ledger()["TicketPrinted"]["actual"] == 2, "the other two", 30)
    assert script.ledger()["TicketPrinted"]["lost"] == 1


def test_a_call_whose_callee_is_killed_gets_no_answer(stack: Stack) -> None:
    script = stack.script()
    script("PATCH", "/api/playground/design", {"timeout_ms": 500})
    before = set(stack.pids()["mortals"])
    script("POST", "/api/playground/faults", {"kind": "kill", "target": "payments", "limit": 1})
    answer = script("POST", "/api/orders", ORDER)
    assert answer.status_code == httpx.codes.GATEWAY_TIMEOUT
    until(lambda: set(stack.pids().get("mortals", [])) != before, "really killed", 20)


def test_replicas_work_at_one_queue_at_once(stack: Stack) -> None:
    script = stack.script()
    choices = {"replicas": {"dispatch": 4}, "service_time_ms": {"dispatch": 1500}}
    script("PATCH", "/api/playground/design", choices)
    for _ in range(4):
        script.order()
    until(script.has_settled, "settled", 40)
    work = [
        r for r in script.records() if r.get("target") == "dispatch" and r["name"] == "OrderPlaced"
    ]
    taken = [r["at"] for r in work if r["kind"] == "deliver"]
    done = [r["at"] for r in work if r["kind"] == "process"]
    assert max(taken) < min(done), "all four were taken before the first was done"


def test_a_rush_is_answered_counted_and_shown(lesson: Page) -> None:
    lesson.click("[data-rush-open]")
    lesson.fill("[data-rush-form] [name=rate]", "8")
    lesson.fill("[data-rush-form] [name=seconds]", "2")
    lesson.click("[data-rush-go]")
    expect(lesson.locator("[data-rush-says]")).to_contain_text("All have come", timeout=20_000)
    lesson.click("#tab-ledger")
    expect(lesson.locator(".verdict")).to_contain_text("The ledger closes", timeout=40_000)
    expect(lesson.locator(".ledger")).to_contain_text("receipts mailed")
    owed = lesson.locator(".ledger tbody tr", has_text="receipts mailed").locator("td")
    assert owed.first.inner_text() == "16"


def test_a_storm_comes_and_is_ended_by_one_key(lesson: Page) -> None:
    drawer(lesson, "breaker")
    lesson.get_by_role("button", name="Let it come", exact=True).click()
    expect(lesson.locator("[data-storm-says]")).to_contain_text("faults are coming")
    expect(lesson.locator("[data-faults-on] li").first).to_be_visible(timeout=20_000)
    lesson.keyboard.press("Escape")
    lesson.keyboard.press("0")
    expect(lesson.locator("[data-fault-count]")).to_be_hidden()


def test_the_same_press_with_an_idempotency_key_is_the_same_order(lesson: Page) -> None:
    lesson.click("[aria-controls=p-order]")
    lesson.fill("[name='idempotency-key']", "twice")
    for _ in range(2):
        with lesson.expect_response("**/api/orders") as answer:
            lesson.click(".act[data-key='3']")
        assert answer.value.status == httpx.codes.ACCEPTED
    lesson.click("#tab-ledger")
    charges = lesson.locator(".ledger tbody tr", has_text="charges").locator("td")
    expect(charges.nth(1)).to_have_text("1")
