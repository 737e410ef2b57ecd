"""Copy as curl: what a learner does on the page can be repeated in a terminal."""

import subprocess

import pytest
from playwright.sync_api import Page, expect


@pytest.mark.parametrize("form", ["profile", "register", "order", "menu"])
def test_a_request_copied_as_curl_works_in_a_terminal(sandbox: Page, form: str) -> None:
    sandbox.context.grant_permissions(["clipboard-read", "clipboard-write"])
    sandbox.click(f"[aria-controls=p-{form}]")
    if form == "profile":
        sandbox.fill("#f-profile [name=name]", "Ada O'Kafor $HOME `id`")
    sandbox.click(f"#p-{form} [data-copy-curl]")
    expect(sandbox.locator(f"#p-{form} [data-copy-curl]")).to_contain_text("Copied")
    command = sandbox.evaluate("() => navigator.clipboard.readText()")
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, timeout=30)
    expected = {"profile": 200, "register": 201, "order": 202, "menu": 200}[form]
    assert f" {expected} " in done.stdout.splitlines()[0], done.stdout
    if form == "profile":
        assert "$HOME `id`" in done.stdout


@pytest.mark.parametrize(
    ("opener", "press", "place", "expected"),
    [
        ("[popovertarget=designer].break", "#designer [data-choice=outbox]", "#designer", 200),
        ("[popovertarget=breaker].break", "#breaker [data-storm] .primary", "#breaker", 202),
        ("[popovertarget=breaker].break", "#breaker [data-repair]", "#breaker", 204),
        ("[data-rush-open]", "[data-rush-go]", "[data-rush]", 409),  # the first one is still on
    ],
)
def test_a_panels_request_can_be_copied_as_curl(
    sandbox: Page, opener: str, press: str, place: str, expected: int
) -> None:
    sandbox.context.grant_permissions(["clipboard-read", "clipboard-write"])
    sandbox.click(opener)
    offered = sandbox.locator(f"{place} [data-as-curl]")
    expect(offered).to_be_hidden()
    sandbox.click(press)
    expect(offered).to_be_in_viewport()
    offered.get_by_role("button", name="Copy as curl").click()
    expect(offered).to_contain_text("Copied")
    command = sandbox.evaluate("() => navigator.clipboard.readText()")
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, timeout=30)
    assert f" {expected} " in done.stdout.splitlines()[0], done.stdout
