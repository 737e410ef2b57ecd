"""Statements that are written once say the same as Django's own."""

import pytest

from playground.models import Playground
from playground.storage import playgrounds
from playground.storage.sql import Find

pytestmark = pytest.mark.django_db

_OF_ID = Find(Playground, where="id = %s")


def test_a_row_that_is_found_is_the_object_that_django_would_have_made() -> None:
    known = playgrounds.create_side(playgrounds.create(), {"ack": "early"}, expires_at=5.0)
    found = _OF_ID.first(known.id)
    assert found is not None
    theirs = Playground.objects.get(id=known.id)
    for field in Playground._meta.concrete_fields:
        assert getattr(found, field.attname) == getattr(theirs, field.attname)
    assert (found.pk, found._state.adding, found._state.db) == (known.pk, False, "default")


def test_what_is_not_there_is_not_found() -> None:
    assert _OF_ID.first("nobody") is None


def test_a_found_row_can_be_changed_and_saved() -> None:
    found = _OF_ID.first(playgrounds.create().id)
    assert found is not None
    found.design = {"outbox": False}
    found.save()
    assert Playground.objects.get(id=found.id).design == {"outbox": False}


def test_a_token_leads_to_its_playground_and_to_no_other() -> None:
    mine, _ = playgrounds.create(), playgrounds.create()
    found = playgrounds.of_token(playgrounds.issue_token(mine))
    assert found == mine
    assert playgrounds.of_token("made up") is None
