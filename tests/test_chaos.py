"""Chaos in short: nothing accepted is lost or doubled, whoever is killed. `make chaos` is longer."""

import pytest

from .chaos import chaos
from .stack import Stack


@pytest.mark.stack
def test_production_ends_with_an_exact_ledger_whatever_was_killed(own_stack: Stack) -> None:
    outcome = chaos(own_stack.start(), orders=80, rate=20, seed=3, kills=3)
    assert len(outcome.killed) == 3
    assert outcome.accepted == outcome.offered
    for effect, row in outcome.rows.items():
        assert (row["lost"], row["doubled"], row["pending"], row["dead"]) == (0,) * 4, effect
    stored = outcome.rows["OrderStored"]
    assert stored["actual"] + stored["unasked"] == outcome.accepted
