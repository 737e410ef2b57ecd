"""Migrations of data: what learners have answered keeps its meaning."""

from importlib import import_module

import pytest
from django.apps import apps
from django.utils import timezone

from lessons.models import Learner, LessonRun, Said

options = import_module("lessons.migrations.0005_options_named_after_what_they_say")


@pytest.mark.django_db
def test_a_renamed_option_is_renamed_in_the_answers_that_were_given() -> None:
    learner = Learner.objects.create()
    said = Said.objects.create(
        learner=learner, lesson="the-line-is-busy", step="where-was-it", role="observation",
        value="door",
    )  # fmt: skip
    another = Said.objects.create(
        learner=learner, lesson="the-line-is-busy", step="where-was-it-2", role="observation",
        value="door",
    )  # fmt: skip
    run = LessonRun.objects.create(
        learner=learner, lesson="the-line-is-busy", run="hanging", was_guessed=True,
        started_at=timezone.now(), found={"where-was-it": "door"},
    )  # fmt: skip

    options.rename(apps, None)

    for row in (said, another, run):
        row.refresh_from_db()
    assert (said.value, another.value) == ("gateway", "door")
    assert run.found == {"where-was-it": "gateway"}

    options.rename_back(apps, None)
    said.refresh_from_db()
    assert said.value == "door"
