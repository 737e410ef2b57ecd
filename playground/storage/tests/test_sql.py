"""The statements written as SQL read and write what Django's ORM would."""

import pytest
from django.db import IntegrityError, transaction

from playground import models
from playground.storage import playgrounds
from playground.storage.sql import Insert, Select

pytestmark = pytest.mark.django_db

USERS = Select(models.User, "number", "email", where="playground_id = %s", order="ORDER BY number")
SOME_USERS = Select(models.User, "name", where="playground_id = %s AND number IN ({choices})")
ORDER_FIELDS = ("playground", "code", "user", "restaurant", "total_cents")
ORDERS = Insert(models.Order, *ORDER_FIELDS)
UNLESS_KNOWN = Insert(models.Order, *ORDER_FIELDS, ignore_conflicts=True)


def test_a_select_reads_what_the_orm_reads() -> None:
    playground = playgrounds.create()
    rows = models.User.objects.filter(playground=playground).order_by("number")
    assert USERS(playground.id) == list(rows.values_list("number", "email"))
    assert USERS.first(playground.id) == (1, "ada@example.com")
    assert USERS.first("nobody") is None


def test_a_select_takes_any_number_of_choices() -> None:
    playground = playgrounds.create()
    names = {name for (name,) in SOME_USERS(playground.id, choices=[1, 3, 99])}
    assert names == {"Ada Okafor", "Chiara Rossi"}


def test_an_insert_writes_rows_that_the_orm_reads() -> None:
    playground = playgrounds.create()
    ORDERS.all([(playground.id, "A", 1, 1, 900), (playground.id, "B", 2, 1, 950)])
    ORDERS.all([])
    orders = models.Order.objects.filter(playground=playground).order_by("code")
    assert [(o.code, o.total_cents) for o in orders] == [("A", 900), ("B", 950)]


def test_a_row_that_meets_a_constraint_is_an_error_or_left_out_as_the_statement_says() -> None:
    playground = playgrounds.create()
    row = (playground.id, "A", 1, 1, 900)
    ORDERS.all([row])
    with pytest.raises(IntegrityError), transaction.atomic():
        ORDERS.all([row])
    UNLESS_KNOWN.all([row, (playground.id, "B", 1, 1, 900)])
    assert models.Order.objects.filter(playground=playground).count() == 2


def test_a_token_leads_to_its_playground_and_to_no_other() -> None:
    mine, _ = playgrounds.create(), playgrounds.create()
    mine.design = {"ack": "early"}
    mine.save()
    found = playgrounds.of_token(playgrounds.issue_token(mine))
    assert found == mine
    assert (found.design, found.watched, found.watched_until) == ({"ack": "early"}, [], 0)
    assert found.created_at == models.Playground.objects.get(id=mine.id).created_at, "on use"
    assert playgrounds.of_token("made up") is None


def test_a_playground_that_a_token_led_to_can_be_changed_and_saved() -> None:
    found = playgrounds.of_token(playgrounds.issue_token(playgrounds.create()))
    assert found is not None
    found.design = {"outbox": False}
    found.save()
    assert models.Playground.objects.get(id=found.id).design == {"outbox": False}
