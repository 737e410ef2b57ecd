"""Design and faults as a learner changes them, on the real stack, with really killed processes."""

import httpx
from playwright.sync_api import Page, Route, expect

from playground.company.topology import SERVICES, optional_services
from playground.design.choices import Design

from .conftest import Visitor, ask, ready
from .stack import ORDER, Script, Stack, until


def drawer(page: Page, name: str) -> None:
    page.click(f"[popovertarget={name}].break")
    page.locator(f"#{name}:popover-open:not([data-css])").wait_for()  # its script is there


def design(script: Script) -> dict[str, object]:
    found: dict[str, object] = script("GET", "/api/playground").json()["design"]
    return found


def page_design(page: Page) -> dict[str, object]:
    found: dict[str, object] = page.evaluate(
        "() => fetch('/api/playground').then((r) => r.json()).then((j) => j.design)"
    )
    return found


def test_every_choice_of_the_design_has_a_control(sandbox: Page) -> None:
    names = sandbox.locator("[data-choice]").evaluate_all(
        "(all) => all.map((one) => one.dataset.choice.split('.')[0])"
    )
    # Styles are flipped on the picture.
    assert set(names) == set(Design.model_fields) - {"styles"}


def test_every_choice_of_the_design_says_in_the_drawer_what_it_does(sandbox: Page) -> None:
    drawer(sandbox, "designer")
    says = {name: field.description for name, field in Design.model_fields.items()}
    says |= {name: SERVICES[name].does for name in optional_services()}
    # A style is not chosen in the drawer, but at its arrow.
    says["styles"] = "To switch between call and text, press an arrow in the picture."
    for name, words in says.items():
        assert words, name
        hint = sandbox.locator("#designer .hint", has_text=words)
        expect(hint, name).to_be_visible()


def test_a_choice_applies_at_once_and_can_be_undone(sandbox: Page) -> None:
    drawer(sandbox, "designer")
    sandbox.locator("[data-choice=outbox]").uncheck()
    until(lambda: page_design(sandbox)["outbox"] is False, "no outbox")
    sandbox.locator("[data-choice='replicas.restaurant']").fill("3")
    sandbox.keyboard.press("Tab")
    expect(sandbox.locator(".tag", has_text="0 of 3 busy")).to_be_attached()
    for _ in range(2):
        sandbox.click("[data-undo]")
    until(lambda: page_design(sandbox)["outbox"] is True, "outbox again")
    assert page_design(sandbox)["replicas"]["restaurant"] == 1  # type: ignore[index]
    expect(sandbox.locator("[data-undo]")).to_be_disabled()


def test_an_invalid_choice_is_reported_and_reverted(sandbox: Page) -> None:
    drawer(sandbox, "designer")
    sandbox.locator("[data-choice=timeout_ms]").fill("1")
    sandbox.keyboard.press("Tab")
    expect(sandbox.locator("[data-design-problem]")).to_contain_text("Nothing was changed")
    expect(sandbox.locator("[data-choice=timeout_ms]")).to_have_value("3000")


def test_a_control_that_can_be_seen_works(sandbox: Page) -> None:
    def late(route: Route) -> None:
        sandbox.wait_for_timeout(500)  # its style sheets have arrived by then
        route.continue_()

    sandbox.route("**/panels/design*.js", late)
    drawer(sandbox, "designer")
    sandbox.locator("[data-choice=timeout_ms]").fill("1")
    sandbox.keyboard.press("Tab")
    expect(sandbox.locator("[data-design-problem]")).to_contain_text("Nothing was changed")


def test_typed_input_stays_when_another_browser_changes_the_design(sandbox: Page) -> None:
    drawer(sandbox, "designer")
    timeout = sandbox.locator("[data-choice=timeout_ms]")
    timeout.fill("25")
    ask(sandbox, "PATCH", "/api/playground/design", {"outbox": False})
    expect(sandbox.locator("[data-choice=outbox]")).not_to_be_checked()
    expect(timeout).to_have_value("25")
    timeout.press_sequentially("00")
    sandbox.keyboard.press("Tab")
    until(lambda: page_design(sandbox)["timeout_ms"] == 2500, "what was typed is chosen")


def test_a_preset_and_an_added_subscriber_are_drawn(sandbox: Page) -> None:
    drawer(sandbox, "designer")
    sandbox.locator("#designer").get_by_role("button", name="Careless async").click()
    expect(sandbox.locator("[data-choice=ack]")).to_have_value("early")
    sandbox.locator("[data-choice='subscribers.loyalty']").check()
    sandbox.keyboard.press("Escape")
    sandbox.wait_for_selector("[data-node=loyalty]")
    sandbox.click(".act[data-key='3']")
    sandbox.click("#tab-ledger")
    expect(sandbox.locator(".ledger")).to_contain_text("loyalty points")


def test_a_dead_letter_is_listed_opened_and_replayed(sandbox: Page) -> None:
    drawer(sandbox, "breaker")
    sandbox.select_option("[data-fault-form] [name=kind]", "schema")
    sandbox.select_option("[data-fault-form] [name=target]", "restaurant")
    sandbox.get_by_role("button", name="Hit the next message only").click()
    expect(sandbox.locator("[data-faults-on]")).to_contain_text("Only the next message")
    expect(sandbox.locator("[data-faults-on]")).to_contain_text("Press Place order")
    sandbox.keyboard.press("Escape")
    sandbox.click(".act[data-key='3']")
    sandbox.click("#tab-ledger")
    expect(sandbox.locator(".verdict")).to_contain_text("1 dead letter")
    expect(sandbox.locator("[data-dead-count]")).to_have_text("1")
    sandbox.locator(".dead-letters summary").click()
    expect(sandbox.locator(".dead-letters pre")).to_contain_text("delivery.order.placed.v1")
    sandbox.keyboard.press("0")  # repair
    expect(sandbox.locator("[data-fault-count]")).to_be_hidden()
    sandbox.locator("[data-ledger]").get_by_role("button", name="Replay", exact=True).click()
    expect(sandbox.locator(".verdict")).to_contain_text("The ledger closes")


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
    """Place three orders, and kill the process that prints the first ticket."""
    script("PATCH", "/api/playground/design", choices)
    fault = {"kind": "kill", "target": "restaurant", "limit": 1, "duration_s": 60}
    assert script("POST", "/api/playground/faults", fault).status_code == 201
    for _ in range(3):
        script.order()
    until(lambda: "Killed" in [r["name"] for r in script.records()], "killed", 30)
    until(script.has_settled, "settled", 60)


def test_a_process_killed_in_mid_task_loses_nothing_with_a_late_ack(stack: Stack) -> None:
    script, neighbour = stack.script(), stack.script()
    before = set(stack.pids()["killable"])
    killed(stack, script, ack="late")
    row = script.ledger()["TicketPrinted"]
    assert (row["actual"], row["lost"], row["doubled"]) == (3, 0, 0)
    until(lambda: set(stack.pids().get("killable", [])) != before, "another process", 20)
    neighbour.order()
    until(neighbour.has_settled, "the neighbour", 20)
    assert neighbour.ledger()["TicketPrinted"]["lost"] == 0


def test_a_process_killed_in_mid_task_loses_an_acknowledged_message(stack: Stack) -> None:
    script = stack.script()
    killed(stack, script, ack="early")
    # While a worker has an early-acked message, the ledger cannot count it as lost.
    until(lambda: script.ledger()["TicketPrinted"]["actual"] == 2, "the other two", 30)
    assert script.ledger()["TicketPrinted"]["lost"] == 1


def test_a_call_whose_callee_is_killed_gets_no_answer(stack: Stack) -> None:
    script = stack.script()
    script("PATCH", "/api/playground/design", {"timeout_ms": 500})
    before = set(stack.pids()["killable"])
    script("POST", "/api/playground/faults", {"kind": "kill", "target": "payments", "limit": 1})
    answer = script("POST", "/api/orders", ORDER)
    assert answer.status_code == httpx.codes.GATEWAY_TIMEOUT
    until(lambda: set(stack.pids().get("killable", [])) != before, "really killed", 20)


def test_replicas_work_on_one_queue_at_once(stack: Stack) -> None:
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


def test_a_rush_is_answered_counted_and_shown(sandbox: Page) -> None:
    sandbox.click("[data-rush-open]")
    sandbox.fill("[data-rush-form] [name=rate]", "8")
    sandbox.fill("[data-rush-form] [name=seconds]", "2")
    sandbox.click("[data-rush-go]")
    expect(sandbox.locator("[data-rush-says]")).to_contain_text(
        "All customers have been answered", timeout=20_000
    )
    sandbox.click("#tab-ledger")
    expect(sandbox.locator(".verdict")).to_contain_text("The ledger closes", timeout=40_000)
    expect(sandbox.locator(".ledger")).to_contain_text("receipts mailed")
    owed = sandbox.locator(".ledger tbody tr", has_text="receipts mailed").locator("td")
    assert owed.first.inner_text() == "16"


def test_a_repeated_press_with_an_idempotency_key_makes_one_order(sandbox: Page) -> None:
    sandbox.click("[aria-controls=p-order]")
    sandbox.fill("[name='idempotency-key']", "twice")
    for _ in range(2):
        with sandbox.expect_response("**/api/orders") as answer:
            sandbox.click(".act[data-key='3']")
        assert answer.value.status == httpx.codes.ACCEPTED
    sandbox.click("#tab-ledger")
    charges = sandbox.locator(".ledger tbody tr", has_text="charges").locator("td")
    expect(charges.nth(1)).to_have_text("1")
