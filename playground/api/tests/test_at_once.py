"""Requests that come at the same moment: what is one of a kind stays one of a kind."""

from functools import partial
from typing import Any

import pytest
from django.test import RequestFactory

from playground.api.conftest import Caller
from playground.api.idempotency import HEADER, begin, finished
from playground.api.problems import Problem
from playground.bootstrap import parts
from playground.models import Effect, Order, Playground, User
from playground.rush.customers import ORDER
from playground.testing import at_once


def register(call: Caller, email: str) -> Any:
    body = {"name": "Dana", "email": email, "city": "Leeds", "password": "hunter2!"}
    return call("POST", "/api/users", body)


def test_every_registration_that_was_accepted_has_a_row_of_its_own(call: Caller) -> None:
    emails = [f"guest{n}@example.com" for n in range(8)]
    answers: Any = at_once([partial(register, call, email) for email in emails])
    assert [answer.status_code for answer in answers] == [201] * 8
    assert len({answer.json()["id"] for answer in answers}) == 8
    users = User.objects.filter(playground=call.id)
    stored = dict(users.values_list("number", "email"))
    assert all(stored[a.json()["id"]] == a.json()["email"] for a in answers)


def test_one_address_is_registered_once_and_the_others_are_told(call: Caller) -> None:
    answers: Any = at_once([partial(register, call, "dana@example.com")] * 6)
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 5
    assert User.objects.filter(playground=call.id, email="dana@example.com").count() == 1


def place(call: Caller, key: str) -> Any:
    return call("POST", "/api/orders", ORDER, **{"Idempotency-Key": key})


def test_requests_with_one_idempotency_key_create_one_order(call: Caller) -> None:
    answers: Any = at_once([partial(place, call, "one")] * 6)
    codes = {answer.status_code for answer in answers}
    assert 202 in codes
    assert codes <= {202, 409}
    assert len({answer.json()["id"] for answer in answers if answer.status_code == 202}) == 1
    assert Order.objects.filter(playground=call.id).count() == 1
    assert Effect.objects.filter(playground=call.id, name="CardAuthorized").count() == 1


def test_an_attempt_that_took_too_long_does_not_end_the_one_that_followed_it(
    call: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    times = iter([1000.0, 2000.0, 2000.5])
    monkeypatch.setattr(type(parts().clock), "now", lambda self: next(times))
    slow, next_one, third = (RequestFactory().post("/", headers={HEADER: "k"}) for _ in range(3))
    for request in (slow, next_one, third):
        request.auth = Playground.objects.get(id=call.id)
    first = begin(slow, {})
    second = begin(next_one, {})
    assert second.order == first.order
    finished(first)
    with pytest.raises(Problem, match="still being processed"):
        begin(third, {})


def test_a_key_is_not_busy_until_a_clock_that_was_set_back_comes_there_again(
    call: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    times = iter([10_000.0, 6_400.0])
    monkeypatch.setattr(type(parts().clock), "now", lambda self: next(times))
    request = RequestFactory().post("/", headers={HEADER: "k"})
    request.auth = Playground.objects.get(id=call.id)
    assert begin(request, {}).order == begin(request, {}).order


def test_one_address_goes_to_one_of_those_who_want_to_change_to_it(call: Caller) -> None:
    def change(user: int) -> Any:
        profile = {"name": "Sam", "email": "sam@example.com", "city": "Lyon"}
        return call("PUT", f"/api/users/{user}", profile)

    answers: Any = at_once([partial(change, user) for user in (1, 2)])
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    assert User.objects.filter(playground=call.id, email="sam@example.com").count() == 1
