"""The words of a verdict are chosen by what was measured; runs that are given up have none."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from redis import Redis

from lessons import course
from lessons.directives import Verdict
from lessons.models import LessonRun
from lessons.samples import example_lesson

from .test_experiment import AT, guess, run_it, see, verdict

pytestmark = pytest.mark.django_db
HELD = "Ada was told that it is saved"
BROKEN = "Ada got no answer from users"
TAB, OTHER = {"Inflight-Actor": "a" * 12}, {"Inflight-Actor": "b" * 12}


@pytest.fixture(autouse=True)
def two_rings(tmp_path: Path, settings: Any, redis: Redis) -> None:
    settings.LESSON_FOLDERS = [tmp_path]
    (tmp_path / "two-rings.md").write_text(example_lesson())


def without_guess(client: Client, **headers: Any) -> Any:
    body = {"without_guess": True}
    return client.post(f"{AT}/runs/slow/start/", body, content_type="application/json", **headers)


def end(client: Client, how: str, mark: str) -> int:
    body = {"mark": mark, "runs": []}
    return client.post(f"{AT}/runs/slow/{how}/", body, content_type="application/json").status_code


@pytest.mark.parametrize(
    ("found", "said", "not_said"),
    [
        (True, HELD, BROKEN),
        (False, BROKEN, HELD),
        (None, "Not measured", BROKEN),
    ],
)
def test_a_claim_is_said_as_it_was_measured(
    client: Client, found: bool | None, said: str, not_said: str
) -> None:
    without_guess(client)
    lesson_run = LessonRun.objects.get()
    [key] = [claim.key("slow") for claim in _verdict_of(client).claims]
    lesson_run.found = {"claims": {key: found}}
    lesson_run.ended_at = timezone.now()
    lesson_run.save()
    text = verdict(client)
    assert said in text
    assert not_said not in text


def _verdict_of(client: Client) -> Any:
    lesson = course.find("two-rings")
    assert lesson
    return lesson.all_of(Verdict)[0]


def test_a_run_that_measures_nothing_claims_nothing(client: Client) -> None:
    mark = without_guess(client).json()["mark"]
    assert end(client, "finish", mark) == 200
    assert "Not measured" in verdict(client)


def test_what_others_did_while_it_was_carried_out_is_told(client: Client) -> None:
    guess(client)
    assert run_it(client).status_code == 200  # changes the design, and not in the run's name
    see(client)
    text = verdict(client)
    assert "Your run was disturbed" in text
    assert "The design was changed in another tab or by a script: service time ms." in text


def test_another_tab_cannot_begin_until_the_first_has_ended_or_is_silent(client: Client) -> None:
    first = without_guess(client, headers=TAB).json()["mark"]
    refused = without_guess(client, headers=OTHER)
    assert refused.status_code == 409
    assert "Another tab" in refused.json()["detail"]
    assert end(client, "alive", first) == 204

    LessonRun.objects.update(alive_at=timezone.now() - timedelta(seconds=13))
    second = without_guess(client, headers=OTHER).json()["mark"]
    assert (end(client, "alive", first), end(client, "finish", first)) == (409, 409)
    assert (end(client, "alive", second), end(client, "finish", second)) == (204, 200)


def test_what_a_run_had_switched_on_goes_off_when_it_is_stopped(client: Client) -> None:
    mark = without_guess(client, headers=TAB).json()["mark"]
    for actor, target in ((mark, "users"), ("c" * 12, "orders")):
        client.post(
            "/api/playground/faults", {"kind": "errors", "target": target},
            content_type="application/json", headers={"Inflight-Actor": actor},
        )  # fmt: skip
    assert end(client, "stop", mark) == 204
    faults = client.get("/api/playground").json()["faults"]
    assert [fault["target"] for fault in faults] == ["orders"]
    assert "This run was interrupted" in client.get(f"{AT}/steps/slow/").content.decode()
    assert end(client, "stop", mark) == 204  # once more, after a lost answer
    assert end(client, "alive", mark) == 409


def test_what_a_run_that_was_given_up_had_switched_on_goes_off_with_the_next(
    client: Client,
) -> None:
    mark = without_guess(client, headers=TAB).json()["mark"]
    client.post(
        "/api/playground/faults", {"kind": "errors", "target": "users"},
        content_type="application/json", headers={"Inflight-Actor": mark},
    )  # fmt: skip
    LessonRun.objects.update(alive_at=timezone.now() - timedelta(seconds=13))
    without_guess(client, headers=OTHER)
    assert client.get("/api/playground").json()["faults"] == []
