"""A reset in the middle of a rush, on the running product."""

from .stack import Stack, until


def test_a_reset_in_the_middle_of_a_rush_leaves_a_playground_in_which_nothing_happened(
    stack: Stack,
) -> None:
    script = stack.script()
    plan = {"action": "order", "rate": 30, "seconds": 8}
    assert script("POST", "/api/playground/rush", plan).status_code == 202
    until(lambda: script("GET", "/api/playground/rush").json()["offered"] >= 60, "a crowd")
    assert script("POST", "/api/playground/reset").status_code == 200

    again = {"action": "order", "rate": 2, "seconds": 3}
    assert script("POST", "/api/playground/rush", again).status_code == 202
    until(lambda: script("GET", "/api/playground/rush").json()["state"] == "done", "done", 40)
    until(script.has_settled, "settled", 40)
    ledger = script("GET", "/api/playground/ledger").json()
    accepted = script("GET", "/api/playground/rush").json()["accepted"]
    assert accepted
    orders = script.ledger()["OrderStored"]
    assert (orders["expected"], orders["actual"], orders["unasked"]) == (accepted, accepted, 0)
    assert ledger["differences"] == []


def test_a_playground_that_is_reset_in_the_middle_of_a_rush_stays_empty(stack: Stack) -> None:
    script = stack.script()
    plan = {"action": "order", "rate": 30, "seconds": 4}
    assert script("POST", "/api/playground/rush", plan).status_code == 202
    until(lambda: script("GET", "/api/playground/rush").json()["offered"] >= 60, "a crowd")
    assert script("POST", "/api/playground/reset").status_code == 200
    others = stack.script()  # by the time that theirs is served, what was before it has ended
    others.order()
    until(lambda: others.ledger()["EmailSent"]["actual"] == 1, "served", 40)

    assert [record["name"] for record in script.records()] == ["Reset"]
    for row in script.ledger().values():
        assert not any(row[column] for column in ("expected", "actual", "unasked", "pending"))
