"""User ids: each is given out once."""

from importlib import import_module

import pytest
from django.apps import apps

from playground.models import Playground, User
from playground.storage.playgrounds import create
from playground.storage.repository import DjangoRepository
from playground.testing import at_once

counting = import_module("playground.migrations.0008_user_ids_are_given_out")


@pytest.mark.django_db(transaction=True)
def test_no_two_threads_get_the_same_user_id() -> None:
    playground = create()
    ids = at_once([DjangoRepository(playground.id).next_user_id] * 12)
    assert sorted(ids) == list(range(4, 16))


@pytest.mark.django_db
def test_a_playground_from_before_the_count_goes_on_after_its_largest_id() -> None:
    old, fresh = create(), create()
    User.objects.create(playground=old, number=41, name="Dana", email="dana@example.com")
    Playground.objects.update(last_user=0)
    counting.go_on_after_the_largest(apps, None)
    assert DjangoRepository(old.id).next_user_id() == 42
    assert DjangoRepository(fresh.id).next_user_id() == 4
