"""Line trace: records which lines of the watched functions ran, and no others."""

import inspect
import sys

import pytest

from playground.bounds import MAX_RECORD
from playground.company.commands import SaveProfile
from playground.company.errors import EmailTaken
from playground.company.services import users
from playground.flow.records import encode
from playground.testing import InMemoryPlayground

pytestmark = pytest.mark.django_db
SAVE = "playground.company.services.users.save_profile"
ADA = SaveProfile(1, "Ada Okafor", "ada@example.com", "Leeds")


def lines_of(shop: InMemoryPlayground, name: str = SAVE) -> set[int]:
    return {
        line
        for record in shop.records
        if record.name == "LinesRan"
        for line in record.data["lines"].get(name, [])
    }


def line(text: str) -> int:
    rows, first = inspect.getsourcelines(users.save_profile)
    return first + next(i for i, row in enumerate(rows) if text in row)


def watch(shop: InMemoryPlayground, *names: str) -> None:
    shop.playground.watched = list(names)
    shop.playground.watched_until = shop.clock.now() + 60
    shop.playground.save()


def test_without_a_watching_lesson_no_line_is_traced() -> None:
    shop = InMemoryPlayground()
    shop.ask(ADA)

    assert not lines_of(shop)


def test_only_the_lines_that_a_call_ran_are_recorded() -> None:
    shop = InMemoryPlayground()
    watch(shop, SAVE)
    shop.ask(ADA)

    assert line("work.save_user") in lines_of(shop)
    assert line("raise EmailTaken") not in lines_of(shop)
    names = {n for r in shop.records if r.name == "LinesRan" for n in r.data["lines"]}
    assert names == {SAVE}


def test_a_refusal_is_recorded_at_the_service_that_refused() -> None:
    shop = InMemoryPlayground()
    watch(shop, SAVE)
    with pytest.raises(EmailTaken):
        shop.ask(SaveProfile(1, "Ada", "ben@example.com", "Leeds"))

    assert line("raise EmailTaken") in lines_of(shop)
    assert line("work.save_user") not in lines_of(shop)


def test_lines_of_the_messaging_code_are_recorded_in_a_worker() -> None:
    shop = InMemoryPlayground()
    complete = "playground.messaging.processing.Processing._complete"
    shop.choose(styles={"gateway->users": "text"})
    watch(shop, SAVE, complete)
    shop.ask(ADA)
    shop.serve_all()

    assert lines_of(shop) and lines_of(shop, complete)
    run = shop.records[0].run or shop.records[-1].run
    assert all(r.run == run for r in shop.records if r.name == "LinesRan")


def test_an_earlier_trace_function_is_restored() -> None:
    shop = InMemoryPlayground()
    watch(shop, SAVE)

    def earlier_trace(*_: object) -> None: ...

    before = sys.gettrace()
    sys.settrace(earlier_trace)  # type: ignore[arg-type]
    try:
        shop.ask(ADA)
        assert sys.gettrace() is earlier_trace
    finally:
        sys.settrace(before)


def test_the_lines_of_a_long_function_fit_into_a_record() -> None:
    shop = InMemoryPlayground()
    watch(
        shop,
        "playground.messaging.processing.Processing.handle",
        "playground.messaging.processing.Processing._complete",
        SAVE,
    )
    shop.choose(styles={"gateway->users": "text"})
    shop.ask(ADA)
    shop.serve_all()

    encoded = [encode(r) for r in shop.records if r.name == "LinesRan"]
    assert encoded
    assert all(b'"cut"' not in text and len(text) < MAX_RECORD for text in encoded)
