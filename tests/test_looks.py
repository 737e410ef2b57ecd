"""What a page looks like where it is easily overlooked: on a phone, in the dark, in colours that the system chooses."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from .conftest import Visitor, ready
from .stack import Stack

# Left out: the picture of the company and the marks of the time-space diagram. There, place and length mean
# something; the tabs List and Time's table have the same in words.
SMALL = """() => {
  const drawn = '.diagram, .spacetime [data-part]';
  const isSeen = (e) => e.checkVisibility({ opacityProperty: true, visibilityProperty: true });
  const isCut = (e) => !!e && (getComputedStyle(e).clipPath === 'inset(50%)' || isCut(e.parentElement));
  const called = (e) => `${e.localName}.${e.getAttribute('class') ?? ''} “${(e.ariaLabel ?? e.textContent).trim().slice(0, 40)}”`;
  const found = new Set();
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let text = texts.nextNode(); text; text = texts.nextNode()) {
    const e = text.parentElement;
    if (!text.data.trim() || e.closest(`${drawn}, script, noscript, title, desc, option`) || !isSeen(e) || isCut(e)) continue;
    const scale = e.ownerSVGElement ? Math.hypot(e.getScreenCTM().b, e.getScreenCTM().d) : 1;
    const size = parseFloat(getComputedStyle(e).fontSize) * scale;
    if (size > 0 && size < 11.9) found.add(`${size.toFixed(1)} px: ${called(e)}`);
  }
  for (const e of document.querySelectorAll('a[href], button, input, select, textarea, summary, label:has(input), [role=button], [role=option]')) {
    if (e.closest(drawn) || e.matches('label input, .skip') || e.disabled || !isSeen(e) || isCut(e)) continue;
    const isInSentence = getComputedStyle(e).display === 'inline' && e.closest('p, li, dd, td, small');
    const { width, height } = e.getBoundingClientRect();
    if (width && !isInSentence && Math.min(width, height) < 23.9) found.add(`${width.toFixed()}×${height.toFixed()}: ${called(e)}`);
  }
  return [...found];
}"""

# How an element is told from its like, other than by colour
TOLD = """(e) => ['', '::before', '::after'].map((part) => {
  const s = getComputedStyle(e, part || null);
  const sides = ['Top', 'Left'].map((side) => `${s[`border${side}Width`]} ${s[`border${side}Style`]}`);
  return [s.content, s.fontWeight, s.textDecorationLine, s.inset, s.outlineStyle === 'none' ? '' : `${s.outlineWidth} ${s.outlineStyle}`, ...sides].join('; ');
}).join(' | ')"""

CONTRAST = """(e) => {
  const own = getComputedStyle(e);
  const numbers = (colour) => colour.match(/[\\d.]+/g).slice(0, 3).map(Number);
  const light = (colour) => numbers(colour).map((c) => c / 255)
    .map((c) => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const shape = e.querySelector('.label-container path, .label-container');
  const text = e.querySelector('text');
  const [on, ink] = shape ? [getComputedStyle(shape).fill, getComputedStyle(text).fill] : [own.backgroundColor, own.color];
  const [a, b] = [light(on), light(ink)].sort((x, y) => y - x);
  return { on: numbers(on), contrast: (a + 0.05) / (b + 0.05) };
}"""


def assert_nothing_is_small(page: Page, where: str) -> None:
    found = page.evaluate(SMALL)
    assert not found, f"{where}:\n" + "\n".join(found)


@pytest.fixture
def phone(visitor: Visitor, stack: Stack) -> Page:
    return visitor.open(f"{stack.url}/", width=390, height=844, has_touch=True)


def order(page: Page) -> None:
    """Place an order, and wait until the customer has the answer."""
    ready(page)
    page.locator(".act[data-key='3']").dispatch_event("click")
    page.wait_for_selector("[data-node=customer].has-answer")


def answers_only(page: Page) -> None:
    page.fill("[data-log-search]", "kind:response")
    page.locator(".events .row.answer").scroll_into_view_if_needed()


@pytest.mark.parametrize(
    "path",
    ["", "course/", "review/", "progress/", "glossary/", "search/?q=order", "no-such-page/"],
)
def test_on_a_phone_no_text_and_no_target_of_a_page_is_small(
    phone: Page, stack: Stack, path: str
) -> None:
    phone.goto(f"{stack.url}/{path}")
    assert_nothing_is_small(phone, path)
    phone.click(".menu")
    assert_nothing_is_small(phone, f"{path} with its menu")


def test_on_a_phone_nothing_of_a_lesson_is_small(phone: Page, stack: Stack) -> None:
    phone.goto(stack.lesson_url)
    order(phone)
    assert_nothing_is_small(phone, "the lesson")


def test_on_a_phone_nothing_of_the_sandbox_is_small(phone: Page, stack: Stack) -> None:
    phone.goto(stack.playground_url)
    order(phone)
    for action in ("p-profile", "p-register", "p-order"):
        phone.click(f"[aria-controls={action}]")
        assert_nothing_is_small(phone, action)
    for tab in phone.locator("[role=tab]").all():
        tab.click()
        expect(phone.locator("[role=tabpanel][data-css]:visible")).to_have_count(0)
        assert_nothing_is_small(phone, tab.inner_text())
    for drawer in ("breaker", "designer", "twin"):
        phone.evaluate("(id) => document.getElementById(id).showPopover()", drawer)
        expect(phone.locator(f"#{drawer}")).to_be_visible()
        assert_nothing_is_small(phone, drawer)
        phone.keyboard.press("Escape")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_in_both_themes_one_yellow_means_that_the_customer_has_the_answer(
    visitor: Visitor, stack: Stack, scheme: str
) -> None:
    page = visitor.open(stack.playground_url, color_scheme=scheme)
    order(page)
    answers_only(page)
    for place in (".events .answer", "[data-node=customer].has-answer"):
        seen: Any = page.locator(place).first.evaluate(CONTRAST)
        assert seen["on"] == [255, 228, 94], place
        assert seen["contrast"] >= 4.5, place


def test_names_are_shown_in_the_font_in_which_their_boxes_were_measured(sandbox: Page) -> None:
    assert sandbox.evaluate("() => document.fonts.check('560 16px Inter')")
    frame = sandbox.frame(url="**/mermaid-frame/")
    assert frame and frame.evaluate("() => document.fonts.check('560 16px Inter')")
    too_wide = sandbox.locator(".topo .node").evaluate_all(
        """(nodes) => nodes.filter((node) => {
          const room = node.querySelector('.label-container, path, .basic').getBoundingClientRect();
          return node.querySelector('text').getBoundingClientRect().width > room.width - 4;
        }).map((node) => node.textContent)"""
    )
    assert not too_wide


PAIRS = {
    "a tab": (".seg [role=tab][aria-selected=true]", ".seg [role=tab][aria-selected=false]"),
    "the theme": (".theme label:has(:checked)", ".theme label:has(input:not(:checked))"),
    "a switch of the log": (".forms [aria-pressed=true]", ".forms [aria-pressed=false]"),
    "the answer in the log": (".events .row.answer", ".events .row:not(.answer)"),
}


def test_where_the_system_chooses_the_colours_what_is_chosen_is_told_without_them(
    visitor: Visitor, stack: Stack
) -> None:
    page = visitor.open(stack.playground_url, forced_colors="active")
    order(page)
    answers_only(page)
    for what, places in PAIRS.items():
        chosen, other = (page.locator(place).first.evaluate(TOLD) for place in places)
        assert chosen != other, what


# Each line: states of one thing that differ from each other. (Markup as in the templates.)
STATES = [
    [f"<p class=live data-connection data-state={state}><i></i></p>" for state in ("live", "away", "closed")],
    [f"<ol class=map><li data-state={state}><a><i class=n></i></a></li></ol>" for state in ("new", "begun", "done")],
    [f"<nav class=steps><a class={state}></a></nav>" for state in ("new", "done")] + ["<nav class=steps><a aria-current=page></a></nav>"],
    [f"<div class='answer options'><label><input type=radio {state}></label></div>" for state in ("", "checked")],
    [f"<ul class=lines><li class='{state}'></li></ul>" for state in ("right", "miss", "miss sure")],
    [f"<div class='moral {state}'></div>" for state in ("", "broken", "unmeasured")] + ["<div class=disturbed></div>"],
    [f"<ol class=plan><li data-state={state}></li></ol>" for state in ("next", "now", "done")],
    [f"<div class=task {state}><i class=tick></i></div>" for state in ("", "data-done")],
]  # fmt: skip


def test_where_the_system_chooses_the_colours_every_state_is_told_without_them(
    visitor: Visitor, stack: Stack
) -> None:
    page = visitor.open(stack.lesson_url, forced_colors="active")
    ready(page)
    page.evaluate(
        """(names) => Promise.all(names.map((name) => new Promise((onload, onerror) => document.head.append(
          Object.assign(document.createElement('link'), { rel: 'stylesheet', href: `/static/css/${name}.css`, onload, onerror })))))""",
        ["components/map", "pages/run", "pages/steps", "pages/verdict"],
    )
    for states in STATES:
        told = page.evaluate(
            f"""(states) => {{
              const place = document.querySelector('.rest').appendChild(document.createElement('div'));
              const told = {TOLD};
              return states.map((html) => {{
                place.innerHTML = html;
                return [...place.querySelectorAll('*')].map(told).join('\\n');
              }});
            }}""",
            states,
        )
        assert len(set(told)) == len(states), f"{states} look alike"
