"""The picture in words: the announcements of a screen reader, and the list view."""

import re

from playwright.sync_api import Page, expect

from .stack import until
from .test_picture import api, sent, settled


def test_an_answer_and_a_burst_are_announced_politely_in_plain_sentences(sandbox: Page) -> None:
    region = sandbox.locator("[data-announcer]")
    expect(region).to_have_role("status")  # a status is announced politely
    expect(region).not_to_have_attribute("aria-live", re.compile("assertive|off"))
    sandbox.click(".act[data-key='1']")
    answer = r"The customer has the answer: 200, after [\d.]+ ms\."
    expect(region).to_have_text(re.compile(rf"^{answer}$"), timeout=10_000)
    api(sandbox, "POST", "/api/playground/rush", {"action": "profile", "rate": 20, "seconds": 1})
    burst = rf"^\d+ messages in the last 5 seconds, none failed\. {answer}$"
    expect(region).to_have_text(re.compile(burst), timeout=10_000)


def test_the_list_view_has_all_parts_of_the_picture_and_the_last_events(sandbox: Page) -> None:
    fault = {"kind": "unreachable", "target": "notification", "duration_s": 60}
    api(sandbox, "POST", "/api/playground/faults", fault)
    sandbox.click(".act[data-key='3']")
    until(lambda: len(sent(sandbox)) > 15, "an order")
    sandbox.click("#tab-list")

    def items(heading: str) -> list[str]:
        after = f"xpath=//h3[.='{heading}']/following-sibling::*[1]/li"
        return sandbox.locator("#view-list").locator(after).all_inner_texts()

    def drawn(part: str) -> list[str]:
        found: list[str] = sandbox.locator(f".topo {part}").evaluate_all(
            "(all) => all.map((one) => one.getAttribute('aria-label'))"
        )
        return found

    until(lambda: "Notification: 1 waiting" in " ".join(items("Queues")), "a text that waits")
    services, queues = items("Services"), items("Queues")
    for label in drawn(".node:not(.kind-queue, .kind-broker)"):
        name = label.split(", ")[0]  # a problem may follow the name
        assert any(line.startswith(f"{name}: ") for line in services), name
    for name in drawn(".kind-queue"):
        service = name.split(" queue")[0]
        assert any(line.startswith(f"{service}: ") for line in queues), name
    connections = api(sandbox, "GET", "/api/playground")["connections"]
    assert len(connections) > 5
    for item, connection in zip(items("Connections"), connections, strict=True):
        assert item.startswith(connection["says"])
    [broken] = [line for line in services if "Now: " in line]
    assert broken.startswith("Notification: ")

    api(sandbox, "DELETE", "/api/playground/faults")
    until(lambda: settled(sandbox), "settled")
    sandbox.click(".act[data-key='4']")
    until(lambda: "has the answer: 200" in " ".join(items("What happens")), "the newest on top")
    assert len(items("What happens")) == 12
