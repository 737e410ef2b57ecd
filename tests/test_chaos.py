"""A short chaos run: no accepted order is lost or doubled. `make chaos` runs longer."""

import pytest

from .chaos import COLUMNS, VICTIMS, Outcome, chaos, main, planned, report
from .stack import Stack


def test_the_production_preset_ends_with_an_exact_ledger_after_kills(own_stack: Stack) -> None:
    outcome = chaos(own_stack.start(), orders=80, rate=20, seed=9, kills=3)
    assert {kill.split()[0] for kill in outcome.killed} == set(VICTIMS), (
        "not every process was killed"
    )
    assert outcome.accepted == outcome.offered
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


def an_outcome(**counts: int) -> Outcome:
    row = dict.fromkeys((*COLUMNS, "unasked"), 0)
    return Outcome(300, 299, ["web at 1.0 s"], {"EmailSent": row | counts, "Other": row}, 7.25)


def test_the_report_shows_lost_doubled_and_the_time_to_recover() -> None:
    text = "\n".join(report(an_outcome(lost=3, doubled=2, unasked=1)))
    assert "killed: web at 1.0 s" in text
    assert "299 of 300 accepted" in text
    for line in ("lost: 3", "doubled: 2", "pending: 0", "dead: 0", "unasked: 1"):
        assert line in text
    assert "time to recover: 7.2 s" in text


@pytest.mark.parametrize("column", COLUMNS)
def test_only_a_ledger_without_differences_is_exact(column: str) -> None:
    assert an_outcome(unasked=1).is_exact, "an answer that was lost has promised nothing"
    assert not an_outcome(**{column: 1}).is_exact


def test_make_chaos_prints_the_report_and_fails_unless_the_ledger_is_exact(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    runs: list[dict[str, object]] = []
    monkeypatch.setattr(Stack, "start", lambda self: self)
    monkeypatch.setattr(Stack, "stop", lambda self: 0)
    monkeypatch.setattr("sys.argv", ["chaos", "--seed", "5"])
    for outcome, code in ((an_outcome(), 0), (an_outcome(lost=1), 1)):
        monkeypatch.setattr(
            "tests.chaos.chaos", lambda stack, o=outcome, **options: runs.append(options) or o
        )
        with pytest.raises(SystemExit) as end:
            main()
        assert end.value.code == code
        assert capsys.readouterr().out.splitlines() == report(outcome)
    assert runs[0] == {"orders": 300, "rate": 20, "seed": 5, "kills": 6}
