"""Reading a lesson: text beside the picture, explained terms, resuming at the last place."""

import pytest
from playwright.sync_api import Page, expect

from lessons.course.terms import terms

from .conftest import Visitor, ready
from .stack import Stack

LATE = "#step-tickets"


@pytest.fixture
def lesson(visitor: Visitor, stack: Stack) -> Page:
    page = visitor.open(stack.lesson_url)
    ready(page)
    return page


def go_to(page: Page, step: str) -> None:
    page.locator(step).evaluate(
        "(step) => scrollTo({ top: step.getBoundingClientRect().top + scrollY - 200 })"
    )


def top_of(page: Page, step: str) -> float:
    box = page.locator(step).bounding_box()
    assert box
    return box["y"]


def test_a_returning_reader_is_at_the_same_place(lesson: Page, stack: Stack) -> None:
    go_to(lesson, LATE)
    lesson.wait_for_function("() => localStorage.getItem('place:the-rush')")

    lesson.reload()
    ready(lesson)
    assert top_of(lesson, LATE) == pytest.approx(200, abs=3)
    lesson.goto(stack.playground_url)
    lesson.goto(stack.lesson_url)
    ready(lesson)
    assert top_of(lesson, LATE) == pytest.approx(200, abs=3)
    lesson.goto(f"{stack.url}/lessons/nobody-answers/")
    ready(lesson)
    assert lesson.evaluate("() => scrollY") == 0, "each lesson remembers its own place"
    go_to(lesson, ".go-on")
    lesson.wait_for_function("() => localStorage.getItem('place:nobody-answers')")


def test_the_picture_is_in_sight_beside_a_late_step(lesson: Page) -> None:
    go_to(lesson, LATE)
    expect(lesson.locator(LATE)).to_be_in_viewport()
    expect(lesson.locator(".topo")).to_be_in_viewport(ratio=0.99)
    step, picture = (lesson.locator(one).bounding_box() for one in (LATE, ".topo"))
    assert step and picture
    assert step["x"] + step["width"] < picture["x"], "the text is not beside the picture"


def test_a_focused_term_points_at_its_parts_of_the_picture(lesson: Page) -> None:
    queues = lesson.locator(".topo .kind-queue")
    pointed_at = lesson.locator(".topo .is-pointed-at")
    line = "(queue) => getComputedStyle(queue.querySelector('path, rect')).strokeWidth"
    before = queues.first.evaluate(line)
    word = lesson.locator(".rest .term[data-points-at=queues]").first
    word.focus()
    expect(pointed_at).to_have_count(queues.count())
    expect(lesson.locator(".topo .kind-queue.is-pointed-at")).to_have_count(queues.count())
    assert queues.first.evaluate(line) == "4px" != before
    word.evaluate("(word) => word.blur()")
    expect(pointed_at).to_have_count(0)
    assert queues.first.evaluate(line) == before


def test_a_clicked_term_shows_its_explanation(lesson: Page) -> None:
    bubble = lesson.locator("#term-says")
    for key in ("publish", "queue"):
        word = lesson.locator(f".rest .term[data-term={key}]").first
        word.click()
        expect(bubble).to_be_visible()
        expect(bubble).to_have_text(terms()[key].says)
        box, at = bubble.bounding_box(), word.bounding_box()
        assert box and at
        assert 0 <= box["y"] - (at["y"] + at["height"]) < 20, (
            "the explanation is not just below its word"
        )
    lesson.keyboard.press("Escape")
    expect(bubble).to_be_hidden()
