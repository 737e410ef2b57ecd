"""The time-space diagram and the sequence diagram, drawn from real records."""

import struct
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from playwright.sync_api import Download, Page, expect

from .conftest import Visitor, ready
from .stack import Stack, until
from .test_accessibility import assert_clean

FAST_RETRIES = {"policy": "exponential", "attempts": 5, "base_ms": 200, "cap_ms": 800}


def api(page: Page, method: str, path: str, body: Any = None) -> Any:
    """Send a request as the page's buttons do."""
    return page.evaluate(
        """([method, path, body]) => {
          const token = JSON.parse(document.body.getAttribute('hx-headers:inherited'))['X-CSRFToken'];
          return fetch(`/api/playground/${path}`, {
            method, body: body === null ? undefined : JSON.stringify(body),
            headers: { 'X-CSRFToken': token, 'Content-Type': 'application/json' },
          }).then((r) => (r.status === 204 ? null : r.json()));
        }""",
        [method, path, body],
    )


def records(page: Page) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = api(page, "GET", "records")["records"]
    return found


def answers(page: Page) -> list[dict[str, Any]]:
    return [r for r in records(page) if r["kind"] == "response" and r["target"] == "customer"]


def order(page: Page) -> str:
    """Place an order, wait until all its work is done, and return its trace."""
    before = len(answers(page))
    page.click(".act[data-key='3']")
    until(lambda: len(answers(page)) > before, "answered")
    until(lambda: all(r["pending"] == 0 for r in api(page, "GET", "ledger")["rows"]), "done", 40)
    return str(answers(page)[-1]["trace"])


def has_all(page: Page) -> bool:
    """Whether every message is acked and the page has the records."""
    kinds = [r["kind"] for r in api(page, "GET", "records?limit=1000")["records"]]
    is_over = kinds.count("ack") == kinds.count("enqueue") > 0
    return is_over and int(page.inner_text("[data-log-count]")) == len(kinds)


def lanes(page: Page) -> list[str]:
    found: list[str] = page.locator(".spacetime .lane").evaluate_all(
        "(all) => all.map((one) => one.dataset.lane)"
    )
    return found


def saved(download: Download) -> bytes:
    path = download.path()
    assert path
    return Path(path).read_bytes()


def test_an_order_has_a_lane_per_participant_and_the_yellow_line(sandbox: Page) -> None:
    sandbox.click("#tab-time")
    trace = order(sandbox)

    took_part = {
        name
        for r in records(sandbox)
        if r.get("trace") == trace
        for name in (r.get("source"), r.get("target"))
        if name
    }
    until(lambda: set(lanes(sandbox)) >= took_part, "a lane for each")
    assert {lane for lane in lanes(sandbox) if not lane.startswith("queue ")} == took_part
    expect(sandbox.locator(".spacetime path.answer")).to_have_count(1)
    [answer] = answers(sandbox)
    expect(sandbox.locator(".spacetime path.answer")).to_have_attribute("data-answer", answer["id"])


def test_the_diagram_grows_while_the_order_is_processed(sandbox: Page) -> None:
    api(sandbox, "PATCH", "design", {"service_time_ms": {"dispatch": 2500}})
    sandbox.click("#tab-time")
    sandbox.click(".act[data-key='3']")

    bar = sandbox.locator(".bar.work.open[data-lane=dispatch]")
    bar.wait_for()
    first = bar.get_attribute("aria-label")
    until(lambda: bar.get_attribute("aria-label") != first, "it has grown")
    expect(sandbox.locator(".bar.open")).to_have_count(0, timeout=15_000)
    expect(sandbox.locator(".bar.work[data-lane=dispatch]")).to_have_count(1)


def test_retries_are_a_chain_with_the_attempts_of_the_records(sandbox: Page) -> None:
    api(sandbox, "PATCH", "design", {"delivery_retry": FAST_RETRIES})
    fault = {"kind": "errors", "target": "orders->restaurant", "limit": 2, "duration_s": 60}
    api(sandbox, "POST", "faults", fault)
    sandbox.click("#tab-time")
    order(sandbox)

    attempts = [
        r for r in records(sandbox) if r["kind"] == "deliver" and r["target"] == "restaurant"
    ]
    assert len(attempts) == 3
    expect(sandbox.locator(".bar.work[data-lane=restaurant]")).to_have_count(3)
    expect(sandbox.locator(".bar.backoff[data-lane='queue restaurant']")).to_have_count(2)
    expect(sandbox.locator(".bar.work.failed[data-lane=restaurant]")).to_have_count(2)


def test_an_earlier_trace_can_be_chosen_and_the_sequence_follows(sandbox: Page) -> None:
    sandbox.click("#tab-time")
    first = order(sandbox)
    sandbox.click(".act[data-key='1']")
    until(lambda: "dispatch" not in lanes(sandbox), "the newest is followed")

    sandbox.select_option("[data-time-stories]", first)
    until(lambda: "dispatch" in lanes(sandbox), "the order again")
    sandbox.click("#tab-sequence")
    expect(sandbox.locator("[data-sequence-stories]")).to_have_value(first)
    expect(sandbox.locator("[data-sequence] svg")).to_contain_text("CourierAssigned")
    sandbox.select_option("[data-sequence-stories]", "")
    expect(sandbox.locator("[data-sequence] svg")).to_contain_text("SaveProfile")


def test_a_press_on_a_bar_opens_its_record_by_mouse_and_by_keyboard(sandbox: Page) -> None:
    sandbox.click("#tab-time")
    order(sandbox)
    sandbox.locator(".bar.work[data-lane=dispatch] .body").click()
    expect(sandbox.locator("#inspector")).to_be_visible()
    expect(sandbox.locator("[data-inspector-title]")).to_have_text("OrderPlaced")
    sandbox.keyboard.press("Escape")

    sandbox.locator(".spacetime [tabindex='0']").focus()
    for key in ("ArrowRight", "ArrowDown", "Enter"):
        sandbox.keyboard.press(key)
    expect(sandbox.locator("#inspector")).to_be_visible()


def test_time_is_zoomed_and_moved_by_button_key_and_wheel(sandbox: Page) -> None:
    sandbox.click("#tab-time")
    order(sandbox)

    def marks() -> list[str]:
        return sandbox.locator(".spacetime .axis text").all_text_contents()

    def still() -> list[str]:
        before = marks()
        sandbox.wait_for_timeout(700)  # longer than between two drawings
        return before if marks() == before else []

    until(lambda: has_all(sandbox), "nothing more comes")
    whole = until(still, "all is drawn")
    sandbox.click("[data-time-act=in]")
    until(lambda: marks() != whole, "zoomed in")
    near = marks()
    sandbox.locator(".spacetime [tabindex='0']").focus()
    sandbox.keyboard.press("Shift+ArrowRight")
    until(lambda: marks() != near, "moved")
    sandbox.keyboard.press("f")
    until(lambda: marks() == whole, "all of it")
    box = sandbox.locator("[data-time-figure]").bounding_box()
    assert box
    sandbox.mouse.move(box["x"] + 300, box["y"] + 60)
    sandbox.keyboard.down("Control")
    sandbox.mouse.wheel(0, -400)
    sandbox.keyboard.up("Control")
    until(lambda: marks() != whole, "zoomed by the wheel")


def test_hidden_and_moved_lanes_stay_so(sandbox: Page) -> None:
    sandbox.click("#tab-time")
    order(sandbox)
    sandbox.click(".lane-order summary")
    sandbox.locator("[data-lane-control='show broker']").uncheck()
    until(lambda: "broker" not in lanes(sandbox), "hidden")
    expect(sandbox.locator(".arrow[data-kind=text]").first).to_be_attached()  # it passes the gap by
    before = lanes(sandbox).index("menu")
    sandbox.locator("[data-lane-control='show menu']").focus()
    sandbox.keyboard.press("Alt+ArrowUp")
    until(lambda: lanes(sandbox).index("menu") == before - 1, "moved up")

    sandbox.reload()
    ready(sandbox)
    sandbox.click("#tab-time")
    until(lambda: "menu" in lanes(sandbox), "drawn")
    assert "broker" not in lanes(sandbox)
    assert lanes(sandbox).index("menu") == before - 1


def test_the_table_has_the_content_of_the_diagram(sandbox: Page) -> None:
    sandbox.click("#tab-time")
    order(sandbox)
    bars = sandbox.locator(".spacetime .bar").count()
    sandbox.click("[data-time-as-table]")
    rows = sandbox.locator(".as-table tbody tr")
    assert rows.count() >= bars
    expect(sandbox.locator(".as-table .answer")).to_contain_text("has the answer")
    rows.first.locator("button").click()
    expect(sandbox.locator("#inspector")).to_be_visible()


@pytest.mark.parametrize("tab", ["time", "sequence"])
def test_a_drawing_is_exported_as_svg_and_png_that_look_right_elsewhere(
    sandbox: Page, tab: str
) -> None:
    sandbox.click(f"#tab-{tab}")
    order(sandbox)
    panel = sandbox.locator(f"#view-{tab}")
    expect(panel.locator("svg text", has_text="Dispatch").first).to_be_attached()
    # The last deliveries are drawn a moment later, and both files must show the same.
    last = ""
    drawn = panel.locator("svg").last

    def is_drawn() -> bool:
        nonlocal last
        before, last = last, drawn.evaluate("(svg) => svg.getAttribute('viewBox')")
        sandbox.wait_for_timeout(700)
        return before == last

    until(is_drawn, "the whole story is drawn")
    sandbox.click("[data-freeze]")

    with sandbox.expect_download() as download:
        panel.locator("[data-share=svg]").click()
    root = ElementTree.fromstring(saved(download.value))
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    texts = root.findall(".//{http://www.w3.org/2000/svg}text")
    assert any("Dispatch" in "".join(text.itertext()) for text in texts)
    assert all(text.get("fill", "").startswith("rgb") for text in texts)
    assert not [e for e in root.iter() if e.get("class") or e.get("style")]

    with sandbox.expect_download() as download:
        panel.locator("[data-share=png]").click()
    image = saved(download.value)
    width, height = struct.unpack(">II", image[16:24])
    assert image[:8] == b"\x89PNG\r\n\x1a\n"
    assert len(image) > 10_000
    assert (width, height) == tuple(
        round(2 * float(root.get(side, 0))) for side in ("width", "height")
    )


@pytest.mark.parametrize(("scheme", "width"), [("light", 1440), ("dark", 390)])
def test_axe_finds_nothing(visitor: Visitor, stack: Stack, scheme: Any, width: int) -> None:
    page = visitor.open(stack.playground_url, color_scheme=scheme, bypass_csp=True, width=width)
    ready(page)
    page.click("#tab-time")
    order(page)
    page.click(".lane-order summary")
    assert_clean(page, ".play")
    assert page.evaluate("() => document.documentElement.scrollWidth") <= width
    page.click("[data-time-as-table]")
    assert_clean(page, ".play")
    page.locator(".as-table button").first.click()
    page.locator("[data-handler] summary").first.click()
    page.wait_for_selector("[data-handler] pre")
    assert_clean(page, "#inspector")
