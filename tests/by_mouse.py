"""What a learner does in a playground with the mouse alone: drawers, buttons, arrows."""

from typing import Any

from playwright.sync_api import Page, expect


class Mouse:
    """`page` shows a playground whose socket is live."""

    def __init__(self, page: Page) -> None:
        self._page = page

    def press(self, form: str, times: int = 1) -> None:
        """Press an action's button so many times, and wait for each answer."""
        button = self._page.locator(f".act[form={form}]")
        for _ in range(times):
            with self._page.expect_response(lambda answer: "/api/" in answer.url) as heard:
                button.click()
            heard.value.finished()

    def break_it(
        self, kind: str, target: str, *, ms: int | None = None, limit: int | None = None
    ) -> None:
        """Inject a fault with the form of the drawer *Break things*."""
        self._open("breaker")
        form = self._page.locator("[data-fault-form]")
        form.locator("[name=kind]").select_option(kind)
        form.locator("[name=target]").select_option(target)
        if ms is not None or limit is not None:
            form.locator("summary").click()
        if ms is not None:
            form.locator("[name=ms]").fill(str(ms))
        if limit is not None:
            form.locator("[name=limit]").fill(str(limit))
        with self._page.expect_response("**/api/playground/faults") as injected:
            form.get_by_role("button", name="Break it").click()
        assert injected.value.status == 201, injected.value.text()
        if ms is not None or limit is not None:
            form.locator("summary").click()
        self._close("breaker")

    def repair(self) -> None:
        self._open("breaker")
        with self._page.expect_response("**/api/playground/faults"):
            self._page.click("[data-repair]")
        self._close("breaker")

    def design(self, choices: dict[str, Any]) -> None:
        """Set controls of the drawer *Design*, by the path of the choice: `{"breaker.on": True}`."""
        self._open("designer")
        for path, value in choices.items():
            control = self._page.locator(f"[data-choice='{path}']")
            if isinstance(value, bool):
                control.set_checked(value)
            elif control.evaluate("(it) => it instanceof HTMLSelectElement"):
                control.select_option(value)
            else:
                control.fill(str(value))
                self._page.locator("#de-h").click()  # leaves the field
        expect(self._page.locator("[data-design-problem]")).to_be_hidden()
        self._close("designer")

    def flip(self, connection: str) -> None:
        """Press the handle of the arrow into the connection's receiver, then the button in its details.

        Of several such arrows, each is tried.
        """
        receiver = connection.partition("->")[2].replace("-", "_")
        flip = self._page.locator(f"[data-flip='{connection}']")
        for handle in self._page.locator(f".handle[data-handle$='__{receiver}']").all():
            handle.click()
            self._page.locator("#inspector:popover-open [data-inspector] > *").first.wait_for()
            if flip.count():
                with self._page.expect_response("**/api/playground/design"):
                    flip.click()
                self._close("inspector")
                return
            self._close("inspector")
        raise AssertionError(f"no arrow flips {connection}")

    def rush(self, *, action: str, rate: int, seconds: int) -> None:
        """Start a rush in its panel."""
        panel = self._page.locator("[data-rush]")
        if panel.is_hidden():
            self._page.click("[data-rush-open]")
        panel.locator("[name=action]").select_option(action)
        panel.locator("[name=rate]").fill(str(rate))
        panel.locator("[name=seconds]").fill(str(seconds))
        with self._page.expect_response("**/api/playground/rush"):
            panel.locator("[data-rush-go]").click()

    def _open(self, drawer: str) -> None:
        self._page.locator(f"[popovertarget={drawer}]").first.click()
        self._page.locator(f"#{drawer}:popover-open:not([data-css])").wait_for()

    def _close(self, drawer: str) -> None:
        self._page.locator(f"#{drawer} header [aria-label=Close]").click()
        self._page.locator(f"#{drawer}").wait_for(state="hidden")
