"""Requests that come at the same moment: what is one of a kind stays one of a kind."""

from functools import partial
from typing import Any

from playground.api.conftest import Caller
from playground.models import User
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


def test_one_address_goes_to_one_of_those_who_want_to_change_to_it(call: Caller) -> None:
    def change(user: int) -> Any:
        profile = {"name": "Sam", "email": "sam@example.com", "city": "Lyon"}
        return call("PUT", f"/api/users/{user}", profile)

    answers: Any = at_once([partial(change, user) for user in (1, 2)])
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    assert User.objects.filter(playground=call.id, email="sam@example.com").count() == 1
