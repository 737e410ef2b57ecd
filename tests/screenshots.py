"""Take the screenshots of docs/screenshots.md from the running product.

python -m tests.screenshots     about ten minutes; writes docs/img and docs/screenshots.md
"""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import django
from playwright.sync_api import Browser, Page, expect, sync_playwright

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "webapp.settings")
django.setup()

from lessons import course  # noqa: E402
from lessons.directives import Asked, Code, Directive, Run, Verdict  # noqa: E402

from .browser import FLAGS, find_browser  # noqa: E402
from .conftest import ready  # noqa: E402
from .lesson_walk import Walker, anchor_of  # noqa: E402
from .stack import ROOT, Stack  # noqa: E402

PICTURES = ROOT / "docs" / "img"
PAGE = ROOT / "docs" / "screenshots.md"
LESSON = "nobody-answers"
SIZES = {1440: 900, 1024: 768, 390: 844}  # wide, narrow, phone; CSS pixels
WALKED = (1440, 390)
THEMES = ("light", "dark")
GUESSES = {"away-lost": {"actual.TicketPrinted": 3, "lost.TicketPrinted": 0}}

Shot = tuple[str, Path]  # what it shows, and where it is


def main() -> None:
    path = find_browser()
    if path is None:
        raise SystemExit("No Chromium on this machine; docs/screenshots.md says how it is made.")
    for old in PICTURES.glob("*.jpg"):
        old.unlink()
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        stack = Stack(Path(folder) / "data").start()
        browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        try:
            sandbox = list(_sandbox(browser, stack))
            walks = {width: list(_walk(browser, stack, width)) for width in WALKED}
        finally:
            browser.close()
            stack.stop()
    PAGE.write_text(_page(sandbox, walks))


def _sandbox(browser: Browser, stack: Stack) -> Iterator[Shot]:
    """An order on its way, in every size and theme, and then its time-space diagram."""
    for theme in THEMES:
        for width in SIZES:
            page = _open(browser, stack.playground_url, width, theme)
            page.click(".act[data-key='3']")
            expect(page.locator(".dot").first).to_be_attached()
            page.wait_for_timeout(1_200)
            yield _take(page, f"The sandbox, {width} px, {theme}", f"sandbox-{width}-{theme}")
            page.context.close()
    page = _open(browser, stack.playground_url, 1440, "light")
    page.click("#tab-time")
    page.click(".act[data-key='3']")
    expect(page.locator(".spacetime")).to_contain_text("Dispatch")
    page.wait_for_timeout(6_000)
    yield _take(page, "One order on the time-space diagram", "time-1440-light")
    page.context.close()


def _walk(browser: Browser, stack: Stack, width: int) -> Iterator[Shot]:
    """Every step of one lesson, after a learner has completed it."""
    lesson = course.find(LESSON)
    assert lesson
    page = _open(browser, f"{stack.url}/lessons/{LESSON}/", width, "light")
    shots: list[Shot] = [_take(page, "Where it begins", f"{LESSON}-00-begin-{width}")]

    def take(step: Directive) -> None:
        anchor = anchor_of(step)
        if anchor is None:
            return
        page.locator(f"#step-{anchor}").scroll_into_view_if_needed()
        page.evaluate("(id) => document.getElementById(id).scrollIntoView()", f"step-{anchor}")
        page.wait_for_timeout(400)
        name = f"{LESSON}-{len(shots):02}-{step.kind_of_step}-{width}"
        shots.append(_take(page, _says(step), name))

    walker = Walker(page, lesson, GUESSES)
    walker.walk(then=take)
    page.context.close()
    yield from shots


def _open(browser: Browser, url: str, width: int, theme: str) -> Page:
    size = {"width": width, "height": SIZES[width]}
    context = browser.new_context(
        viewport=size, color_scheme="dark" if theme == "dark" else "light"
    )
    page = context.new_page()
    page.goto(url)
    ready(page)
    return page


def _take(page: Page, says: str, name: str) -> Shot:
    path = PICTURES / f"{name}.jpg"
    page.screenshot(path=path, type="jpeg", quality=78)
    return says, path


def _says(step: Directive) -> str:
    match step:
        case Verdict():
            return "The verdict: the guess over what this run measured"
        case Asked():
            return f"{step.kind_of_step.capitalize()}: {step.question}"
        case Run():
            return f"Run: {step.label}"
        case Code():
            return f"The code that ran: {step.symbol}"
        case _:
            return step.kind_of_step.capitalize()


def _page(sandbox: list[Shot], walks: dict[int, list[Shot]]) -> str:
    lines = [
        "# What it looks like",
        "",
        "Taken from the running product by `python -m tests.screenshots`; nothing is drawn by hand.",
        "",
        "## The sandbox, while an order is on its way",
        "",
        *_images(sandbox),
        "",
        "## Lesson 5, step by step",
        "",
    ]
    lines += [f"| {' | '.join(f'{width} px' for width in walks)} |", "| --- " * len(walks) + "|"]
    for shots in zip(*walks.values(), strict=True):
        lines.append(f"| {' | '.join(_images(list(shots)))} |")
    return "\n".join(lines) + "\n"


def _images(shots: list[Shot]) -> list[str]:
    return [f"![{_quiet(says)}](img/{path.name})" for says, path in shots]


def _quiet(says: str) -> str:
    """Escaped for the text of an image in a table."""
    return says.translate(str.maketrans("[]|\n", "()/ "))


if __name__ == "__main__":
    main()
