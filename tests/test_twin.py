"""The twin on the real stack: its two designs have really different outcomes."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from .conftest import Visitor, ready
from .stack import Script, Stack, until
from .test_accessibility import assert_clean

PATH = "/api/playground/twin"
OVER = ("done", "stopped", "failed")


def twin(script: Script, **spec: Any) -> dict[str, Any]:
    """Run a twin, and return its sides' outcomes by name (a, b)."""
    begun = script("POST", PATH, spec)
    assert begun.status_code == 202, begun.text
    ended: dict[str, Any] = until(
        lambda: (shown := script("GET", PATH).json())["state"] in OVER and shown, "over", 120
    )
    assert ended["state"] == "done", ended["reason"]
    return {letter: side["outcome"] for letter, side in ended["sides"].items()}


def test_a_process_killed_in_mid_task_loses_orders_on_the_early_side_and_none_on_the_late(
    stack: Stack,
) -> None:
    before = set(stack.pids()["killable"])
    kill = {"kind": "kill", "target": "restaurant", "limit": 2}
    sides = twin(
        stack.script(), a={"design": {"ack": "early"}}, b={"design": {"ack": "late"}},
        faults=[kill], steps=[{"rush": {"action": "order", "rate": 3, "seconds": 2}}], settle_s=60,
    )  # fmt: skip
    early, late = sides["a"], sides["b"]
    assert set(stack.pids()["killable"]) != before, "no killable process has died"
    assert (early["accepted"], late["accepted"]) == (6, 6)
    assert (early["hits"], late["hits"]) == ({"kill": 2}, {"kill": 2})
    assert (early["lost"], early["finished"]) == (2, 4)
    assert (late["lost"], late["doubled"], late["finished"]) == (0, 0, 6)
    assert early["is_settled"]
    assert late["is_settled"]
    assert sum(span["status"] == "killed" for span in late["spans"]) == 2


def test_a_hanging_email_provider_delays_callers_but_not_texts(
    stack: Stack,
) -> None:
    hang = {"kind": "hang", "target": "email-provider", "duration_s": 6}
    sides = twin(
        stack.script(), a={"design": {"preset": "textbook sync"}},
        b={"design": {"preset": "textbook async"}}, faults=[hang],
        steps=[{"press": "register", "times": 2}], settle_s=60,
    )  # fmt: skip
    calls, texts = sides["a"], sides["b"]
    assert (calls["accepted"], calls["timed_out"]) == (0, 2)
    assert calls["errors"] == {"504": 2}
    assert calls["answer_ms"]["p50"] > 2900, "as long as the time-out"
    assert (texts["accepted"], texts["errors"]) == (2, {})
    assert texts["answer_ms"]["max"] < 1500
    assert (texts["finished"], texts["lost"]) == (2, 0), "the mails were not sent after the fault"
    assert texts["finished_ms"]["p50"] > 3000


# The panel


def over(page: Page) -> None:
    expect(page.locator(".twin-says [role=status]")).to_contain_text("Done", timeout=90_000)


def rows(page: Page) -> dict[str, list[str]]:
    found = page.locator(".twin-table tbody tr").evaluate_all(
        "(all) => all.map((row) => [...row.cells].map((cell) => cell.textContent))"
    )
    return {name: values for name, *values in found}


def test_a_twin_is_configured_run_and_compared_in_words(sandbox: Page) -> None:
    sandbox.click("[popovertarget=twin] >> nth=0")
    sandbox.select_option("[name='a.preset']", "")
    sandbox.select_option("[name='a.style']", "call")
    sandbox.select_option("[name='b.preset']", "")
    sandbox.select_option("[name='b.style']", "text")
    sandbox.select_option(".twin-same [name=action]", "register")
    sandbox.select_option("[name=many]", "one")
    expect(sandbox.locator("[data-twin-rush]").first).to_be_hidden()
    sandbox.get_by_role("button", name="Run both").click()
    expect(sandbox.locator("[data-twin-stop]")).to_be_visible()
    over(sandbox)
    table = rows(sandbox)
    assert table["finished"][:2] == ["1 of 1", "1 of 1"]
    assert "has the answer" in table["answered after"][2]
    assert "B: all texts" in table["answered after"][2], "the texting side did not answer sooner"
    assert table["lost"] == ["none", "none", "none on either side"]
    assert sandbox.locator(".twin-axis .answer").count() == 2
    expect(sandbox.locator(".twin-axis")).to_have_attribute(
        "aria-label", re.compile("finished after")
    )
    expect(sandbox.locator("[data-twin-stop]")).to_be_hidden()


def test_a_stopped_twin_is_still_shown_after_a_reload(sandbox: Page) -> None:
    sandbox.click("[popovertarget=twin] >> nth=0")
    sandbox.fill(".twin-same [name=seconds]", "12")
    sandbox.get_by_role("button", name="Run both").click()
    expect(sandbox.locator(".twin-axis .waits").first).to_be_attached()
    sandbox.click("[data-twin-stop]")
    expect(sandbox.locator(".twin-says")).to_contain_text("Stopped", timeout=20_000)
    sandbox.reload()
    sandbox.click("[popovertarget=twin] >> nth=0")
    expect(sandbox.locator(".twin-says")).to_contain_text("Stopped")
    assert "none" in rows(sandbox)["doubled"][0]


def test_a_refused_twin_shows_the_reason_in_its_panel(sandbox: Page, stack: Stack) -> None:
    problem = {
        "detail": "A twin run is under way.",
        "kept": "Nothing was changed.",
        "next": "Wait.",
    }
    sandbox.route("**/api/playground/twin", lambda route: route.fulfill(status=409, json=problem))
    sandbox.click("[popovertarget=twin] >> nth=0")
    sandbox.get_by_role("button", name="Run both").click()
    problem = sandbox.locator(".twin-place [role=alert]")
    expect(problem).to_have_text("A twin run is under way. Nothing was changed. Wait.")
    expect(sandbox.get_by_role("button", name="Run both")).to_be_enabled()


@pytest.mark.parametrize(("scheme", "width"), [("light", 1440), ("dark", 390)])
def test_axe_finds_nothing_in_the_panel(
    visitor: Visitor, stack: Stack, scheme: Any, width: int
) -> None:
    page = visitor.open(stack.playground_url, color_scheme=scheme, width=width, bypass_csp=True)
    ready(page)
    page.click("[popovertarget=twin] >> nth=0")
    assert_clean(page)
    page.select_option("[name=many]", "one")
    page.get_by_role("button", name="Run both").click()
    over(page)
    assert_clean(page)
    assert page.evaluate("() => document.querySelector('#twin').scrollWidth") <= width
