"""What a lesson says of a run that was disturbed, given up or carried out in two tabs."""

import pytest
from playwright.sync_api import Page, expect

from playground.flow.records import TRAVELLING

from .conftest import Visitor, ask, ready
from .stack import Stack, until


@pytest.fixture
def lesson(visitor: Visitor, school: Stack) -> Page:
    page = visitor.open(f"{school.url}/lessons/two-rings/")
    ready(page)
    return page


VERDICT = "#step-verdict-slow"
SAYS = "#step-slow [data-run-says]"


def run(page: Page) -> None:
    page.locator("#step-slow").get_by_role("button", name="Run it", exact=False).last.click()


def active(page: Page) -> list[str]:
    return [fault["kind"] for fault in ask(page, "GET", "/api/playground")["faults"]]


def test_a_verdict_names_the_faults_of_the_instructor_and_claims_nothing_else(
    visitor: Visitor, school: Stack, lesson: Page
) -> None:
    teacher = visitor.open(school.manage("instructor_link"))
    teacher.get_by_role("button", name="Sign in").click()
    teacher.locator("select[name=kind]").select_option("errors")
    teacher.get_by_label("Target").select_option("users")
    teacher.get_by_role("button", name="Switch on for everyone").click()
    expect(teacher.locator(".now-on")).to_have_count(1)
    verdict = lesson.locator(VERDICT)
    try:
        run(lesson)
        lesson.click("[data-go-on]")
        expect(verdict).to_contain_text("Your run was disturbed", timeout=30_000)
    finally:
        teacher.get_by_role("button", name="Repair everything").click()
    expect(verdict).to_contain_text("Users: errors, switched on by the instructor, hit 1 request.")
    expect(verdict).to_contain_text("Ada got no answer from users this time.")
    expect(verdict).not_to_contain_text("Ada was told that it is saved")


def test_what_another_tab_has_switched_on_stays_on_and_is_named(
    visitor: Visitor, school: Stack, lesson: Page
) -> None:
    other = lesson.context.new_page()
    other.goto(f"{school.url}/sandbox/")
    ready(other)
    ask(other, "POST", "/api/playground/faults", {"kind": "errors", "target": "users"})
    run(lesson)
    lesson.click("[data-go-on]")
    verdict = lesson.locator(VERDICT)
    expect(verdict).to_contain_text(
        "Users: errors, switched on in another tab or by a script, hit 1 request.", timeout=30_000
    )
    assert active(other) == ["errors"]


def test_while_one_tab_carries_out_a_run_another_begins_none(school: Stack, lesson: Page) -> None:
    run(lesson)
    lesson.wait_for_selector("[data-go-on]")  # the picture has stopped, the run goes on
    other = lesson.context.new_page()
    other.goto(f"{school.url}/lessons/two-rings/")
    ready(other)
    run(other)
    problem = other.locator("#step-slow [data-run-problem]")
    expect(problem).to_contain_text("Another tab is in the middle of a run")
    lesson.click("[data-go-on]")
    expect(lesson.locator(SAYS)).to_contain_text("has been measured", timeout=30_000)
    run(other)
    expect(problem).to_be_hidden()


def test_a_run_ends_with_its_faults_when_its_page_is_reloaded(lesson: Page) -> None:
    run(lesson)
    until(lambda: active(lesson) == ["latency"], "its fault is on")
    lesson.reload()
    ready(lesson)
    expect(lesson.locator(SAYS)).to_contain_text("in the middle of this run, so it was ended")
    until(lambda: active(lesson) == [], "its fault is off")
    expect(lesson.locator(VERDICT)).to_contain_text("You get the verdict once you have run it.")


def test_a_run_can_be_stopped(lesson: Page) -> None:
    run(lesson)
    until(lambda: active(lesson) == ["latency"], "its fault is on")
    lesson.click("#step-slow [data-run-stop]")
    expect(lesson.locator("#step-slow [data-run-problem]")).to_contain_text("You have stopped it.")
    until(lambda: active(lesson) == [], "its fault is off")
    expect(lesson.locator("#step-slow [data-run-go]")).to_be_enabled()


def test_a_run_without_a_server_is_ended_when_it_is_there_again(lesson: Page) -> None:
    run(lesson)
    until(lambda: active(lesson) == ["latency"], "its fault is on")
    lesson.context.set_offline(True)
    lesson.click("#step-slow [data-run-stop]")
    problem = lesson.locator("#step-slow [data-run-problem]")
    expect(problem).to_contain_text("goes off when the server can be reached again")
    lesson.context.set_offline(False)
    until(lambda: active(lesson) == [], "its fault is off")


def test_the_verdict_waits_for_the_picture_unless_the_reader_skips_it(lesson: Page) -> None:
    run(lesson)
    lesson.wait_for_selector("[data-go-on]")
    skip = lesson.locator("#step-slow [data-run-skip]")
    skip.wait_for()
    expect(lesson.locator(VERDICT)).to_contain_text("You get the verdict once you have run it.")
    skip.click()
    expect(lesson.locator(VERDICT)).to_contain_text("Measured:")


def test_every_dot_of_a_run_that_flips_an_arrow_is_shown(visitor: Visitor, stack: Stack) -> None:
    page = visitor.open(f"{stack.url}/lessons/a-phone-call/")
    ready(page)
    page.evaluate(COUNT_DOTS)
    page.locator("#step-unheard [data-run-anyway]").click()
    for _ in range(2):  # its two stops
        page.click("[data-go-on]", timeout=30_000)
    expect(page.locator("#step-unheard [data-run-says]")).to_contain_text(
        "has been measured", timeout=30_000
    )
    records = ask(page, "GET", "/api/playground/records")["records"]
    travelling = {r["id"] for r in records if r["kind"] in TRAVELLING}
    assert len(travelling) > 4
    assert travelling == set(page.evaluate("[...window.dots]"))


# The ids of the records whose dots are put into the picture.
COUNT_DOTS = """() => {
  window.dots = new Set();
  new MutationObserver((changes) => {
    for (const { addedNodes } of changes) for (const node of addedNodes) {
      if (node.classList?.contains('dot')) window.dots.add(node.dataset.record);
    }
  }).observe(document.querySelector('[data-topology]'), { childList: true, subtree: true });
}"""
