"""Warm-ups and the review page: what is asked, when, and what is said after the answer."""

from datetime import timedelta

import pytest
from django.db.models import F
from django.test import Client
from redis import Redis

from lessons.models import Answer, Said

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("redis", "samples")]

RIGHT, WRONG = "yes-it-is", "no-it-is-not"


def learn(browser: Client, slug: str = "sample-101") -> None:
    browser.post(f"/lessons/{slug}/steps/decide/say/", {"value": "call", "words": "they wait"})
    assert Said.objects.filter(lesson=slug).exists()


def days_go_by(days: float) -> None:
    """Everything happened so much earlier."""
    Said.objects.update(at=F("at") - timedelta(days=days))
    Answer.objects.update(at=F("at") - timedelta(days=days))


def answer(browser: Client, choice: str, n: int = 1, place: str = "review", **more: str) -> str:
    told = {"question": f"sample-101.q{n}", "choice": choice, "place": place}
    return browser.post("/review/answer/", told, follow=not more, headers=more).content.decode()


def page(browser: Client, path: str) -> str:
    return browser.get(path).content.decode()


def test_who_has_learnt_nothing_is_asked_nothing(client: Client) -> None:
    assert "Warm-up" not in page(client, "/lessons/sample-102/")
    assert "There is nothing to review yet" in page(client, "/review/")


def test_a_lesson_begins_with_questions_of_those_before(client: Client) -> None:
    learn(client)

    warm_up = page(client, "/lessons/sample-102/")

    assert "Warm-up" in warm_up
    assert "card-sample-101.q1" in warm_up
    assert "card-sample-102" not in warm_up
    assert "Warm-up" not in page(client, "/lessons/sample-101/")


def test_at_most_three_questions_warm_up(client: Client, tmp_path) -> None:  # type: ignore[no-untyped-def]
    from lessons.samples import write_lesson

    write_lesson(tmp_path, 101, questions=5)
    learn(client)

    answer(client, WRONG, 4, place="sample-102")

    assert page(client, "/lessons/sample-102/").count('class="card"') == 3


def test_the_answer_and_why_come_after_the_answer_and_not_before(client: Client) -> None:
    learn(client)
    assert "Because of 1." not in page(client, "/lessons/sample-102/")

    after = answer(client, WRONG, place="sample-102")

    assert "Because of 1." in after
    assert "your answer" in after
    assert "You will be asked again in two days" in after


def test_htmx_gets_the_card_alone(client: Client) -> None:
    learn(client)

    card = answer(client, RIGHT, place="sample-102", **{"HX-Request": "true"})

    assert card.strip().startswith("<section")
    assert "right, and your answer" in card


def test_the_first_answer_in_a_sitting_counts(client: Client) -> None:
    learn(client)
    answer(client, WRONG)

    answer(client, RIGHT)

    assert Answer.objects.get().is_right is False


def test_the_review_asks_after_two_days_and_after_seven_more(client: Client) -> None:
    learn(client)
    assert "Nothing is due" in page(client, "/review/")

    days_go_by(2.1)
    assert "2 questions due" in page(client, "/review/")
    for n in (1, 2):
        answer(client, RIGHT, n)
    assert "That was all for today" in page(client, "/review/")

    days_go_by(6)
    assert "Nothing is due" in page(client, "/review/")
    days_go_by(1.1)
    assert "2 questions due" in page(client, "/review/")


@pytest.mark.parametrize(
    "wrong",
    [{"question": "sample-101.q9"}, {"choice": "perhaps"}, {"choice": ""}, {"place": "nowhere"}],
)
def test_an_answer_that_is_none_is_refused_and_not_kept(
    client: Client, wrong: dict[str, str]
) -> None:
    good = {"question": "sample-101.q1", "choice": RIGHT, "place": "review"}

    refused = client.post("/review/answer/", good | wrong)

    assert refused.status_code == 422
    assert "Your answer was not saved" in refused.content.decode()
    assert not Answer.objects.exists()


def test_a_warm_up_works_while_redis_is_away(client: Client, redis: Redis, settings) -> None:  # type: ignore[no-untyped-def]
    learn(client)
    settings.REDIS_URL = "redis://127.0.0.1:1/0"

    assert "Warm-up" in page(client, "/lessons/sample-102/")
