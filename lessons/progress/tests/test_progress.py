"""Progress: the state of each lesson, the resume code, the summary, and deleting it all."""

import re
from typing import Any

import pytest
from django.test import Client
from redis import Redis

from lessons.learners import resuming
from lessons.models import Answer, Learner, LessonRun, Said
from playground.models import Playground

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("redis", "samples")]


def decide(browser: Client, slug: str = "sample-101") -> None:
    browser.post(f"/lessons/{slug}/steps/decide/say/", {"value": "text", "words": "no hurry"})


def page(browser: Client, path: str) -> str:
    return browser.get(path).content.decode()


def code_of(browser: Client) -> str:
    shown = re.search(r"<output[^>]*>([^<]+)</output>", page(browser, "/progress/"))
    assert shown
    return shown[1]


def test_the_map_lists_the_lessons_that_exist_with_their_state(client: Client) -> None:
    decide(client)

    course = client.get("/course/")

    progress = course.context["progress"].lessons
    states = {entry.lesson.slug: entry.state for entry in progress}
    assert states["sample-101"] == "done"
    assert states["sample-102"] == "not begun"
    assert "/lessons/sample-102/" in course.content.decode()


def test_the_header_marks_the_lessons_that_are_done(client: Client) -> None:
    decide(client)

    html = page(client, "/lessons/sample-102/")

    assert re.search(r'aria-label="Lesson 101: Sample 101, done" class="done"', html)


def test_the_learner_continues_in_the_lesson_of_the_last_activity(client: Client) -> None:
    decide(client)
    learner = Learner.objects.get()
    Said.objects.filter(learner=learner).delete()
    from django.utils import timezone

    LessonRun.objects.create(
        learner=learner, lesson="sample-102", run="gone", playground="x", after="0-0",
        was_guessed=True, started_at=timezone.now(),
    )  # fmt: skip

    assert client.get("/course/").context["progress"].go_on.lesson.slug == "sample-102"


def test_a_code_merges_the_progress_of_two_devices(client: Client) -> None:
    laptop, phone = client, Client()
    decide(laptop, "sample-101")
    decide(phone, "sample-102")

    phone.post("/progress/resume/", {"code": code_of(laptop).upper().replace("-", " ")})

    assert code_of(phone) == code_of(laptop)
    assert set(Learner.objects.get().said.values_list("lesson", flat=True)) == {
        "sample-101", "sample-102",
    }  # fmt: skip


def test_where_both_devices_answered_the_answer_of_the_codes_owner_stays(client: Client) -> None:
    laptop, phone = client, Client()
    decide(laptop)
    decide(phone)
    owners_answer = Learner.objects.order_by("id")[0].said.get().id

    phone.post("/progress/resume/", {"code": code_of(laptop)})

    assert Said.objects.get().id == owners_answer


def test_an_unknown_code_says_what_a_code_looks_like(client: Client, redis: Redis) -> None:
    answer = client.post("/progress/resume/", {"code": "<b>1"})

    assert answer.status_code == 422
    assert "three words and a number" in answer.content.decode()
    assert "&lt;b&gt;1" in answer.content.decode()


def test_after_too_many_wrong_codes_no_code_is_accepted(client: Client, redis: Redis) -> None:
    client.get("/progress/")
    for _ in range(resuming.MAX_WRONG_CODES):
        client.post("/progress/resume/", {"code": "wrong"})

    assert client.post("/progress/resume/", {"code": "wrong"}).status_code == 429


def test_while_redis_is_away_a_code_cannot_be_checked(client: Client, monkeypatch: Any) -> None:
    from playground.storage.redis_adapter import StoreUnavailable

    def away(request: Any, typed: str) -> None:
        raise StoreUnavailable

    monkeypatch.setattr(resuming, "resume", away)
    answer = client.post("/progress/resume/", {"code": "otter-lamp-violin-4821"})
    assert answer.status_code == 503
    assert "could not be checked" in answer.content.decode()


def test_the_summary_shows_the_learners_choice_and_the_experts(client: Client) -> None:
    assert "Nothing to show yet" in page(client, "/progress/summary/")
    decide(client)

    summary = page(client, "/progress/summary/")

    assert "I chose: Text it." in summary
    assert "no hurry" in summary
    assert "The expert: Call it." in summary


def test_forget_me_asks_for_confirmation_and_then_deletes_everything(client: Client) -> None:
    page(client, "/lessons/sample-101/")
    decide(client)
    phone = Client()
    phone.post("/progress/resume/", {"code": code_of(client)})

    assert "You cannot undo it" in page(client, "/progress/forget/")
    assert Learner.objects.exists()
    client.post("/progress/forget/")

    for model in (Learner, Said, Answer, Playground):
        assert not model.objects.exists()
    assert "Nothing is stored about you" in page(phone, "/progress/")


def test_while_redis_is_away_nothing_is_deleted(
    client: Client, redis: Redis, monkeypatch: Any
) -> None:
    from playground.storage.redis_adapter import StoreUnavailable

    client.post("/playground/")
    decide(client)

    def away(playground: Any) -> None:
        raise StoreUnavailable

    monkeypatch.setattr("playground.control.lifecycle.delete", away)

    assert client.post("/progress/forget/").status_code == 503
    assert Said.objects.exists()
