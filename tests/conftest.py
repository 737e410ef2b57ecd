from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from lessons.samples import example_lesson

from .browser import FLAGS, find_browser
from .stack import Stack


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """One running stack for all tests that do not change it."""
    stack = Stack(tmp_path_factory.mktemp("stack")).start()
    yield stack
    stack.stop()


@pytest.fixture
def own_stack(tmp_path: Path) -> Iterator[Stack]:
    """A stack for one test, not yet started."""
    stack = Stack(tmp_path / "data")
    yield stack
    if stack.process:
        stack.stop()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = find_browser()
    if path is None:
        pytest.skip("no Chromium: see the line that `make test` has printed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        yield browser
        browser.close()


class Visitor:
    """Opens pages, each in its own session. Errors in the browser's console fail the test."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._contexts: list[Any] = []
        self.complaints: list[str] = []

    def open(self, url: str, width: int = 1440, height: int = 900, **options: Any) -> Page:
        context = self._browser.new_context(viewport={"width": width, "height": height}, **options)
        context.set_default_timeout(15_000)
        self._contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", self._listen)
        page.goto(url)
        return page

    def _listen(self, message: Any) -> None:
        # Requests that a test has refused, and servers that it kills, are no errors; a violation
        # of the security policy is one.
        on_purpose = ("Failed to load resource", "WebSocket connection to")
        if message.type == "error" and not any(words in message.text for words in on_purpose):
            self.complaints.append(message.text)

    def close(self) -> None:
        for context in self._contexts:
            context.close()


@pytest.fixture
def visitor(browser: Browser) -> Iterator[Visitor]:
    visitor = Visitor(browser)
    yield visitor
    visitor.close()
    assert not visitor.complaints


@pytest.fixture(scope="module")
def school(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A product whose only lesson is the example of the manual."""
    folder: Path = tmp_path_factory.mktemp("lessons")
    (folder / "two-rings.md").write_text(example_lesson())
    settings = {"LESSON_FOLDERS": str(folder)}
    stack = Stack(tmp_path_factory.mktemp("school"), settings=settings).start()
    yield stack
    stack.stop()


@pytest.fixture
def sandbox(visitor: Visitor, stack: Stack) -> Page:
    """The sandbox page, once its picture is drawn and its socket is live."""
    page = visitor.open(stack.playground_url)
    ready(page)
    return page


def ready(page: Page) -> None:
    page.wait_for_selector(".topo [data-node=customer]")
    page.wait_for_selector("[data-connection][data-state=live]")


def ask(page: Page, method: str, path: str, body: Any = None) -> Any:
    """Send a request from the page, in its session, and return the JSON."""
    return page.evaluate(
        """async ([method, path, body]) => {
          const { call } = await import(document.querySelector('script[src*="js/start"]').src
            .replace(/start[^/]*$/, 'live/api.js'));
          return (await call(method, path, body ?? undefined)).data;
        }""",
        [method, path, body],
    )


@pytest.fixture
def instructor_link(stack: Stack) -> str:
    return stack.manage("instructor_link")
