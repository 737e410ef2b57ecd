"""The picture shows what was recorded, and nothing else."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from playground.flow.records import TRAVELLING

from .conftest import Visitor, ready
from .stack import Stack, until

WATCH = """() => {
  window.seen = { records: new Set(), messages: new Set(), most: 1 };
  const look = (dot) => {
    if (!dot.dataset?.records) return;
    const ids = dot.dataset.records.split(' ');
    window.seen.most = Math.max(window.seen.most, ids.length);
    for (const id of ids) window.seen.records.add(id);
    for (const id of dot.dataset.messages.split(' ')) window.seen.messages.add(id);
  };
  new MutationObserver((changes) => {
    for (const { target, addedNodes } of changes) { look(target); addedNodes.forEach(look); }
  }).observe(document.querySelector('.over.dots'), {
    childList: true, subtree: true, attributes: true, attributeFilter: ['data-messages'],
  });
}"""


LISTEN = """() => {
  window.ridden = [];
  new MutationObserver((changes) => {
    for (const { addedNodes } of changes) for (const dot of addedNodes) {
      window.ridden.push({
        record: dot.dataset.record, words: dot.querySelector('.when').textContent,
        ms: Math.round(dot.getAnimations()[0].effect.getTiming().duration),
      });
    }
  }).observe(document.querySelector('.over.dots'), { childList: true });
}"""


def ridden(page: Page) -> list[dict[str, Any]]:
    """Each dot that has started since LISTEN."""
    found: list[dict[str, Any]] = page.evaluate("() => window.ridden")
    return found


def api(page: Page, method: str, path: str, body: Any = None) -> Any:
    return page.evaluate(
        """([method, path, body]) => fetch(path, {
          method, body: body === null ? undefined : JSON.stringify(body),
          headers: { 'Content-Type': 'application/json', 'X-CSRFToken':
            JSON.parse(document.body.getAttribute('hx-headers:inherited'))['X-CSRFToken'] },
        }).then((r) => (r.status === 204 ? null : r.json()))""",
        [method, path, body],
    )


def everything(page: Page) -> list[dict[str, Any]]:
    """Every record of the playground."""
    found, after = [], "0-0"
    while True:
        answer = api(page, "GET", f"/api/playground/records?after={after}&limit=1000")
        if not answer["records"]:
            return found
        found += answer["records"]
        after = answer["cursor"]


def sent(page: Page) -> list[dict[str, Any]]:
    """Every record of the playground that moves along an arrow."""
    return [r for r in everything(page) if r["kind"] in TRAVELLING]


def settled(page: Page) -> bool:
    return all(r["pending"] == 0 for r in api(page, "GET", "/api/playground/ledger")["rows"])


def assert_seen_is_what_was_sent(page: Page) -> None:
    until(lambda: settled(page), "settled", 90)
    expected = sent(page)
    until(
        lambda: page.evaluate("() => window.seen.records.size") >= len(expected),
        f"{len(expected)} dots", 60,
    )  # fmt: skip
    assert set(page.evaluate("() => [...window.seen.records]")) == {r["id"] for r in expected}
    assert set(page.evaluate("() => [...window.seen.messages]")) == {r["message"] for r in expected}


def test_dots_and_records_are_the_same_messages_for_an_order(sandbox: Page) -> None:
    sandbox.evaluate(WATCH)
    sandbox.click(".act[data-key='3']")
    until(lambda: len(sent(sandbox)) > 20, "an order")
    assert_seen_is_what_was_sent(sandbox)


def test_dots_and_records_are_the_same_messages_when_one_is_killed_after_an_early_ack(
    sandbox: Page,
) -> None:
    api(sandbox, "PATCH", "/api/playground/design", {"ack": "early"})
    fault = {"kind": "kill", "target": "restaurant", "limit": 1, "duration_s": 60}
    api(sandbox, "POST", "/api/playground/faults", fault)
    sandbox.evaluate(WATCH)
    for _ in range(2):
        sandbox.click(".act[data-key='3']")
        sandbox.wait_for_timeout(300)
    expect(sandbox.locator("[data-tag='lost restaurant']")).to_contain_text(
        "1 lost", timeout=30_000
    )
    assert_seen_is_what_was_sent(sandbox)


def test_dots_and_records_are_the_same_messages_in_a_rush_of_five_hundred(sandbox: Page) -> None:
    sandbox.evaluate(WATCH)
    api(sandbox, "POST", "/api/playground/rush", {"action": "profile", "rate": 50, "seconds": 10})
    expect(sandbox.locator("[data-many]")).to_contain_text("1 dot = up to", timeout=20_000)
    until(lambda: len(sent(sandbox)) >= 2000, "five hundred profiles, two calls each", 60)
    assert_seen_is_what_was_sent(sandbox)
    assert sandbox.evaluate("() => window.seen.most") > 1
    expect(sandbox.locator("[data-many]")).to_be_hidden(timeout=20_000)


NOTE = """() => {
  window.noted = [];
  const place = document.querySelector('[data-topology]');
  const note = () => window.noted.push({
    shown: place.dataset.shown, behind: place.querySelector('.behind:not([hidden])')?.textContent ?? '',
    queues: Object.fromEntries([...place.querySelectorAll('[data-node^=q_]')].map((queue) => [
      queue.dataset.node, Number.parseInt(queue.querySelector('.label').textContent.match(/\\d+(?= ready)/)),
    ])),
    slots: place.querySelector('[data-tag=slots]')?.textContent ?? '',
  });
  new MutationObserver(note).observe(place, { attributes: true, attributeFilter: ['data-shown'] });
}"""


def order_of(cursor: str) -> tuple[int, ...]:
    return tuple(int(part) for part in cursor.split("-"))


def test_in_a_rush_every_number_is_that_of_the_moment_that_the_picture_shows(sandbox: Page) -> None:
    choices = {"service_time_ms": {"restaurant": 400}, "request_slots": 100}
    api(sandbox, "PATCH", "/api/playground/design", choices)
    sandbox.wait_for_selector("[data-tag=slots]", state="attached")
    sandbox.evaluate(NOTE)
    api(sandbox, "POST", "/api/playground/rush", {"action": "order", "rate": 8, "seconds": 6})
    behind = sandbox.locator("[data-topology] .behind")
    expect(behind).to_have_text(re.compile(r"^picture: \d+ s ago$"), timeout=20_000)
    until(lambda: settled(sandbox), "settled", 90)
    expect(behind).to_be_hidden(timeout=20_000)

    noted = sandbox.evaluate("() => window.noted")
    records = everything(sandbox)
    depth = dict.fromkeys(noted[0]["queues"], 0)
    open_requests, n = set(), 0
    for moment in noted:
        while n < len(records) and order_of(records[n]["id"]) <= order_of(moment["shown"]):
            record, n = records[n], n + 1
            queue = f"q_{record.get('target', '')}".replace("-", "_")
            if record["kind"] in ("enqueue", "deliver"):
                depth[queue] += 1 if record["kind"] == "enqueue" else -1
            if record["kind"] == "request" and record["source"] == "customer":
                open_requests.add(record["message"])
            if record["kind"] == "response":
                open_requests.discard(record["message"])
        assert moment["queues"] == depth, moment
        assert moment["slots"].startswith(f"{len(open_requests)} of 100 slots"), moment
    assert max(moment["queues"]["q_restaurant"] for moment in noted) >= 5
    assert len({moment["behind"] for moment in noted}) > 3


def test_a_dot_shows_the_milliseconds_of_its_record(sandbox: Page) -> None:
    sandbox.evaluate(WATCH)
    sandbox.evaluate(LISTEN)
    sandbox.click(".act[data-key='3']")
    until(lambda: len(sent(sandbox)) > 20, "an order")
    assert_seen_is_what_was_sent(sandbox)
    records = {r["id"]: r for r in sent(sandbox)}
    began = next(r["at"] for r in records.values() if r.get("source") == "customer")
    labels = {dot["record"]: dot["words"] for dot in ridden(sandbox) if dot["words"]}
    assert len(labels) > len(records) / 2

    for record_id, words in labels.items():
        record = records[record_id]
        what, shown, unit = words.split()
        true = {
            "took": record.get("duration_ms"),
            "waited": record.get("wait_ms"),
            "at": (record["at"] - began) * 1000,
        }[what]
        assert unit == "ms"
        assert float(shown) == pytest.approx(true, abs=0.06 if true < 9.9 else 0.51), record
    assert {words.split()[0] for words in labels.values()} == {"took", "waited", "at"}


def set_speed(page: Page, speed: str) -> None:
    page.dispatch_event(
        "[data-speed]", "pointerdown"
    )  # the first press loads the control's code and styles
    page.wait_for_selector("[data-time][data-mode]:not([data-css])")
    page.select_option("[data-speed]", speed)


def test_the_speed_sets_how_fast_dots_travel(sandbox: Page) -> None:
    def rides() -> set[int]:
        """How long each dot of a saved profile takes, in milliseconds."""
        before = len(ridden(sandbox))
        sandbox.click(".act[data-key='1']")
        until(lambda: len(ridden(sandbox)) == before + 4, "two calls")
        return {dot["ms"] for dot in ridden(sandbox)[before:]}

    sandbox.evaluate(LISTEN)
    [whole] = rides()
    set_speed(sandbox, "0.5")
    assert rides() == {2 * whole}
    set_speed(sandbox, "4")
    assert rides() == {whole / 4}


def test_calls_and_texts_look_different(sandbox: Page) -> None:
    sandbox.click(".act[data-key='3']")
    sandbox.wait_for_selector(".dot.is-call circle:not(.halo)", state="attached")
    sandbox.wait_for_selector(".dot.is-text path.flap", state="attached")


def test_a_waiting_caller_is_shown_with_its_waiting_time(sandbox: Page) -> None:
    fault = {"kind": "latency", "target": "users", "ms": 1500, "duration_s": 30}
    api(sandbox, "POST", "/api/playground/faults", fault)
    sandbox.click(".act[data-key='1']")
    tag = sandbox.locator("[data-tag='waits gateway']")
    expect(tag).to_contain_text("waits")
    first = tag.text_content()
    until(lambda: tag.text_content() != first, "the time grows")
    expect(sandbox.locator("path.is-held[data-id=gateway__users]")).to_be_attached()
    expect(tag).to_have_count(0, timeout=10_000)
    took = next(r for r in sent(sandbox) if r["kind"] == "response")["duration_ms"]
    assert took >= 1500


def test_taken_request_slots_are_shown(sandbox: Page) -> None:
    api(sandbox, "PATCH", "/api/playground/design", {"request_slots": 2})
    fault = {"kind": "latency", "target": "users", "ms": 2000, "duration_s": 30}
    api(sandbox, "POST", "/api/playground/faults", fault)
    expect(sandbox.locator("[data-tag=slots]")).to_contain_text("0 of 2 slots")
    api(sandbox, "POST", "/api/playground/rush", {"action": "profile", "rate": 6, "seconds": 1})
    expect(sandbox.locator("[data-tag=slots]")).to_contain_text("2 of 2 slots", timeout=10_000)
    expect(sandbox.locator("[data-tag=slots]")).to_contain_text("wait")
    expect(sandbox.locator("[data-tag=slots] .slot.taken")).to_have_count(2)
    expect(sandbox.locator("[data-tag=slots]")).to_contain_text("0 of 2 slots", timeout=20_000)


def test_working_replicas_and_the_four_numbers_of_a_queue_are_shown(sandbox: Page) -> None:
    choices = {"replicas": {"dispatch": 3}, "service_time_ms": {"dispatch": 1500}}
    api(sandbox, "PATCH", "/api/playground/design", choices)
    fault = {"kind": "schema", "target": "restaurant", "limit": 1, "duration_s": 60}
    api(sandbox, "POST", "/api/playground/faults", fault)
    for _ in range(2):
        sandbox.click(".act[data-key='3']")
        sandbox.wait_for_timeout(250)
    expect(sandbox.locator("[data-tag='works dispatch']")).to_contain_text("of 3 busy")
    expect(sandbox.locator("[data-tag='unacked dispatch']")).to_contain_text("unacked")
    expect(sandbox.locator("[data-tag='dead restaurant']")).to_have_text("1 dead", timeout=15_000)
    expect(sandbox.locator("[data-node=q_restaurant]")).to_have_attribute(
        "aria-label", "Restaurant queue: 0 ready, 0 unacked, 0 delayed, 1 dead"
    )


def test_each_callee_has_its_breaker_closed_until_it_opens(sandbox: Page) -> None:
    breakers = sandbox.locator("[data-tag^='breaker ']")
    users = sandbox.locator("[data-tag='breaker users']")
    expect(breakers).to_have_count(0)

    breaker = {"on": True, "failures": 1, "open_ms": 60_000}
    api(sandbox, "PATCH", "/api/playground/design", {"breaker": breaker})
    for callee in ("users", "menu", "orders", "payments", "email_provider"):
        expect(sandbox.locator(f"[data-tag='breaker {callee}']")).to_have_text("breaker closed")
    expect(breakers).to_have_count(5)  # no service calls the others

    fault = {"kind": "unreachable", "target": "users", "duration_s": 30}
    api(sandbox, "POST", "/api/playground/faults", fault)
    sandbox.click(".act[data-key='1']")
    expect(users).to_have_text("breaker open")
    expect(sandbox.locator("[data-node=users]")).to_have_accessible_name(
        re.compile("^Users, breaker open, unreachable")
    )
    expect(sandbox.locator("[data-tag='breaker menu']")).to_have_text("breaker closed")
    sandbox.click("#tab-list")
    for callee, phase in (("Users", "open"), ("Menu", "closed")):
        expect(sandbox.locator("[data-list]")).to_contain_text(
            f"Gateway calls {callee} and waits for the answer. Its circuit breaker is {phase}."
        )

    api(sandbox, "PATCH", "/api/playground/design", {"breaker": {"on": False}})
    sandbox.click("#tab-topology")
    expect(breakers).to_have_count(0)


def test_a_breaker_is_shown_half_open_until_a_probe_has_ended(sandbox: Page) -> None:
    users = sandbox.locator("[data-tag='breaker users']")
    breaker = {"on": True, "failures": 1, "open_ms": 100}
    api(sandbox, "PATCH", "/api/playground/design", {"breaker": breaker})
    api(sandbox, "POST", "/api/playground/faults", {"kind": "unreachable", "target": "users"})
    sandbox.click(".act[data-key='1']")
    expect(users).to_have_text("breaker half-open")

    api(sandbox, "DELETE", "/api/playground/faults")
    sandbox.click(".act[data-key='1']")
    expect(users).to_have_text("breaker closed")


def two_dots_that_stand(page: Page) -> None:
    """Two messages on their way: the second was sent while the first waited for Users."""
    fault = {"kind": "latency", "target": "users", "ms": 1500, "duration_s": 30}
    api(page, "POST", "/api/playground/faults", fault)
    set_speed(page, "0.125")
    page.keyboard.press("1")
    page.keyboard.press("3")
    expect(page.locator(".dot")).to_have_count(2)
    page.click("[data-freeze]")


def test_a_click_on_a_dot_opens_its_details(sandbox: Page) -> None:
    two_dots_that_stand(sandbox)
    dot = sandbox.locator(".dot").last
    record = next(r for r in sent(sandbox) if r["id"] == dot.get_attribute("data-record"))
    dot.click()
    expect(sandbox.locator("#inspector")).to_be_visible()
    expect(sandbox.locator("[data-inspector-title]")).to_have_text(record["name"])
    expect(sandbox.locator("#inspector .facts")).to_contain_text(record["message"])


def test_enter_opens_the_details_of_a_queue_and_of_an_arrow(sandbox: Page) -> None:
    for part, title, fact in (
        ("[data-node=q_restaurant]", "Restaurant queue", "The messages that wait for Restaurant."),
        ("[data-grip=gateway__menu]", "A call", "The caller waits for the answer"),
        ("[data-grip=broker__q_restaurant]", "A text", "The sender does not wait"),
    ):
        sandbox.locator(f".topo {part}").focus()
        sandbox.keyboard.press("Enter")
        expect(sandbox.locator("#inspector")).to_be_visible()
        expect(sandbox.locator("[data-inspector-title]")).to_have_text(title)
        expect(sandbox.locator("[data-inspector]")).to_contain_text(fact)
        sandbox.keyboard.press("Escape")
        expect(sandbox.locator("#inspector")).to_be_hidden()


def opacities(page: Page, selector: str) -> set[float]:
    found: list[str] = page.locator(selector).evaluate_all(
        "(all) => all.map((one) => getComputedStyle(one).opacity)"
    )
    return {float(opacity) for opacity in found}


def test_one_message_is_followed_with_all_others_dimmed_until_escape(sandbox: Page) -> None:
    two_dots_that_stand(sandbox)
    sandbox.locator(".dot").last.click()
    sandbox.click("[data-follow-it]")
    expect(sandbox.locator("[data-follow]")).to_contain_text("Following")
    message = sandbox.locator(".dot").last.get_attribute("data-message")
    on_its_way = sandbox.locator(".topo .is-on-its-way").evaluate_all(
        "(all) => all.map((one) => one.dataset.node ?? one.dataset.id)"
    )
    assert sorted(on_its_way) == ["customer", "customer__gateway", "gateway"]

    parts = (".topo .node", ".topo path[data-edge]")
    for part in parts:
        assert opacities(sandbox, f"{part}.is-on-its-way") == {1}
        assert max(opacities(sandbox, f"{part}:not(.is-on-its-way)")) < 0.5
    assert opacities(sandbox, f".dot[data-message='{message}']") == {1}
    assert max(opacities(sandbox, f".dot:not([data-message='{message}'])")) < 0.5

    sandbox.keyboard.press("Escape")
    expect(sandbox.locator("[data-follow]")).to_be_hidden()
    assert sandbox.locator(".is-following, .is-on-its-way").count() == 0
    for part in (*parts, ".dot"):
        assert opacities(sandbox, part) == {1}


def test_with_reduced_motion_states_change_without_travel(visitor: Visitor, stack: Stack) -> None:
    page = visitor.open(stack.playground_url, reduced_motion="reduce")
    ready(page)
    page.click(".act[data-key='3']")
    page.wait_for_selector("path.lit", state="attached")
    expect(page.locator("[data-tag^=works]").first).to_be_attached()
    assert page.locator(".dot").count() == 0
    assert page.evaluate("() => document.getAnimations().length") == 0


def test_the_picture_can_be_used_at_two_hundred_percent(visitor: Visitor, stack: Stack) -> None:
    page = visitor.open(stack.playground_url, width=720, height=450, device_scale_factor=2)
    ready(page)
    page.click(".act[data-key='3']")
    page.wait_for_selector(".dot", state="attached")
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 720
