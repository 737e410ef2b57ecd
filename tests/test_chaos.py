"""A short chaos run: no accepted order is lost or doubled. `make chaos` runs longer."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from .chaos import COLUMNS, DATABASE, VICTIMS, Outcome, chaos, main, planned, report
from .postgresql import Server, own_server, programs
from .stack import Stack


def test_the_production_preset_ends_with_an_exact_ledger_after_kills(own_stack: Stack) -> None:
    outcome = chaos(own_stack.start(), orders=80, rate=20, seed=9, kills=3)
    assert {kill.split()[0] for kill in outcome.killed} == set(VICTIMS), (
        "not every process was killed"
    )
    check(outcome)


def test_so_it_does_on_a_postgresql_whose_power_is_cut(own_stack: Stack) -> None:
    if programs() is None:
        pytest.skip("there is no PostgreSQL here (on Debian: apt install postgresql)")
    with own_server() as database:
        own_stack.settings["DATABASE_URL"] = database.url
        outcome = chaos(own_stack.start(), database, orders=60, rate=20, seed=22, kills=3)
        own_stack.stop()
    assert {kill.split()[0] for kill in outcome.killed} == {"postgresql", "web", "worker"}
    check(outcome)


def check(outcome: Outcome) -> None:
    assert outcome.accepted == outcome.offered
    assert outcome.is_good, outcome.answers
    for effect, row in outcome.rows.items():
        assert (row["lost"], row["doubled"], row["pending"], row["dead"]) == (0,) * 4, effect
    stored = outcome.rows["OrderStored"]
    assert stored["actual"] + stored["unasked"] == outcome.accepted


def test_the_same_seed_kills_the_same_processes_at_the_same_moments() -> None:
    plans = [planned(seed, seconds=15, kills=6) for seed in range(30)]
    assert plans == [planned(seed, seconds=15, kills=6) for seed in range(30)]
    assert len({tuple(plan) for plan in plans}) == 30, "two seeds gave the same kills"
    for plan in plans:
        moments = [kill.after_s for kill in plan]
        assert moments == sorted(moments)
        assert moments[0] >= 0.5 and moments[-1] <= 15
    assert {kill.victim for plan in plans for kill in plan} == set(VICTIMS)
    victims = (*VICTIMS, DATABASE)
    more = [planned(seed, seconds=15, kills=6, victims=victims) for seed in range(30)]
    assert {kill.victim for plan in more for kill in plan} == set(victims)


def an_outcome(**counts: int) -> Outcome:
    row = dict.fromkeys((*COLUMNS, "unasked"), 0)
    rows = {"EmailSent": row | counts, "Other": row}
    return Outcome(300, 299, Counter({202: 299, 503: 4}), ["web at 1.0 s"], rows, 7.25)


def test_the_report_shows_lost_doubled_and_the_time_to_recover() -> None:
    text = "\n".join(report(an_outcome(lost=3, doubled=2, unasked=1)))
    assert "killed: web at 1.0 s" in text
    assert "299 of 300 accepted" in text
    assert "answers: 299 x 202, 4 x 503" in text
    for line in ("lost: 3", "doubled: 2", "pending: 0", "dead: 0", "unasked: 1"):
        assert line in text
    assert "time to recover: 7.2 s" in text


@pytest.mark.parametrize("column", COLUMNS)
def test_only_a_ledger_without_differences_is_exact(column: str) -> None:
    assert an_outcome(unasked=1).is_exact, "an answer that was lost has promised nothing"
    assert not an_outcome(**{column: 1}).is_exact


def test_a_500_is_a_bug_although_the_ledger_is_exact() -> None:
    outcome = an_outcome()
    assert outcome.is_good
    outcome.answers[500] += 1
    assert outcome.is_exact and not outcome.is_good


def test_make_chaos_prints_the_report_and_fails_unless_the_ledger_is_exact(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    runs: list[dict[str, object]] = []
    monkeypatch.setattr(Stack, "start", lambda self: self)
    monkeypatch.setattr(Stack, "stop", lambda self: 0)
    monkeypatch.setattr("sys.argv", ["chaos", "--seed", "5"])
    for outcome, code in ((an_outcome(), 0), (an_outcome(lost=1), 1)):
        monkeypatch.setattr(
            "tests.chaos.chaos",
            lambda stack, database, o=outcome, **options: runs.append(options) or o,
        )
        with pytest.raises(SystemExit) as end:
            main()
        assert end.value.code == code
        assert capsys.readouterr().out.splitlines() == report(outcome)
    assert runs[0] == {"orders": 300, "rate": 20, "seed": 5, "kills": 6}


def test_make_chaos_on_postgresql_gives_the_product_the_server_that_it_kills(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    server = Server(Path(), Path(), 5)
    given: list[tuple[str, Server]] = []

    @contextmanager
    def a_server() -> Iterator[Server]:
        yield server

    def run(stack: Stack, database: Server, **_: object) -> Outcome:
        given.append((stack.settings["DATABASE_URL"], database))
        return an_outcome()

    monkeypatch.setattr("tests.chaos.programs", Path)
    monkeypatch.setattr("tests.chaos.own_server", a_server)
    monkeypatch.setattr(Stack, "start", lambda self: self)
    monkeypatch.setattr(Stack, "stop", lambda self: 0)
    monkeypatch.setattr("tests.chaos.chaos", run)
    monkeypatch.setattr("sys.argv", ["chaos", "--database", "postgresql"])
    with pytest.raises(SystemExit):
        main()
    assert given == [("postgres://inflight@127.0.0.1:5/postgres", server)]
