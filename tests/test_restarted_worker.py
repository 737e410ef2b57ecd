"""A worker that is killed in the middle of a rush or a twin."""

import pytest

from .stack import Stack, until

RUSH = ("/api/playground/rush", {"action": "profile", "rate": 2, "seconds": 30})
TWIN = ("/api/playground/twin", {"steps": [{"rush": {"rate": 1, "seconds": 20}}, {"pause": 30}]})


@pytest.mark.parametrize(("path", "plan"), [RUSH, TWIN], ids=["rush", "twin"])
def test_it_ends_with_the_reason_and_the_next_may_begin(
    own_stack: Stack, path: str, plan: dict[str, object]
) -> None:
    script = own_stack.start().script()
    assert script("POST", path, plan).status_code == 202
    until(lambda: script("GET", path).json()["state"] == "running", "running")
    own_stack.kill("worker")
    until(lambda: script("GET", path).json()["state"] == "failed", "failed", 20)
    assert script("GET", path).json()["reason"] == "its worker has gone"
    assert script("POST", path, plan).status_code == 202
    until(lambda: script("GET", path).json()["state"] == "running", "running again", 30)
