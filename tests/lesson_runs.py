"""A learner without a browser: carries out the steps of a lesson's run over the HTTP API."""

import time
from typing import Any

import httpx

from lessons.directives import Run
from lessons.measures import Evidence
from playground.flow.ledger import Row
from playground.flow.records import Kind, Record

from .stack import ORDER, Script, until

_PROFILE = {"name": "Ada Okafor", "email": "ada@example.com", "city": "Turin"}


def carry_out(script: Script, run: Run) -> Evidence:
    """All steps for real, then quiet; and what they have left behind."""
    after = script("GET", "/api/playground").json()["cursor"]
    for step in run.plan()["steps"]:
        _do(script, step, after)
    _settle(script, 15, after)
    return Evidence([_record(r) for r in _records(script, after)], lambda: _rows(script, after))


def _do(script: Script, step: dict[str, Any], after: str) -> None:
    match step:
        case {"design": choices}:
            _ok(script("PATCH", "/api/playground/design", choices))
        case {"fault": wish}:
            _ok(script("POST", "/api/playground/faults", wish))
        case {"press": button}:
            for _ in range(step.get("times", 1)):
                _press(script, button, step.get("with", {}))
        case {"rush": {"go_on": True, **plan}}:
            _ok(script("POST", "/api/playground/rush", plan))
            until(lambda: _rush(script)["state"] != "waiting", "the first customers", 30)
        case {"rush": plan}:
            _ok(script("POST", "/api/playground/rush", plan))
            until(lambda: _rush(script)["state"] in ("done", "stopped"), "the last customers", 90)
        case {"repair": True}:
            _ok(script("DELETE", "/api/playground/faults"))
        case {"settle": seconds}:
            _settle(script, seconds, after)
        case {"pause": seconds}:
            time.sleep(seconds)
        case _:
            raise AssertionError(step)


def _press(script: Script, button: str, fields: dict[str, Any]) -> httpx.Response:
    match button:
        case "profile":
            return script("PUT", "/api/users/1", _PROFILE | fields)
        case "read-back":
            return script("GET", "/api/users/1")
        case "menu":
            return script("GET", "/api/restaurants/1/menu")
        case "register":
            email = f"dana.{time.time_ns()}@example.com"
            dana = {"name": "Dana Petrov", "email": email, "city": "Leeds", "password": "correct"}
            return script("POST", "/api/users", dana | fields)
        case _:
            return script("POST", "/api/orders", ORDER | fields)


def _settle(script: Script, seconds: float, after: str) -> None:
    """As the page does: until no customer waits and nothing is on the way, or the time is over."""
    gives_up_at = time.monotonic() + seconds
    while time.monotonic() < gives_up_at and not _is_quiet(script, after):
        time.sleep(0.25)


def _is_quiet(script: Script, after: str) -> bool:
    queues = script("GET", "/api/playground").json()["queues"]
    waits = sum(q["ready"] + q["unacked"] + q["delayed"] for q in queues.values())
    is_rushing = _rush(script)["state"] in ("waiting", "running")
    return not waits and not is_rushing and not _open_work(_records(script, after))


def _open_work(records: list[dict[str, Any]]) -> set[str]:
    """Messages that somebody works on: acknowledged early, they are in no queue any more."""
    at_work: set[str] = set()
    for record in records:
        work = f"{record.get('target')} {record.get('message')}"
        if record["kind"] in ("deliver", "redeliver"):
            at_work.add(work)
        elif record["kind"] in ("process", "dead_letter") or record["name"] == "Killed":
            at_work.discard(work)
    return at_work


def _rush(script: Script) -> dict[str, Any]:
    answer = script("GET", "/api/playground/rush")
    found: dict[str, Any] = answer.json() if answer.status_code == 200 else {"state": "none"}
    return found


def _records(script: Script, after: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    while True:
        page = script("GET", f"/api/playground/records?after={after}&limit=1000").json()
        found += page["records"]
        if len(page["records"]) < 1000:
            return found
        after = page["cursor"]


def _record(line: dict[str, Any]) -> Record:
    return Record(**line | {"kind": Kind(line["kind"])})


def _rows(script: Script, after: str) -> list[Row]:
    """The ledger of all runs that have begun since then."""
    runs = {r.get("run", "") for r in _records(script, after)} - {""}
    total: dict[str, Row] = {}
    for run in runs:
        for values in script("GET", f"/api/playground/ledger?run={run}").json()["rows"]:
            total[values["effect"]] = _plus(total.get(values["effect"]), Row(**values))
    return list(total.values())


def _plus(one: Row | None, other: Row) -> Row:
    if one is None:
        return other
    columns = ("expected", "actual", "lost", "doubled", "pending", "dead", "unasked")
    sums = {name: getattr(one, name) + getattr(other, name) for name in columns}
    return Row(one.effect, one.says, **sums)


def _ok(answer: httpx.Response) -> None:
    assert answer.is_success, answer.text
