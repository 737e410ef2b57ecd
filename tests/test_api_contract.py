"""The API keeps to its document, whatever is sent: Schemathesis makes requests of the document.

Every answer must have a documented status, with the media type, schema and headers that the
document gives it; what the document forbids must be refused; and no bug may have been met
(tests/schemathesis.toml). The examples are the same each time.
"""

import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.errors import FlakyStrategyDefinition

from .stack import ROOT, Script, Stack, until

CONFIG = ROOT / "tests" / "schemathesis.toml"
VISITS = 12
VISIT = settings(
    max_examples=3, stateful_step_count=12, phases=[Phase.generate], database=None, deadline=None,
    suppress_health_check=list(HealthCheck),
)  # fmt: skip


def test_every_answer_is_as_the_document_says(own_stack: Stack) -> None:
    own_stack.start()  # its own: the limit on new playgrounds counts what others make
    done = subprocess.run(
        [
            sys.executable, "-m", "schemathesis.cli", "--config-file", str(CONFIG), "run",
            document_of(own_stack), "--phases", "examples,coverage,fuzzing", "--no-color",
        ],
        cwd=own_stack.data_dir, env=own_stack.environment
        | {"TOKEN": own_stack.script().token, "PYTHONPATH": str(ROOT)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert not bugs_in(own_stack)


def test_the_links_of_the_document_lead_on(
    own_stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Read the order that was placed, switch off the fault that is on, replay a dead letter."""
    own_stack.start()
    script = own_stack.script()
    leave_dead_letters(script)
    monkeypatch.setenv("TOKEN", script.token)
    config = schemathesis.Config.from_path(str(CONFIG))
    schema = schemathesis.openapi.from_url(document_of(own_stack), config=config)
    # A reset would take from the others what they could follow.
    schema = schema.exclude(operation_id="reset")
    followed: set[str] = set()
    for number in range(VISITS):
        visit = seed(number)(following(schema, script, followed.add))
        # What the playground answers depends on what was sent before: a visit that finds
        # something else at the same steps ends. Each visit is its own search, so no other does.
        with suppress(FlakyStrategyDefinition):
            visit.run(settings=VISIT)
    assert len(followed) > 10, followed
    assert not bugs_in(own_stack)


def following(schema: Any, script: Script, note: Callable[[str], None]) -> Any:
    """A visitor who follows links at random, and checks each answer."""

    class Visit(schema.as_state_machine()):  # type: ignore[misc]
        def get_call_kwargs(self, case: Any) -> dict[str, Any]:
            return {"headers": {"Authorization": f"Bearer {script.token}"}}

        def step(self, input: Any) -> Any:
            output = super().step(input)
            if input.transition and input.is_applied:
                note(input.transition.id)
            return output

    return Visit


def document_of(stack: Stack) -> str:
    return f"{stack.url}/api/openapi.json"


def bugs_in(stack: Stack) -> list[str]:
    """What its processes have logged, each log that holds a traceback."""
    logs = [path.read_text() for path in (stack.data_dir / "logs").glob("*.log")]
    assert logs
    return [log for log in logs if "Traceback" in log]


def leave_dead_letters(script: Script) -> None:
    """So that there are some to replay and to discard."""
    once = {"delivery_retry": {"policy": "none", "attempts": 1}}
    assert script("PATCH", "/api/playground/design", once).status_code == 200
    fault = {"kind": "errors", "target": "notification"}
    assert script("POST", "/api/playground/faults", fault).status_code == 201
    for _ in range(3):
        script.order()
    letters = "/api/playground/dead-letters"
    until(lambda: script("GET", letters).json()["dead_letters"], "a dead letter")
    assert script("DELETE", "/api/playground/faults").status_code == 204
