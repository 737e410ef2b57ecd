"""Every fault with a real worker: its effect on calls, on texts and on the ledger.

All at once, each in a playground of its own, which is also a proof that they do not meet.
"""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from playground.company.topology import flippable
from playground.faults.catalogue import CATALOGUE, FaultKind

from .stack import ORDER, Script, Stack, until

ORDERS = 6
FAULT_S = 8
QUICK = {
    "service_time_ms": {"restaurant": 50, "notification": 30, "dispatch": 50, "payments": 30},
    "timeout_ms": 600,
}
# Targets at which the fault always hits an order; the others are put on notification.
KINDS = [kind for kind in FaultKind if kind is not FaultKind.SURGE]  # tested separately
TARGETS = {"broker_down": "broker", "crash": "orders", "rejection": "restaurant"}
# The caller's status if notification (for crash: orders) is called.
CALLS_FAIL = {
    "errors": 502, "hang": 504, "unreachable": 502, "throttled": 503, "reset": 502,
    "kill": 504, "poison": 502, "schema": 502, "crash": 502, "slow": 504, "latency": 504,
}  # fmt: skip
# If everything is called, no message is in a queue for these to hit.
QUEUES_ONLY = ("duplicate", "reorder", "loss", "ack_lost", "paused")
# The effects that the careless preset loses or doubles.
CARELESS_HURTS = {
    "errors": "lost", "throttled": "lost", "hang": "lost", "poison": "lost", "schema": "lost",
    "kill": "lost", "loss": "lost", "duplicate": "doubled",
}  # fmt: skip


@dataclass
class Trial:
    script: Script
    kind: str
    codes: list[int] = field(default_factory=list)

    @property
    def hits(self) -> int:
        """Records of hops that the fault has hit."""
        marked = [r for r in self.script.records() if r.get("fault", {}).get("kind") == self.kind]
        return sum(r["kind"] != "fault" for r in marked)  # "fault": it began, or it ended

    @property
    def rows(self) -> dict[str, dict[str, int]]:
        return self.script.ledger()


def begin(stack: Stack, kind: str, choices: dict[str, Any]) -> Trial:
    """Place orders in a playground with this design while this fault is on."""
    trial = Trial(stack.script(), kind)
    answer = trial.script("PATCH", "/api/playground/design", choices)
    assert answer.status_code == 200, answer.text
    fault = {"kind": kind, "target": TARGETS.get(kind, "notification"), "duration_s": FAULT_S}
    if CATALOGUE[FaultKind(kind)].default_ms:
        fault["ms"] = 1200
    assert trial.script("POST", "/api/playground/faults", fault).status_code == 201
    for _ in range(ORDERS):
        trial.codes.append(trial.script("POST", "/api/orders", ORDER).status_code)
    return trial


def for_each(stack: Stack, kinds: Any, choices: dict[str, Any]) -> dict[str, Trial]:
    """Run a trial per kind, a few at a time: there are two processors and one worker."""
    with ThreadPoolExecutor(6) as pool:
        trials = pool.map(lambda kind: begin(stack, kind, choices), [str(k) for k in kinds])
        return {trial.kind: trial for trial in trials}


def check_that_they_count(trials: dict[str, Trial], idle: Sequence[str] = ()) -> None:
    """Check that the fault hit something, and that orders were promised: else the trial proves nothing."""
    silent = {kind for kind, trial in trials.items() if not trial.hits}
    assert silent == set(idle)
    for kind, trial in trials.items():
        assert trial.rows["OrderStored"]["expected"] == trial.codes.count(202), kind


def wait_for(trials: dict[str, Trial], holds: Callable[[Trial], bool], seconds: float) -> None:
    gives_up_at = time.monotonic() + seconds
    waiting = list(trials.values())
    while waiting and time.monotonic() < gives_up_at:
        waiting = [trial for trial in waiting if not holds(trial)]
        time.sleep(0.3)
    assert not waiting, {trial.kind: trial.rows for trial in waiting}


def test_each_fault_has_its_effect_on_a_call(stack: Stack) -> None:
    calls = {"styles": {c.id: "call" for c in flippable()}}
    trials = for_each(stack, KINDS, QUICK | calls)
    for kind, trial in trials.items():
        expected = CALLS_FAIL.get(kind, 202)
        assert set(trial.codes) == {expected}, f"{kind}: {trial.codes}"
    check_that_they_count(trials, idle=QUEUES_ONLY)
    for kind in (*QUEUES_ONLY, "broker_down"):
        assert trials[kind].rows["EmailSent"]["actual"] == ORDERS, "a call must not be affected"


def test_the_production_preset_withstands_each_fault(stack: Stack) -> None:
    """Every order that was answered 202 has its effects once, or is a dead letter."""
    trials = for_each(stack, KINDS, {"preset": "production"} | QUICK)
    wait_for(trials, is_worked_off, seconds=90)
    check_that_they_count(trials)
    for kind, trial in trials.items():
        assert 202 in trial.codes, kind
        for effect, row in trial.rows.items():
            assert (row["lost"], row["doubled"]) == (0, 0), f"{kind}: {effect} {row}"
    assert trials["schema"].rows["EmailSent"]["dead"] == ORDERS
    assert trials["rejection"].rows["PaymentRefunded"]["actual"] == ORDERS


def is_worked_off(trial: Trial) -> bool:
    """No promised effect is pending, and every stored order is cooked or refunded."""
    rows = trial.rows
    stored, cooked, refunded = (
        rows[effect]["actual"] + rows[effect]["unasked"]
        for effect in ("OrderStored", "TicketPrinted", "PaymentRefunded")
    )
    return cooked + refunded == stored > 0 and all(row["pending"] == 0 for row in rows.values())


def test_each_matching_fault_harms_the_careless_preset(stack: Stack) -> None:
    trials = for_each(stack, CARELESS_HURTS, {"preset": "careless async"} | QUICK)
    wait_for(
        trials, lambda trial: trial.rows["EmailSent"][CARELESS_HURTS[trial.kind]] > 0, seconds=60
    )
    check_that_they_count(trials)
    assert all(202 in trial.codes for trial in trials.values()), "no order was promised"


def test_without_an_outbox_a_crash_and_a_broker_that_is_down_leave_orders_uncooked(
    stack: Stack,
) -> None:
    trials = for_each(stack, ["crash", "broker_down"], {"preset": "careless async"} | QUICK)
    time.sleep(FAULT_S + 4)  # every delayed message has arrived by then
    check_that_they_count(trials)
    for trial in trials.values():
        assert 202 not in trial.codes
        rows = trial.rows
        assert (rows["OrderStored"]["unasked"], rows["TicketPrinted"]["unasked"]) == (ORDERS, 0)


def test_a_surge_is_refused_without_free_slots_and_accepted_with_queues(
    stack: Stack,
) -> None:
    surge = {"kind": "surge", "target": "gateway", "duration_s": 3}
    narrow, wide = stack.script(), stack.script()
    narrow("PATCH", "/api/playground/design", QUICK | {"request_slots": 1, "timeout_ms": 100})
    wide("PATCH", "/api/playground/design", {"preset": "production"})
    for script in (narrow, wide):
        assert script("POST", "/api/playground/faults", surge).status_code == 201
        ended = until(lambda script=script: over(script), "the surge is over", 40)
        assert ended["offered"] == 60
        refused = ended["refused"] + ended["timed_out"]
        assert (refused > 0) == (script is narrow), ended
    until(wide.has_settled, "worked off", 90)
    for row in wide.ledger().values():
        assert (row["lost"], row["doubled"]) == (0, 0)


def over(script: Script) -> Any:
    rush = script("GET", "/api/playground/rush").json()
    return rush if rush["state"] == "done" else None
