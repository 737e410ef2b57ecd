"""Learners are created lazily, resumed with a code on another device, and forgotten."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.test import RequestFactory

from lessons.learners import resuming, sessions
from lessons.learners.resume_code import new_code, normalised
from lessons.models import Learner

pytestmark = pytest.mark.django_db

START = datetime(2026, 1, 1, tzinfo=UTC)


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


def test_a_code_brings_the_progress_to_another_device() -> None:
    laptop, phone = a_browser(), a_browser()
    learner = sessions.for_session(laptop.session)

    assert resuming.resume(phone, learner.code) == learner
    assert sessions.for_session(phone.session) == learner


def test_an_unknown_code_changes_nothing() -> None:
    phone = a_browser()
    before = sessions.for_session(phone.session)

    with pytest.raises(resuming.UnknownCode):
        resuming.resume(phone, "otter-lamp-violin-0000")
    assert sessions.for_session(phone.session) == before


def test_an_address_that_guesses_codes_is_blocked_for_a_while() -> None:
    learner = sessions.for_session(a_browser().session)
    guesser = a_browser("10.0.0.2")
    for _ in range(resuming.MAX_WRONG_CODES):
        with pytest.raises(resuming.UnknownCode):
            resuming.resume(guesser, "no-such-code-1", lambda: START)

    with pytest.raises(resuming.TooManyWrongCodes):
        resuming.resume(guesser, learner.code, lambda: START)
    assert resuming.resume(a_browser("10.0.0.3"), learner.code, lambda: START) == learner
    later = START + resuming.WRONG_CODES_COUNT_FOR + timedelta(seconds=1)
    assert resuming.resume(guesser, learner.code, lambda: later) == learner


def test_a_forgotten_learner_is_gone_on_every_device() -> None:
    laptop, phone = a_browser(), a_browser()
    learner = sessions.for_session(laptop.session)
    resuming.resume(phone, learner.code)

    sessions.forget(laptop.session)

    assert Learner.objects.count() == 0
    assert sessions.of_session(phone.session) is None
