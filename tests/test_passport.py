"""The passport of a message: what happened to it, why, and the code that ran."""

from playwright.sync_api import Page, expect

from .conftest import ready
from .stack import until
from .test_time_space import FAST_RETRIES, api, order, records


def open_passport(page: Page, lane: str) -> None:
    page.click("#tab-time")
    page.locator(f".bar.work[data-lane={lane}]").first.dispatch_event("click")
    expect(page.locator("#inspector")).to_be_visible()


def stamps(page: Page) -> list[str]:
    found: list[str] = page.locator("[data-stamp]").evaluate_all(
        "(all) => all.map((one) => one.dataset.stamp)"
    )
    return found


def test_a_replayed_dead_letter_shows_both_deliveries(sandbox: Page) -> None:
    fault = {"kind": "schema", "target": "restaurant", "limit": 1, "duration_s": 60}
    api(sandbox, "POST", "faults", fault)
    order(sandbox)
    api(sandbox, "DELETE", "faults")
    api(sandbox, "POST", "dead-letters/replay", {"id": ""})
    until(lambda: all(r["dead"] == 0 for r in api(sandbox, "GET", "ledger")["rows"]), "replayed")
    until(lambda: all(r["pending"] == 0 for r in api(sandbox, "GET", "ledger")["rows"]), "done")

    open_passport(sandbox, "restaurant")
    until(lambda: stamps(sandbox)[-1] == "ack", "to its end")
    kinds = [kind for kind in stamps(sandbox) if kind != "effect"]
    assert kinds == [
        "publish", "enqueue", "deliver", "dead_letter", "note", "deliver", "process", "ack",
    ]  # fmt: skip
    expect(sandbox.locator("[data-stamp=note]")).to_contain_text("Replayed")
    expect(sandbox.locator("[data-stamp=deliver]").first).to_contain_text("replica 1")
    expect(sandbox.locator("[data-inspector]")).to_contain_text("delivery.order.placed.v1")


def test_every_attempt_of_a_retried_message_is_stamped(sandbox: Page) -> None:
    api(sandbox, "PATCH", "design", {"delivery_retry": FAST_RETRIES})
    fault = {"kind": "errors", "target": "orders->restaurant", "limit": 2, "duration_s": 60}
    api(sandbox, "POST", "faults", fault)
    order(sandbox)
    at_restaurant = [
        r for r in records(sandbox) if r.get("target") == "restaurant" and r.get("message")
    ]

    open_passport(sandbox, "restaurant")
    for kind in ("deliver", "retry", "process", "ack"):
        expect(sandbox.locator(f"[data-stamp={kind}]")).to_have_count(
            len([r for r in at_restaurant if r["kind"] == kind])
        )
    expect(sandbox.locator("[data-stamp=retry]").first).to_contain_text("after 0.2 s")


def test_cause_and_effects_lead_from_message_to_message(sandbox: Page) -> None:
    order(sandbox)
    open_passport(sandbox, "restaurant")
    links = sandbox.locator("[data-relative]")

    links.get_by_text("OrderAccepted").or_(links.filter(has_text="OrderAccepted")).first.click()
    expect(sandbox.locator("[data-inspector-title]")).to_have_text("OrderAccepted")
    links.filter(has_text="OrderPlaced").first.click()
    expect(sandbox.locator("[data-inspector-title]")).to_have_text("OrderPlaced")
    links.filter(has_text="StoreOrder").first.click()
    links.filter(has_text="POST /api/orders").first.click()
    expect(sandbox.locator("[data-inspector]")).to_contain_text("it came from outside")


def test_the_code_that_ran_is_the_code_in_the_file(sandbox: Page) -> None:
    order(sandbox)
    open_passport(sandbox, "restaurant")
    sandbox.locator("[data-handler='restaurant OrderPlaced'] summary").click()

    shown = sandbox.locator("[data-handler='restaurant OrderPlaced'] pre")
    expect(shown).to_contain_text("def take_order(event: OrderPlaced, work: UnitOfWork)")
    expect(sandbox.locator("#inspector")).to_contain_text("company/services/restaurant.py")


def test_a_passport_is_complete_although_the_page_was_opened_later(sandbox: Page) -> None:
    """The page gets only the newest records, and requests the rest of the trace."""
    trace = order(sandbox)
    for _ in range(6):
        order(sandbox)
    sandbox.reload()
    ready(sandbox)

    whole = api(sandbox, "GET", f"traces/{trace}/records")["records"]
    taken = next(r for r in whole if r["kind"] == "deliver" and r["target"] == "dispatch")
    sandbox.click("#tab-time")
    until(
        lambda: (
            trace in sandbox.locator("[data-time-stories]").inner_html()
            or sandbox.locator(".log [data-record]").count() > 0
        ),
        "the log",
    )
    expect(sandbox.locator(".bar.work[data-lane=dispatch]")).to_have_count(1)
    assert taken["data"]["replica"] == 1
