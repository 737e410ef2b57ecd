"""The pages around the lessons, in a real browser."""

import gzip
import sqlite3
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from lessons.course import lessons
from lessons.samples import write_lesson

from .conftest import Visitor, ready
from .stack import Stack
from .test_accessibility import assert_clean


@pytest.fixture(scope="module")
def school(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A stack with two small lessons besides the real ones."""
    folder = tmp_path_factory.mktemp("samples")
    write_lesson(folder, 101)
    write_lesson(folder, 102)
    data = tmp_path_factory.mktemp("school")
    stack = Stack(data, settings={"LESSON_FOLDERS": str(folder)}).start()
    yield stack
    stack.stop()


LESSONS = [f"/lessons/{lesson.slug}/" for lesson in lessons()]


@pytest.mark.parametrize(
    ("path", "width"),
    [*((path, 1440) for path in ("/", "/sandbox/", *LESSONS)), ("/", 390), (LESSONS[0], 390)],
)
def test_the_first_load_of_a_page_is_small(
    visitor: Visitor, stack: Stack, path: str, width: int
) -> None:
    page = visitor.open("about:blank", width=width)
    weights: dict[str, int] = {}

    def weigh(response: Any) -> None:
        url = response.url.split("?")[0]
        if url.endswith((".js", ".css")) and "/vendor/" not in url:
            weights[url.split("/static/")[-1]] = len(gzip.compress(response.body(), 9))

    page.on("response", weigh)
    page.goto(stack.url + path)
    ready(page)
    if path == "/lessons/the-rush/":  # this lesson sets its own design
        expect(page.locator("[data-log-empty]")).to_have_text("The design was changed.")
    page.wait_for_load_state("networkidle")

    assert len(weights) > 20, weights
    assert sum(weights.values()) <= 100 * 1024, weights


def learn(page: Page, school: Stack) -> None:
    page.goto(f"{school.url}/lessons/sample-101/")
    ready(page)
    page.get_by_label("Call it").check()
    page.get_by_label("Because").fill("they wait")
    page.get_by_role("button", name="Compare with an expert").click()
    expect(page.get_by_text("An expert would say the same.")).to_be_visible()


def two_days_go_by(school: Stack) -> None:
    """Move all guesses and answers two days into the past."""
    with sqlite3.connect(school.data_dir / "inflight.sqlite3", timeout=10) as database:
        for table in ("lessons_said", "lessons_lessonvisit", "lessons_answer"):
            database.execute(f"UPDATE {table} SET at = datetime(at, '-49 hours')")


@pytest.mark.parametrize("width", [1440, 390])
def test_a_first_visitor_presses_and_sees_the_answer(
    visitor: Visitor, school: Stack, width: int
) -> None:
    page = visitor.open(school.url, width=width)
    button = page.get_by_role("button", name="Place order").first
    expect(button).to_be_in_viewport()

    button.click()

    expect(page.locator("[data-story-lines] .answer")).to_contain_text("202")
    expect(page.locator("[data-story-lines]")).to_contain_text(
        "Dispatch: courier assigned", timeout=20_000
    )
    expect(page.locator("[data-story-lines]")).to_contain_text("later")
    expect(page.get_by_role("link", name="Start with lesson 1")).to_be_visible()
    assert page.evaluate("() => document.documentElement.scrollWidth") <= width


def test_a_resume_code_brings_the_progress_to_another_browser(
    visitor: Visitor, school: Stack
) -> None:
    laptop, phone = visitor.open(school.url), visitor.open(f"{school.url}/progress/", width=390)
    learn(laptop, school)
    laptop.goto(f"{school.url}/progress/")
    code = laptop.get_by_label("Your resume code").inner_text()

    phone.get_by_label("Your code", exact=True).fill(code)
    phone.get_by_role("button", name="Continue here").click()

    expect(phone.get_by_label("Your resume code")).to_have_text(code)
    phone.goto(f"{school.url}/course/")
    expect(phone.locator("[data-state=done]")).to_contain_text("Sample 101")


@pytest.mark.parametrize("script", [True, False])
def test_a_question_comes_back_after_two_days(
    visitor: Visitor, school: Stack, script: bool
) -> None:
    teacher = visitor.open(school.url)
    learn(teacher, school)
    teacher.goto(f"{school.url}/progress/")
    code = teacher.get_by_label("Your resume code").inner_text()
    page = visitor.open(f"{school.url}/progress/", java_script_enabled=script)
    page.get_by_label("Your code", exact=True).fill(code)
    page.get_by_role("button", name="Continue here").click()
    page.goto(f"{school.url}/review/")
    expect(page.get_by_text("Nothing is due.")).to_be_visible()

    two_days_go_by(school)
    page.reload()
    expect(page.get_by_text("2 questions due")).to_be_visible()
    card = page.locator("[id='card-sample-101.q1']")
    card.get_by_label("It is not").check()
    card.get_by_role("button", name="Answer").click()

    expect(card).to_contain_text("Because of 1.")
    expect(card).to_contain_text("asked again in two days")


@pytest.mark.parametrize("path", ["/course/", "/lessons/sample-101/"])
def test_the_key_slash_finds_a_word_from_any_page(
    visitor: Visitor, school: Stack, path: str
) -> None:
    page = visitor.open(f"{school.url}{path}")
    page.wait_for_load_state("load")

    page.keyboard.press("/")
    page.keyboard.type("penguins")
    page.keyboard.press("Enter")

    expect(page.get_by_text("2 results for")).to_be_visible()
    expect(page.locator("mark").first).to_have_text("penguins")
    page.get_by_role("link", name="About Sample 102").click()
    expect(page.locator("h1")).to_have_text("Sample 102")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(visitor: Visitor, school: Stack, scheme: str) -> None:
    page = visitor.open(school.url, color_scheme=scheme, bypass_csp=True)  # axe is injected
    ready(page)
    page.click(".big")
    expect(page.locator("[data-story-lines]")).to_contain_text("courier assigned", timeout=20_000)
    page.wait_for_selector(".dot", state="detached")
    assert_clean(page)
    learn(page, school)
    two_days_go_by(school)
    for path in (
        "/course/", "/review/", "/progress/", "/progress/summary/", "/progress/forget/",
        "/glossary/", "/search/?q=queue", "/lessons/sample-102/",
    ):  # fmt: skip
        page.goto(f"{school.url}{path}")
        assert_clean(page)
    page.goto(f"{school.url}/sandbox/")
    ready(page)
    assert_clean(page)
    page.set_viewport_size({"width": 390, "height": 844})
    page.click(".menu")
    assert_clean(page)


def test_on_paper_the_summary_is_what_the_learner_said_and_no_buttons(
    visitor: Visitor, school: Stack
) -> None:
    page = visitor.open(f"{school.url}/course/", color_scheme="dark")
    learn(page, school)
    page.goto(f"{school.url}/progress/summary/")
    expect(page.locator(".top")).to_be_visible()
    page.emulate_media(media="print")
    expect(page.locator(".top")).to_be_hidden()
    assert page.locator("button:visible").count() == 0
    expect(page.get_by_text("they wait")).to_be_visible()
    paper = page.evaluate("() => getComputedStyle(document.body).backgroundColor")
    assert paper == "rgb(255, 255, 255)"


@pytest.mark.parametrize("width", [390, 1024, 1280])
def test_no_page_is_wider_than_its_window(visitor: Visitor, school: Stack, width: int) -> None:
    page = visitor.open(f"{school.url}/course/")
    learn(page, school)
    page.set_viewport_size({"width": width, "height": 800})
    for path in (
        "/course/",
        "/progress/",
        "/progress/summary/",
        "/glossary/",
        "/sandbox/",
        "/search/?q=queue",
        "/lessons/nobody-answers/",  # with a wide table
        "/instructor/",
    ):
        page.goto(f"{school.url}{path}")
        assert page.evaluate("() => document.documentElement.scrollWidth") <= width, path
        beyond = "(parts) => parts.filter((it) => it.scrollWidth > it.clientWidth).length"
        assert page.locator(".play").evaluate_all(beyond) == 0, path


def test_the_sandbox_begins_with_a_known_design(visitor: Visitor, stack: Stack) -> None:
    page = visitor.open(stack.playground_url)
    ready(page)
    page.click("[data-begin-with='careless async']")
    expect(page.locator("[data-begun]")).to_have_text("From now on: careless async.")
    page.get_by_role("button", name="Design", exact=True).click()
    expect(page.locator("[data-choice=ack]")).to_have_value("early")
    expect(page.locator("[data-choice=outbox]")).not_to_be_checked()
