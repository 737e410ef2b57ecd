"""The twin run on the real stack: what its two designs do differently really happens."""

from typing import Any

import pytest

from .stack import Script, Stack, until

pytestmark = pytest.mark.stack

PATH = "/api/playground/twin"
OVER = ("done", "stopped", "failed")


def twin(script: Script, **spec: Any) -> dict[str, Any]:
    """Run it, and return its sides' outcomes by letter."""
    begun = script("POST", PATH, spec)
    assert begun.status_code == 202, begun.text
    ended: dict[str, Any] = until(
        lambda: (shown := script("GET", PATH).json())["state"] in OVER and shown, "over", 120
    )
    assert ended["state"] == "done", ended["reason"]
    return {letter: side["outcome"] for letter, side in ended["sides"].items()}


def test_a_process_killed_in_mid_task_loses_orders_on_the_early_side_and_none_on_the_late(
    stack: Stack,
) -> None:
    before = set(stack.pids()["mortals"])
    kill = {"kind": "kill", "target": "restaurant", "limit": 2}
    sides = twin(
        stack.script(), a={"design": {"ack": "early"}}, b={"design": {"ack": "late"}},
        faults=[kill], steps=[{"rush": {"action": "order", "rate": 3, "seconds": 2}}], settle_s=60,
    )  # fmt: skip
    early, late = sides["a"], sides["b"]
    assert set(stack.pids()["mortals"]) != before, "a process has really died"
    assert (early["accepted"], late["accepted"]) == (6, 6)
    assert (early["hits"], late["hits"]) == ({"kill": 2}, {"kill": 2})
    assert (early["lost"], early["finished"]) == (2, 4)
    assert (late["lost"], late["doubled"], late["finished"]) == (0, 0, 6)
    assert early["is_settled"]
    assert late["is_settled"]
    assert sum(span["status"] == "killed" for span in late["spans"]) == 2


def test_a_hanging_email_company_keeps_those_waiting_who_call_and_nobody_who_is_texted(
    stack: Stack,
) -> None:
    hang = {"kind": "hang", "target": "email-provider", "duration_s": 6}
    sides = twin(
        stack.script(), a={"design": {"preset": "textbook sync"}},
        b={"design": {"preset": "textbook async"}}, faults=[hang],
        steps=[{"press": "register", "times": 2}], settle_s=60,
    )  # fmt: skip
    calls, texts = sides["a"], sides["b"]
    assert (calls["accepted"], calls["timed_out"]) == (0, 2)
    assert calls["errors"] == {"504": 2}
    assert calls["answer_ms"]["p50"] > 2900, "as long as the time-out"
    assert (texts["accepted"], texts["errors"]) == (2, {})
    assert texts["answer_ms"]["max"] < 1500
    assert (texts["finished"], texts["lost"]) == (2, 0), "mailed when the company was well again"
    assert texts["finished_ms"]["p50"] > 3000
