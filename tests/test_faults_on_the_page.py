"""Faults as a learner sees them: the form, the badges, the banner, the storm."""

import re

import httpx
from playwright.sync_api import Page, expect

from playground.faults.catalogue import CATALOGUE
from playground.faults.fault import place
from playground.faults.storm import STORMY

from .conftest import Visitor, ask, ready
from .stack import ORDER, Stack
from .test_design_and_faults import drawer

WORDS = {  # the form's names of the choices that answer a fault
    "styles": "call or text",
    "timeout_ms": "time-out",
    "request_slots": "request slots",
    "call_retry": "call retries",
    "breaker": "circuit breaker",
    "ack": "late acknowledgement",
    "delivery_retry": "delivery retries",
    "dead_letters": "dead-letter queue",
    "outbox": "outbox",
    "idempotent_consumers": "idempotent consumers",
    "idempotency_key": "idempotency key",
    "queue_bound": "queue bound",
    "replicas": "replicas",
    "kitchen_capacity": "kitchen",
}


def test_the_form_describes_each_fault_and_the_choices_that_answer_it(
    sandbox: Page,
) -> None:
    drawer(sandbox, "breaker")
    meaning = sandbox.locator("[data-fault-meaning]")
    for kind, spec in CATALOGUE.items():
        sandbox.select_option("[data-fault-form] [name=kind]", kind.value)
        sandbox.select_option("[data-fault-form] [name=target]", spec.places[0])
        does = spec.says.format(
            place=place(spec.places[0]), ms=spec.default_ms, status=spec.default_status
        )
        for words in (does, spec.calls, spec.texts, spec.teaches):
            expect(meaning.get_by_text(words, exact=True).first).to_be_visible()
        for answer in spec.answers:
            expect(meaning.locator("dd").last).to_contain_text(WORDS[answer])


def test_the_form_proposes_a_target_that_an_order_reaches(sandbox: Page) -> None:
    drawer(sandbox, "breaker")
    for kind, proposed in (("loss", "notification"), ("crash", "orders"), ("surge", "gateway")):
        sandbox.select_option("[data-fault-form] [name=kind]", kind)
        expect(sandbox.locator("[data-fault-form] [name=target]")).to_have_value(proposed)


def test_the_form_says_what_the_fault_would_do_with_the_values_chosen(sandbox: Page) -> None:
    drawer(sandbox, "breaker")
    sandbox.select_option("[data-fault-form] [name=kind]", "latency")
    sandbox.select_option("[data-fault-form] [name=target]", "gateway->menu")
    sandbox.locator("[data-fault-form] summary").click()
    sandbox.locator("[data-fault-form] [name=ms]").fill("1200")
    expect(sandbox.locator("[data-fault-meaning]")).to_contain_text(
        "takes 1200 ms longer to reach Menu (from Gateway)."
    )


def test_the_form_of_a_fault_on_a_whole_place_has_no_percentage_and_no_limit(sandbox: Page) -> None:
    drawer(sandbox, "breaker")
    form = sandbox.locator("[data-fault-form]")
    one_only = form.get_by_role("button", name="Hit the next message only")
    form.locator("summary").click()
    form.get_by_label("Percent of messages").fill("7000")  # left from another fault
    for kind, spec in CATALOGUE.items():
        form.locator("[name=kind]").select_option(kind.value)
        for part in (form.get_by_label("Percent of messages"), one_only):
            expect(part).to_be_visible(visible=not spec.is_whole)
        expect(form.get_by_text("affects every message")).to_be_visible(visible=spec.is_whole)

    form.locator("[name=kind]").select_option("paused")
    with sandbox.expect_response("**/api/playground/faults") as answer:
        form.get_by_role("button", name="Break it", exact=True).click()

    assert answer.value.status == httpx.codes.CREATED
    assert not {"percentage", "limit"} & set(answer.value.request.post_data_json)


def test_the_twin_form_has_a_limit_only_for_faults_on_single_messages(sandbox: Page) -> None:
    sandbox.click("[popovertarget=twin]")
    form = sandbox.locator("[data-twin-form]")
    form.locator("[name=kind]").select_option("errors")
    form.get_by_label("Messages to hit").fill("2")
    form.locator("[name=kind]").select_option("broker_down")
    expect(form.get_by_label("Messages to hit")).to_be_hidden()
    form.locator("[name=many]").select_option("one")
    with sandbox.expect_response(
        lambda answer: answer.url.endswith("/twin") and answer.request.method == "POST"
    ) as answer:
        form.get_by_role("button", name="Run both").click()
    assert answer.value.status == httpx.codes.ACCEPTED
    ask(sandbox, "DELETE", "/api/playground/twin")


def test_the_banner_names_ones_own_fault_and_its_place(sandbox: Page) -> None:
    banner = sandbox.locator("[data-banner]")
    expect(banner).to_be_hidden()
    fault = {"kind": "errors", "target": "orders->dispatch"}
    ask(sandbox, "POST", "/api/playground/faults", fault)
    expect(banner).to_be_visible()
    expect(banner).to_have_text("Dispatch (from Orders) answers 500 and does nothing.")


def test_a_fault_that_has_reached_its_limit_is_shown_as_spent(
    sandbox: Page,
) -> None:
    banner, count = sandbox.locator("[data-banner]"), sandbox.locator("[data-fault-count]")
    users = sandbox.locator("[data-node=users]")
    badge = sandbox.locator("[data-tag^='fault ']")
    fault = {"kind": "unreachable", "target": "users", "limit": 1, "duration_s": 120}
    ask(sandbox, "POST", "/api/playground/faults", fault)
    expect(banner).to_contain_text("Users is unreachable")
    expect(count).to_have_text("1")
    expect(badge).to_have_text("unreachable next")
    expect(users).to_have_class(re.compile("is-failed"))

    sandbox.click(".act[data-key='1']")

    expect(badge).to_have_text("spent: unreachable · 1")
    expect(badge).to_have_class(re.compile("spent"))
    expect(users).to_have_accessible_name("Users, spent: unreachable · 1")
    expect(users).not_to_have_class(re.compile("is-failed"))
    expect(banner).to_be_hidden()
    expect(count).to_be_hidden()
    drawer(sandbox, "breaker")
    listed = sandbox.locator("[data-faults-on] li")
    expect(listed).to_have_class(re.compile("is-spent"))
    expect(listed).to_contain_text("Spent")
    expect(listed).to_contain_text("It has reached its limit, and hits nothing else.")
    switch = sandbox.locator("[data-fault=unreachable][data-target=users]")
    expect(switch).not_to_be_checked()

    switch.check()  # again, without a limit

    expect(listed).not_to_have_class(re.compile("is-spent"))
    expect(banner).to_contain_text("Users is unreachable")


def test_the_banner_counts_only_the_faults_that_are_not_spent(sandbox: Page) -> None:
    faults = (("menu", 0), ("payments", 0), ("users", 1))
    for target, limit in faults:
        fault = {"kind": "unreachable", "target": target, "limit": limit}
        ask(sandbox, "POST", "/api/playground/faults", fault)
    banner = sandbox.locator("[data-banner]")
    expect(banner).to_contain_text("You have switched on 3 faults.")
    sandbox.click(".act[data-key='1']")
    expect(sandbox.locator("[data-fault-count]")).to_have_text("2")
    expect(banner).to_contain_text("Menu is unreachable")
    expect(banner).not_to_contain_text("Users")


def test_a_spent_fault_is_shown_as_spent_in_a_frozen_picture(sandbox: Page) -> None:
    badge = sandbox.locator("[data-tag^='fault ']")
    fault = {"kind": "unreachable", "target": "users", "limit": 1}
    ask(sandbox, "POST", "/api/playground/faults", fault)
    sandbox.click(".act[data-key='1']")
    expect(badge).to_have_text("spent: unreachable · 1")
    sandbox.click("[data-freeze]")
    expect(badge).to_have_text("spent: unreachable · 1")
    sandbox.keyboard.press("[")
    sandbox.keyboard.press("[")
    expect(badge).to_have_text("unreachable next")


def test_the_button_of_a_lesson_says_that_its_fault_is_spent(
    visitor: Visitor, stack: Stack
) -> None:
    page = visitor.open(f"{stack.url}/lessons/leave-a-message/")
    ready(page)
    button = page.locator("[data-fault-button][data-target=email-provider]")
    fault = {"kind": "errors", "target": "email-provider", "limit": 1}
    ask(page, "POST", "/api/playground/faults", fault)
    expect(button).to_contain_text("On: 0 hit.")
    ask(page, "POST", "/api/orders", ORDER)
    expect(button).to_contain_text("Spent: 1 hit.")
    button.get_by_role("button").click()
    expect(button).not_to_contain_text("Spent")
    assert ask(page, "GET", "/api/playground")["faults"] == []


def test_a_fault_is_a_badge_on_its_target_and_can_be_cleared_alone(sandbox: Page) -> None:
    drawer(sandbox, "breaker")
    form = "[data-fault-form]"
    sandbox.select_option(f"{form} [name=kind]", "errors")
    sandbox.select_option(f"{form} [name=target]", "orders->dispatch")
    sandbox.get_by_role("button", name="Break it", exact=True).click()
    sandbox.select_option(f"{form} [name=kind]", "broker_down")
    sandbox.get_by_role("button", name="Break it", exact=True).click()
    expect(sandbox.locator(".tag", has_text="broker down")).to_be_attached()
    expect(sandbox.locator(".tag", has_text="errors from Orders")).to_be_attached()
    sandbox.locator("[data-clear-fault]").first.click()
    expect(sandbox.locator("[data-faults-on] li")).to_have_count(1)


def test_a_storm_begins_and_is_ended_by_one_key(sandbox: Page) -> None:
    drawer(sandbox, "breaker")
    sandbox.get_by_role("button", name="Start the storm", exact=True).click()
    expect(sandbox.locator("[data-storm-says]")).to_contain_text("faults will be switched on")
    expect(sandbox.locator("[data-faults-on] li").first).to_be_visible(timeout=20_000)
    sandbox.keyboard.press("Escape")
    sandbox.keyboard.press("0")
    expect(sandbox.locator("[data-fault-count]")).to_be_hidden()


def test_a_storm_brings_only_the_faults_that_were_chosen(sandbox: Page) -> None:
    drawer(sandbox, "breaker")
    kinds = sandbox.locator("[data-storm] [name=kinds]")
    assert kinds.evaluate_all("(all) => all.map((one) => [one.value, one.checked])") == [
        [kind.value, True] for kind in STORMY
    ]
    summary = sandbox.locator("[data-storm] summary")
    expect(summary).to_have_text(f"Which faults: all {len(STORMY)}")

    expect(summary).to_be_visible()  # the drawer is shown when its script is there
    summary.press("Enter")
    sandbox.get_by_role("button", name="Choose none").press("Enter")
    expect(summary).to_have_text("Which faults: none")
    sandbox.get_by_label("Latency", exact=True).press("Space")
    expect(summary).to_have_text(f"Which faults: 1 of {len(STORMY)}")
    with sandbox.expect_response("**/api/playground/storm") as answer:
        sandbox.get_by_role("button", name="Start the storm", exact=True).click()

    assert answer.value.status == httpx.codes.ACCEPTED
    assert answer.value.request.post_data_json["kinds"] == ["latency"]
    expect(sandbox.locator("[data-faults-on] li").first).to_be_visible(timeout=20_000)
    faults = ask(sandbox, "GET", "/api/playground")["faults"]
    assert {fault["kind"] for fault in faults} == {"latency"}


def test_a_storm_of_no_faults_is_not_sent_and_says_what_to_do(sandbox: Page) -> None:
    drawer(sandbox, "breaker")
    sandbox.locator("[data-storm] summary").click()
    sandbox.get_by_role("button", name="Choose none").click()
    sent: list[str] = []
    sandbox.on("request", lambda request: sent.append(request.url))

    sandbox.get_by_role("button", name="Start the storm", exact=True).click()

    expect(sandbox.locator("[data-storm-problem]")).to_contain_text("nothing was sent")
    expect(sandbox.locator("[data-storm-problem]")).to_be_in_viewport()
    assert not [url for url in sent if url.endswith("/storm")]
    sandbox.get_by_label("Latency", exact=True).check()
    expect(sandbox.locator("[data-storm-problem]")).to_be_hidden()
