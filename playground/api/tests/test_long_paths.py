"""Addresses that are longer than a record: answered like any other."""

from typing import Any

import pytest


@pytest.mark.parametrize("length", [300, 4_000, 9_000])
def test_an_order_with_an_endless_id_does_not_exist(call: Any, length: int) -> None:
    answer = call("GET", f"/api/orders/{'a' * length}")
    assert answer.status_code == 404
    assert "There is no order aaa" in answer.json()["detail"]
    records = call("GET", "/api/playground/records").json()["records"]
    assert {r["kind"] for r in records} >= {"request", "response"}
