"""Keys: every row of a playground is stored under its key, and goes with it."""

import pytest
from django.apps import apps

from playground.models import Fault, Playground, RetiredKey, User
from playground.storage import playgrounds


def held() -> list[type]:
    """The models whose rows are stored under a playground's key."""
    return [
        model
        for model in apps.get_app_config("playground").get_models()
        if any(f.remote_field and f.remote_field.field_name == "key" for f in model._meta.fields)
    ]


def test_every_table_that_refers_to_a_playground_does_so_by_its_key() -> None:
    others = {
        relation.related_model.__name__
        for relation in Playground._meta.related_objects
        if relation.related_model not in held()
    }
    assert others == {"AccessToken", "Playground"}, "these belong to all generations"


@pytest.mark.django_db
def test_the_rows_of_a_key_are_deleted_from_every_table(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    playground = playgrounds.create()
    deleted = []
    monkeypatch.setattr(playgrounds, "delete_in_steps", lambda rows: deleted.append(rows.model))
    playgrounds.delete_rows(playground.key)
    assert set(deleted) == set(held())


@pytest.mark.django_db
def test_a_deleted_playground_takes_the_sides_of_its_twins_with_it_and_leaves_rows_to_delete() -> (
    None
):
    owner = playgrounds.create()
    side = playgrounds.create_side(owner, {}, expires_at=1.0)
    Fault.objects.create(
        id="f", playground=side, kind="kill", target="orders", starts_at=1, ends_at=2
    )
    keys = playgrounds.remove(owner, delete_at=1.0)
    assert set(keys) == {owner.key, side.key}
    assert set(RetiredKey.objects.values_list("key", flat=True)) == set(keys)
    assert not Playground.objects.exists()
    for key in keys:
        playgrounds.delete_rows(key)
    assert not (User.objects.exists() or Fault.objects.exists())
