"""A learner in a browser: walks a lesson from its first step to its last."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from playwright.sync_api import Locator, Page, expect

from lessons.course import Lesson
from lessons.directives import (
    Asked,
    AskedChoice,
    AskedLedger,
    AskedNumber,
    AskedOrder,
    Code,
    Directive,
    Run,
    SecondCase,
    Task,
    Transfer,
    Verdict,
)

from .by_mouse import Mouse
from .stack import until

RUN_PATIENCE_S = 150
# In one script: the picture may go on by itself between a check and a click.
GO_ON = """() => {
  const goOn = document.querySelector('[data-go-on]');
  const held = goOn && document.querySelector('.stage .run-caption').innerText;
  goOn?.click();
  return held;
}"""
SURE = "4"  # certain


class Walker:
    """Does every step of a lesson in order. Guesses as the test says, or anything else.

    `page` has the lesson open, with the picture drawn and the socket live.
    """

    def __init__(self, page: Page, lesson: Lesson, guesses: Mapping[str, Any]) -> None:
        self.page, self.lesson, self._guesses = page, lesson, guesses
        self.mouse = Mouse(page)
        self.held: list[str] = []  # the captions at which the picture stopped

    def warm_up(self) -> int:
        """Answer every question from earlier lessons; each shows its reason. Returns how many."""
        cards = self.page.locator(".warm-up .card")
        for n in range(cards.count()):
            card = cards.nth(n)
            card.locator("[name=choice]").first.check(force=True)
            card.get_by_role("button", name="Answer").click()
            expect(card.locator(".why")).to_be_visible()
        return cards.count()

    def guess_once(self) -> None:
        """Make one guess, so that the visitor becomes a learner."""
        self._answer(self.lesson.all_of(Asked)[0])

    def walk(self, then: Callable[[Directive], None] = lambda step: None) -> None:
        """Do all steps but the tasks. Fails if a step does not do what it should.

        `then` is called after each step that was done.
        """
        for step in self.lesson.all_of(Directive):
            match step:
                case Asked():
                    self._answer(step)
                case Run():
                    self._run(step)
                case Verdict():
                    expect(self._verdict(step.run)).to_contain_text("Measured:")
                    self._went_as_intended(self._verdict(step.run))
                case Code() if step.run:
                    self._read(step)
                case Transfer():
                    self._decide(step)
                case _:
                    pass
            then(step)

    def _went_as_intended(self, step: Locator) -> None:
        """Nothing has interfered with the run, and each claim of the lesson holds of it."""
        other = step.locator(".disturbed, .moral.broken, .moral.unmeasured")
        assert not other.count(), other.all_inner_texts()

    def do(self, task: str, play: Callable[[], None]) -> None:
        """Do something, and check that the page marks the task as done."""
        step = self.lesson.directive(Task, task)
        assert step, task
        place = self._step(task)
        expect(place).not_to_have_attribute("data-done", "")
        play()
        until(lambda: place.get_attribute("data-done") is not None, f"{task} ticked", 60)

    def measured(self, asked: str) -> str:
        """What the verdict shows as measured for this guess or observation."""
        step = next(a for a in self.lesson.all_of(Asked) if a.id == asked)
        line = self._verdict(step.run).locator("li", has_text=_plain(step.question))
        return line.locator(".found").inner_text()

    def measured_number(self, asked: str) -> float:
        """In milliseconds, if it is a time."""
        found = re.match(r"(-?[\d.]+)( s)?", self.measured(asked))
        assert found, asked
        return float(found[1]) * (1000 if found[2] else 1)

    def missed(self, asked: str) -> bool:
        step = next(a for a in self.lesson.all_of(Asked) if a.id == asked)
        line = self._verdict(step.run).locator("li", has_text=_plain(step.question))
        return "miss" in (line.get_attribute("class") or "")

    def compared(self, case: str) -> dict[str, tuple[str, str]]:
        """The table of a second case: by measure, before and now."""
        rows = self._step(case).locator("table.compared tbody tr")
        texts = rows.evaluate_all("(all) => all.map((r) => [...r.cells].map((c) => c.innerText))")
        return {says: (before, now) for says, before, now in texts}

    def api(self, method: str, path: str, body: Any = None) -> Any:
        """Send a request as the page's panels do."""
        return self.page.evaluate(
            """async ([method, path, body]) => {
              const token = JSON.parse(document.body.getAttribute('hx-headers:inherited'));
              const headers = { ...token, 'Content-Type': 'application/json' };
              const answer = await fetch(path, { method, headers, body: body && JSON.stringify(body) });
              return answer.status === 204 ? null : answer.json();
            }""",
            [method, path, body],
        )

    def _step(self, id: str) -> Locator:
        return self.page.locator(f"#step-{id}")

    def _verdict(self, run: str) -> Locator:
        return self._step(f"verdict-{run}")

    def _answer(self, step: Asked) -> None:
        place = self._step(step.id)
        self._fill(place, step)
        if step.kind_of_step == "predict":
            _choose(place.locator(f"[name=confidence][value='{SURE}']"))
        place.get_by_role("button", name=re.compile("Submit my")).click()
        expect(place.locator(".kept")).to_be_visible()

    def _fill(self, place: Locator, step: Asked) -> None:
        guess = self._guesses.get(step.id)
        match step:
            case AskedNumber():
                place.locator("[name=value]").fill(
                    str(min(100, int(step.max or 100)) if guess is None else guess)
                )
            case AskedChoice():
                value = step.options[0].value if guess is None else guess
                _choose(place.locator(f"[name=value][value='{value}']"))
            case AskedOrder():
                for n, item in enumerate(step.items, 1):
                    place.locator(f"[name='place.{item.value}']").select_option(str(n))
            case AskedLedger():
                for effect in step.effects:
                    guessed = (guess or {}).get(effect.key, 0)
                    place.locator(f"[name='{effect.key}']").fill(str(guessed))

    def _run(self, step: Run) -> None:
        place = self._step(step.id)
        go = place.locator("[data-run-go]")
        expect(go).to_be_enabled()
        go.click()
        until(lambda: self._is_over(place), f"{step.id} has been measured", RUN_PATIENCE_S)
        assert place.locator("[data-run-problem]").is_hidden(), place.inner_text()
        if isinstance(step, SecondCase):
            expect(place.locator("table.compared")).to_be_visible()
            place.locator("details.answer summary").click()
            self._went_as_intended(place)

    def _is_over(self, place: Locator) -> bool:
        """Continue wherever the picture stops."""
        if held := self.page.evaluate(GO_ON):
            self.held.append(held)
        says = place.locator("[data-run-says]").inner_text()
        problem = place.locator("[data-run-problem]")
        return "has been measured" in says or problem.is_visible()

    def _read(self, step: Code) -> None:
        expect(self._step(anchor_of(step) or "")).to_contain_text(
            f"def {step.symbol.rpartition('.')[2]}"
        )

    def _decide(self, step: Transfer) -> None:
        place = self._step(step.id)
        _choose(place.locator(f"[name=value][value='{step.expert}']"))
        place.locator("textarea").fill("Because somebody has to wait for it, or nobody has.")
        place.get_by_role("button", name="Compare with an expert").click()
        expect(place.locator(".expert")).to_be_visible()


def anchor_of(step: Directive) -> str | None:
    """The id of this step's element on the page; None if it has none."""
    match step:
        case Verdict():
            return f"verdict-{step.run}"
        case Code():
            return f"code-{step.symbol.replace('.', '-').replace('_', '-').lower()}"
        case Asked() | Run() | Transfer() | Task():
            return step.id
        case _:
            return None


def _choose(radio: Locator) -> None:
    """Above the sheet with the picture, where there is one."""
    radio.evaluate("(it) => it.scrollIntoView({ block: 'center' })")
    radio.check(force=True)  # its label covers it


def _plain(markdown: str) -> str:
    """The beginning of a text, up to a character that typesetting changes: enough to find it."""
    return re.split(r"['\"…(]", markdown)[0].strip()
