"""docs/asyncapi.yaml is valid, whole, and used by the tests of sockets and polls as their judge."""

import subprocess
import sys
from typing import Any

import pytest
from django.conf import settings

from .manual import ADDRESS, HEARD, MANUAL, SAID, check_heard, check_said, references, registry

SPECIFICATIONS = settings.BASE_DIR / "node_modules" / "@asyncapi" / "specs" / "schemas"
STATS = {
    "type": "stats", "at": 1.5, "cursor": "1-0", "queues": {}, "in_flight": 0, "breakers": {},
    "worker": {"alive": False, "heartbeat_age_s": None}, "replicas": {}, "throughput_per_s": 0,
    "slots": {"taken": 0, "of": None, "waiting": 0}, "errors_per_s": 0, "answer_ms": None,
    "completion_ms": None, "open_calls": 0,
}  # fmt: skip


def test_the_manual_is_as_the_specification_asks(processes: None) -> None:
    schema = SPECIFICATIONS / f"{MANUAL['asyncapi']}-without-$id.json"
    manual = settings.BASE_DIR / "docs" / "asyncapi.yaml"
    done = subprocess.run(
        [sys.executable, "-m", "check_jsonschema", "--schemafile", str(schema), str(manual)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr


def test_everything_that_the_manual_refers_to_is_there() -> None:
    resolver = registry().resolver(ADDRESS)
    found = set(references())
    assert "/api/openapi.json#/components/schemas/FaultOut" in found
    for reference in found:
        resolver.lookup(reference)


def test_every_message_is_said_or_heard() -> None:
    messages = set(MANUAL["components"]["messages"])
    assert HEARD | SAID == messages == set(MANUAL["channels"]["playground"]["messages"])


@pytest.mark.parametrize(
    "change",
    [
        {"in_flight": "0"},
        {"cursor": "yesterday"},
        {"queues": {"orders": {"ready": 1}}},
        {"breakers": {"payments": "ajar"}},
        {"unheard_of": 1},
        {"type": "hello"},
    ],
)
def test_the_manual_finds_what_is_wrong_with_a_frame(change: dict[str, Any]) -> None:
    check_heard(STATS)
    with pytest.raises(AssertionError):
        check_heard(STATS | change)


def test_the_manual_finds_what_is_wrong_with_a_clients_frame() -> None:
    check_said({"type": "hello", "after": None})
    with pytest.raises(AssertionError):
        check_said({"type": "resume", "after": None})
