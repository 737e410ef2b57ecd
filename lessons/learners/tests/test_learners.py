"""Learners are created lazily, resumed with a code on another device, and forgotten."""

import re
from typing import Any

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.test import RequestFactory
from redis import Redis

from lessons.learners import resuming, sessions
from lessons.learners.resume_code import new_code, normalised
from lessons.models import Learner

pytestmark = pytest.mark.django_db


def a_browser(address: str = "10.0.0.1") -> Any:
    request = RequestFactory().get("/", REMOTE_ADDR=address)
    request.session = SessionStore()
    return request


def test_a_code_is_accepted_with_any_separators_and_in_capitals() -> None:
    code = new_code()

    assert re.fullmatch(r"([a-z]+-){3}[1-9][0-9]{3}", code)
    assert normalised(f"  {code.replace('-', ', ').upper()}. ") == code


def test_no_learner_is_stored_before_there_is_something_to_store() -> None:
    browser = a_browser()

    assert sessions.of_session(browser.session) is None
    assert Learner.objects.count() == 0
    assert sessions.for_session(browser.session) == sessions.for_session(browser.session)


def test_a_code_brings_the_progress_to_another_device(redis: Redis) -> None:
    laptop, phone = a_browser(), a_browser()
    learner = sessions.for_session(laptop.session)

    assert resuming.resume(phone, learner.code) == learner
    assert sessions.for_session(phone.session) == learner


def test_an_unknown_code_changes_nothing(redis: Redis) -> None:
    phone = a_browser()
    before = sessions.for_session(phone.session)

    with pytest.raises(resuming.UnknownCode):
        resuming.resume(phone, "otter-lamp-violin-0000")
    assert sessions.for_session(phone.session) == before


def guess(browser: Any, times: int) -> None:
    for _ in range(times):
        with pytest.raises(resuming.UnknownCode):
            resuming.resume(browser, "no-such-code-1")


def test_a_browser_that_guesses_codes_is_slowed_and_nobody_else_behind_its_address(
    redis: Redis,
) -> None:
    learner = sessions.for_session(a_browser().session)
    guesser, classmate, newcomer = a_browser(), a_browser(), a_browser()
    for number, browser in enumerate((guesser, classmate)):
        browser.COOKIES["csrftoken"] = f"browser {number}"
    guess(guesser, resuming.MAX_WRONG_CODES)
    with pytest.raises(resuming.TooManyWrongCodes):
        resuming.resume(guesser, learner.code)
    for browser in (classmate, newcomer):
        assert resuming.resume(browser, learner.code) == learner


def test_a_guesser_without_cookies_is_slowed_by_its_address(
    redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resuming, "MAX_WRONG_CODES_OF_AN_ADDRESS", 30)
    learner = sessions.for_session(a_browser().session)
    for _ in range(30):
        guess(a_browser("10.0.0.2"), 1)
    with pytest.raises(resuming.TooManyWrongCodes):
        resuming.resume(a_browser("10.0.0.2"), learner.code)
    assert resuming.resume(a_browser("10.0.0.3"), learner.code) == learner


def test_right_codes_do_not_count(redis: Redis) -> None:
    learner = sessions.for_session(a_browser().session)
    laptop = a_browser()
    laptop.COOKIES["csrftoken"] = "laptop"
    for _ in range(resuming.MAX_WRONG_CODES + 5):
        assert resuming.resume(laptop, learner.code) == learner


def test_a_forgotten_learner_is_gone_on_every_device(redis: Redis) -> None:
    laptop, phone = a_browser(), a_browser()
    learner = sessions.for_session(laptop.session)
    resuming.resume(phone, learner.code)

    sessions.forget(laptop.session)

    assert Learner.objects.count() == 0
    assert sessions.of_session(phone.session) is None
