"""The log, the metrics and the ledger's reasons, on the real stack."""

import csv
import io
import json
import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from .conftest import Visitor, ask, ready
from .stack import ORDER, Stack, until
from .test_accessibility import assert_clean


def count(page: Page) -> str:
    return page.inner_text("[data-log-count]")


def fill_log(page: Page, records: int) -> None:
    """Put so many made-up records into the page's log as if they had arrived."""
    page.evaluate(
        """async (records) => {
          const at = document.querySelector('script[src*="js/start"]').src.replace(/start[^/]*$/, '');
          const { Store } = await import(`${at}state/store.js`);
          const { log } = await import(`${at}panels/log/log.js`);
          const store = window.testStore = new Store();
          const place = document.querySelector('[data-playground]');
          const section = place.querySelector('.log');
          section.replaceWith(section.cloneNode(true)); // the page's own log is out of it
          place.querySelector('[data-log]').replaceChildren();
          log(place, store, ({ record }) => { window.opened = record.id; });
          window.more = (from, many) => store.take(Array.from({ length: many }, (_, i) => ({
            id: `${from + i}-0`, at: from + i, kind: i % 50 ? 'process' : 'retry', target: 'crm',
            name: `Number${from + i}`, status: 'ok', message: `m${from + i}`, run: 'r', work_ms: 1,
          })));
          window.more(1, records);
        }""",
        records,
    )


def test_five_thousand_records_scroll_and_are_searched(visitor: Visitor, stack: Stack) -> None:
    page = visitor.open(stack.playground_url)
    ready(page)
    fill_log(page, 5000)
    expect(page.locator("[data-log-count]")).to_have_text("5000")
    assert page.locator("[data-log] [role=option]").count() < 60

    page.focus("[data-log]")
    page.keyboard.press("End")
    expect(page.locator("[data-log] [data-record='1-0']")).to_be_visible()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    assert page.evaluate("() => window.opened") == "2-0"

    page.evaluate("() => window.more(5001, 12)")
    expect(page.locator("[data-log-new]")).to_have_text("12 new")
    expect(page.locator("[data-log] [data-record='2-0']")).to_have_count(0)  # 5,000 are kept
    page.click("[data-log-new]")
    expect(page.locator("[data-log] [data-record='5012-0']")).to_be_visible()

    page.fill("[data-log-search]", "kind:retry")
    page.keyboard.press("Enter")
    expect(page.locator("[data-log-count]")).to_have_text("100 of 5000")
    page.fill("[data-log-search]", "nothing like it")
    expect(page.locator("[data-log-empty]")).to_contain_text("None of 5000")
    page.get_by_role("button", name="Show all again").click()
    expect(page.locator("[data-log-filters]")).to_be_hidden()


def test_a_filter_is_a_chip_that_can_be_removed_and_applies_to_the_export(sandbox: Page) -> None:
    ask(sandbox, "POST", "/api/orders", ORDER)
    expect(sandbox.locator("[data-order-status=on_the_way]")).to_be_visible()
    subject = f"order/{sandbox.inner_text('[data-order-id]').strip().split()[-1]}"
    sandbox.fill("[data-log-search]", "kind:effect EmailSent")
    sandbox.keyboard.press("Enter")
    expect(sandbox.locator(".chip")).to_have_count(2)
    expect(sandbox.locator("[data-log] [role=option]")).to_have_count(1)

    with sandbox.expect_download() as saved:
        sandbox.click("[data-export=jsonl]")
    [record] = [json.loads(line) for line in saved.value.path().read_text().splitlines()]
    assert (record["name"], record["data"]["subject"]) == ("EmailSent", subject)

    sandbox.locator(".chip").first.click()
    sandbox.locator(".chip").first.click()
    with sandbox.expect_download() as saved:
        sandbox.click("[data-export=csv]")
    rows = list(csv.DictReader(io.StringIO(saved.value.path().read_text())))
    kept = ask(sandbox, "GET", "/api/playground/records?limit=1000")["records"]
    assert [row["id"] for row in rows] == [r["id"] for r in kept]


def test_the_log_as_json_and_the_answer_in_yellow(sandbox: Page) -> None:
    sandbox.click(".act[data-key='1']")
    expect(sandbox.locator("[data-log] .answer")).to_contain_text("Customer has the answer")
    sandbox.click("[data-log-form=json]")
    expect(sandbox.locator("[data-log] code").first).to_contain_text('"kind"')


def test_the_ledger_says_that_the_worker_was_killed_after_an_early_ack(sandbox: Page) -> None:
    ask(sandbox, "PATCH", "/api/playground/design", {"ack": "early"})
    fault = {"kind": "kill", "target": "notification", "limit": 2, "duration_s": 120}
    ask(sandbox, "POST", "/api/playground/faults", fault)
    for _ in range(3):
        ask(sandbox, "POST", "/api/orders", ORDER)
        sandbox.wait_for_timeout(300)
    sandbox.click("#tab-ledger")
    says = "2 receipts lost: the worker was killed after an early ack."
    expect(sandbox.locator(".reasons")).to_contain_text(says, timeout=40_000)
    sandbox.get_by_role("button", name="2 receipts mailed: lost").click()
    expect(sandbox.locator(".chip")).to_contain_text("2 receipts mailed, lost")
    sandbox.fill("[data-log-search]", "name:Killed")
    expect(sandbox.locator("[data-log-count]")).to_contain_text("2 of")


def test_the_last_minutes_as_charts_and_as_a_table_at_one_key(sandbox: Page) -> None:
    ask(sandbox, "POST", "/api/orders", ORDER)
    expect(sandbox.locator("[data-order-status=on_the_way]")).to_be_visible()
    sandbox.click("#tab-metrics")
    expect(sandbox.locator(".charts canvas")).to_have_count(5)
    expect(sandbox.locator(".charts")).to_contain_text("p95")
    sandbox.focus("#view-metrics")
    sandbox.keyboard.press("t")
    rows = sandbox.locator("#view-metrics tbody tr")
    before = until(rows.count, "rows")
    until(lambda: rows.count() > before, "one more each second")
    assert sandbox.locator(".charts").is_hidden()


def test_the_table_has_the_numbers_of_the_charts(sandbox: Page) -> None:
    ask(sandbox, "PATCH", "/api/playground/design", {"request_slots": 2, "timeout_ms": 600})
    fault = {"kind": "latency", "target": "users", "ms": 1500, "duration_s": 60}
    ask(sandbox, "POST", "/api/playground/faults", fault)
    sandbox.click("#tab-metrics")
    expect(sandbox.locator(".charts canvas")).to_have_count(5)
    rush = {"action": "profile", "rate": 10, "seconds": 5}
    ask(sandbox, "POST", "/api/playground/rush", rush)
    lines = sandbox.locator(".charts .key li")
    failed, taken = (
        lines.filter(has_text=words).locator("b") for words in ("hops failed", "taken")
    )
    expect(taken).to_have_text("2")
    expect(failed).to_have_text(re.compile("[1-9]"))

    newest = sandbox.evaluate(
        """async () => {
          const { started } = await import(document.querySelector('script[src*="js/start"]').src);
          const { store } = started.sandbox;
          const place = document.querySelector('#view-metrics');
          const texts = (selector) => [...place.querySelectorAll(selector)].map((one) => one.innerText);
          const drawn = texts('.charts .key b');
          place.dispatchEvent(new KeyboardEvent('keydown', { key: 't' }));
          const names = texts('thead tr:last-child th').slice(1);
          const cells = texts('tbody tr:first-child td');
          return { drawn, names, cells, stats: store.newest.stats };
        }"""
    )
    assert newest["cells"] == ["–" if v == "nothing yet" else v for v in newest["drawn"]]
    shown, stats = dict(zip(newest["names"], newest["cells"], strict=True)), newest["stats"]
    assert shown["messages done"] == f"{stats['throughput_per_s']:.1f}"
    assert shown["hops failed"] == f"{stats['errors_per_s']:.1f}" != "0.0"
    assert shown["taken"] == str(stats["slots"]["taken"])
    assert shown["waited for"] == str(stats["slots"]["waiting"])


@pytest.mark.parametrize(("scheme", "width"), [("light", 1440), ("dark", 390)])
def test_axe_finds_nothing(visitor: Visitor, stack: Stack, scheme: Any, width: int) -> None:
    page = visitor.open(stack.playground_url, width=width, color_scheme=scheme, bypass_csp=True)
    ready(page)
    ask(page, "POST", "/api/orders", ORDER)
    page.wait_for_selector("[data-log] .answer")
    page.fill("[data-log-search]", "service:orders")
    page.keyboard.press("Enter")
    page.click("#tab-metrics")
    page.wait_for_selector(".charts canvas")
    assert_clean(page, "[data-playground]")
    page.click("#view-metrics .metrics-head button")
    assert_clean(page, "[data-playground]")
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
