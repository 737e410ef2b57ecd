"""Lines that ran: what the interpreter passed through, of the functions asked for, and nothing else."""

import inspect
import sys

import pytest

from playground.company.commands import SaveProfile
from playground.company.errors import EmailTaken
from playground.company.services import users
from playground.flow.records import MAX_BYTES, encode
from playground.testing import Town

pytestmark = pytest.mark.django_db
SAVE = "playground.company.services.users.save_profile"
ADA = SaveProfile(1, "Ada Okafor", "ada@example.com", "Leeds")


def lines_of(town: Town, name: str = SAVE) -> set[int]:
    return {
        line
        for record in town.records
        if record.name == "LinesRan"
        for line in record.data["lines"].get(name, [])
    }


def line(text: str) -> int:
    rows, first = inspect.getsourcelines(users.save_profile)
    return first + next(i for i, row in enumerate(rows) if text in row)


def watch(town: Town, *names: str) -> None:
    town.playground.watched = list(names)
    town.playground.watched_until = town.clock.now() + 60
    town.playground.save()


def test_nobody_watching_nothing_is_traced() -> None:
    town = Town()
    town.ask(ADA)

    assert not lines_of(town)


def test_the_lines_that_a_call_passed_through_are_recorded_and_no_others() -> None:
    town = Town()
    watch(town, SAVE)
    town.ask(ADA)

    assert line("work.save_user") in lines_of(town)
    assert line("raise EmailTaken") not in lines_of(town)
    names = {n for r in town.records if r.name == "LinesRan" for n in r.data["lines"]}
    assert names == {SAVE}


def test_a_refusal_shows_where_it_ended() -> None:
    town = Town()
    watch(town, SAVE)
    with pytest.raises(EmailTaken):
        town.ask(SaveProfile(1, "Ada", "ben@example.com", "Leeds"))

    assert line("raise EmailTaken") in lines_of(town)
    assert line("work.save_user") not in lines_of(town)


def test_lines_of_the_messaging_code_are_recorded_in_a_worker() -> None:
    town = Town()
    complete = "playground.messaging.processing.Processing._complete"
    town.choose(styles={"gateway->users": "text"})
    watch(town, SAVE, complete)
    town.ask(ADA)
    town.serve_all()

    assert lines_of(town) and lines_of(town, complete)
    run = town.records[0].run or town.records[-1].run
    assert all(r.run == run for r in town.records if r.name == "LinesRan")


def test_a_trace_function_of_somebody_else_is_put_back() -> None:
    town = Town()
    watch(town, SAVE)

    def mine(*_: object) -> None: ...

    before = sys.gettrace()
    sys.settrace(mine)  # type: ignore[arg-type]
    try:
        town.ask(ADA)
        assert sys.gettrace() is mine
    finally:
        sys.settrace(before)


def test_a_record_of_lines_fits_into_a_record() -> None:
    town = Town()
    watch(
        town,
        "playground.messaging.consumer._handle",
        "playground.messaging.processing.Processing._complete",
        SAVE,
    )
    town.choose(styles={"gateway->users": "text"})
    town.ask(ADA)
    town.serve_all()

    told = [encode(r) for r in town.records if r.name == "LinesRan"]
    assert told and all(b'"cut"' not in text and len(text) < MAX_BYTES for text in told)
