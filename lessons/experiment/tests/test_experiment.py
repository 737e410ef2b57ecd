"""Guess, run, observe, read the verdict: the requests that the page sends."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from redis import Redis

from lessons.experiment.guesses import plain
from lessons.models import LessonRun, Said, TaskDone
from lessons.samples import example_lesson
from playground.company.topology import working_services

pytestmark = pytest.mark.django_db
AT = "/lessons/two-rings"
PROFILE = {"name": "Ada Okafor", "email": "ada@example.com", "city": "Leeds"}
# Without service times no thread is started, which would not see the test's transaction.
AT_ONCE = {"service_time_ms": dict.fromkeys(working_services(), 0)}
HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def two_rings(tmp_path: Path, settings: Any, redis: Redis) -> None:
    settings.LESSON_FOLDERS = [tmp_path]
    (tmp_path / "two-rings.md").write_text(example_lesson())


def guess(client: Client, **other: str) -> Any:
    number = {"value": "300", "confidence": "4", **other}
    client.post(f"{AT}/steps/which-answer/say/", {"value": "saved", "confidence": "1"})
    return client.post(f"{AT}/steps/how-long/say/", number, headers=HTMX)


def start(client: Client, **body: Any) -> Any:
    return client.post(f"{AT}/runs/slow/start/", body, content_type="application/json")


def run_it(client: Client) -> Any:
    """As the page does it: start, press, finish."""
    begun = start(client)
    assert begun.status_code == 201
    client.patch("/api/playground/design", AT_ONCE, content_type="application/json")
    press = client.put("/api/users/1", PROFILE, content_type="application/json")
    runs = {"mark": begun.json()["mark"], "runs": [press["X-Inflight-Run"]]}
    return client.post(f"{AT}/runs/slow/finish/", runs, content_type="application/json")


def see(client: Client) -> Any:
    places = {"place.asked": "1", "place.saved": "2", "place.answered": "3"}
    return client.post(f"{AT}/steps/who-waited/say/", places, headers=HTMX)


def verdict(client: Client) -> str:
    client.get("/lessons/two-rings/")
    return client.get(f"{AT}/steps/verdict-slow/").content.decode()


def test_a_run_is_locked_until_every_guess_for_it_is_made(client: Client) -> None:
    client.post(f"{AT}/steps/how-long/say/", {"value": "300", "confidence": "4"})

    refused = start(client)

    assert refused.status_code == 409
    assert refused["Content-Type"] == "application/problem+json"
    assert guess(client).status_code == 200
    assert start(client).json()["steps"][3] == {"press": "profile"}


def test_a_run_can_be_started_without_a_guess(client: Client) -> None:
    assert start(client, without_guess=True).status_code == 201


@pytest.mark.parametrize(
    "fields",
    [
        {"value": "soon"},
        {"value": "-1"},
        {"value": "nan"},
        {"value": "٣"},
        {"value": "1_0"},
        {"value": "9" * 5000},
        {"confidence": ""},
        {"confidence": "5"},
        {"confidence": "²"},
        {"confidence": "١"},
        {"confidence": "9" * 5000},
    ],
)
def test_an_invalid_guess_shows_an_error_on_the_form_and_is_not_stored(
    client: Client, fields: Any
) -> None:
    answer = guess(client, **fields)

    assert answer.status_code == 422
    assert '<p class="problem" role="alert">' in answer.content.decode()
    assert not Said.objects.filter(step="how-long").exists()


def test_no_guess_is_accepted_after_the_run(client: Client) -> None:
    guess(client)
    run_it(client)

    late = client.post(f"{AT}/steps/how-long/say/", {"value": "1", "confidence": "4"}, headers=HTMX)

    assert late.status_code == 422
    assert Said.objects.get(step="how-long").value == 300


def test_the_verdict_waits_for_the_observation_and_shows_the_guess_beside_the_measured_value(
    client: Client,
) -> None:
    guess(client, value="99")
    assert 'class="found"' not in verdict(client)

    assert run_it(client).status_code == 200
    assert 'class="found"' not in verdict(client)
    assert see(client).status_code == 200
    html = verdict(client)

    found = LessonRun.objects.get().found["steps"]
    assert found["how-long"] == pytest.approx(45, abs=200)
    assert found["who-waited"] == ["asked", "saved", "answered"]
    assert f'<b class="found">{plain(found["how-long"])} ms</b>' in html
    assert "You saw it." in html


def test_confident_misses_come_first(client: Client) -> None:
    client.post(f"{AT}/steps/which-answer/say/", {"value": "given-up", "confidence": "4"})
    client.post(f"{AT}/steps/how-long/say/", {"value": "19000", "confidence": "1"})
    run_it(client)
    see(client)

    html = verdict(client)

    assert html.index("miss sure") < html.index('<li class="miss">')


def test_the_lines_that_ran_are_marked_in_the_code(client: Client) -> None:
    guess(client)
    run_it(client)

    code = client.get(f"{AT}/steps/code-company-services-users-save-profile/").content.decode()

    ran = [line for line in code.split("\n") if 'class="line ran"' in line]
    assert any("save_user" in line for line in ran)
    assert not any("EmailTaken" in line for line in ran)


@pytest.mark.parametrize(
    "body", [{}, {"runs": "x"}, {"runs": ["no id"]}, {"runs": ["a" * 12] * 201}]
)
def test_invalid_run_ids_are_rejected(client: Client, body: Any) -> None:
    start(client, without_guess=True)

    refused = client.post(f"{AT}/runs/slow/finish/", body, content_type="application/json")

    assert refused.status_code == 422


def test_the_run_of_another_learner_is_not_found(client: Client) -> None:
    guess(client)
    run_it(client)

    stranger = Client()
    refused = stranger.post(
        f"{AT}/runs/slow/finish/", {"runs": []}, content_type="application/json"
    )

    assert refused.status_code == 409


def test_a_decision_needs_its_reason_and_is_compared_with_an_expert(client: Client) -> None:
    at = f"{AT}/steps/password/say/"

    assert client.post(at, {"value": "call", "words": " "}, headers=HTMX).status_code == 422
    answer = client.post(at, {"value": "text", "words": "It is faster."}, headers=HTMX)

    assert "An expert would say: Call it" in answer.content.decode()
    assert Said.objects.get(step="password").words == "It is faster."


def test_a_task_is_ticked_by_what_happened_since_the_lesson_was_opened(
    client: Client,
) -> None:
    broken = {"kind": "unreachable", "target": "users"}
    client.get("/lessons/two-rings/")
    client.post("/api/playground/faults", broken, content_type="application/json")
    client.put("/api/users/1", PROFILE, content_type="application/json")

    first = client.post(f"{AT}/tasks/").json()
    client.put("/api/users/1", PROFILE, content_type="application/json")
    second = client.post(f"{AT}/tasks/").json()

    assert (first["done"], first["is_first"]) == ([], True)
    assert first["missing"]["be-refused"] == ["an answer of 502 to customer"]
    assert second == {"done": ["be-refused"], "missing": {}, "is_first": False}
    assert TaskDone.objects.count() == 1


def test_without_script_a_guess_redirects_to_its_step(client: Client) -> None:
    answer = client.post(f"{AT}/steps/how-long/say/", {"value": "300", "confidence": "2"})

    assert answer.status_code == 302
    assert answer["Location"] == "/lessons/two-rings/#step-how-long"
    assert "300 ms" in client.get("/lessons/two-rings/").content.decode()


@pytest.mark.parametrize(
    ("step", "fields"),
    [
        ("which-answer", {}), ("how-long", {}), ("who-waited", {}), ("password", {}),
        ("how-long", {"value": "300"}), ("password", {"value": "text", "words": "     "}),
        ("password", {"value": "text", "words": "\u200b\u200b\u200b\u200b"}),
    ],
)  # fmt: skip
def test_without_script_an_invalid_answer_shows_the_step_and_the_reason(
    client: Client, step: str, fields: dict[str, str]
) -> None:
    answer = client.post(f"{AT}/steps/{step}/say/", fields)

    page = answer.content.decode()
    assert answer.status_code == 422
    assert f'id="step-{step}"' in page
    assert re.search(r'<p class="problem" role="alert">\w', page)
    assert f"/lessons/two-rings/#step-{step}" in page
    assert not Said.objects.exists()


def test_without_script_a_guess_that_comes_too_late_says_so(client: Client) -> None:
    guess(client)
    run_it(client)
    late = client.post(f"{AT}/steps/how-long/say/", {"value": "1", "confidence": "4"})
    assert late.status_code == 422
    assert "too late for a guess" in late.content.decode()


def test_an_unknown_step_is_not_found(client: Client) -> None:
    assert client.post(f"{AT}/steps/no-such/say/").status_code == 404
    assert client.get(f"{AT}/steps/no-such/").status_code == 404
    assert client.post(f"{AT}/runs/no-such/start/").status_code == 404
