"""Learners: made lazily, found again by a code on another device, merged, forgotten."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.test import RequestFactory

from lessons import learners
from lessons.models import Learner
from lessons.resume_code import as_written_by_us, new_code

pytestmark = pytest.mark.django_db

START = datetime(2026, 1, 1, tzinfo=UTC)


def a_browser(address: str = "10.0.0.1") -> Any:
    request = RequestFactory().get("/", REMOTE_ADDR=address)
    request.session = SessionStore()
    return request


def test_a_code_can_be_read_aloud_and_typed_in_any_way() -> None:
    code = new_code()

    assert re.fullmatch(r"([a-z]+-){3}[1-9][0-9]{3}", code)
    assert as_written_by_us(f"  {code.replace('-', ', ').upper()}. ") == code


def test_nobody_is_kept_before_there_is_something_to_keep() -> None:
    browser = a_browser()

    assert learners.of_session(browser.session) is None
    assert Learner.objects.count() == 0
    assert learners.for_session(browser.session) == learners.for_session(browser.session)


def test_a_code_brings_the_progress_to_another_device() -> None:
    laptop, phone = a_browser(), a_browser()
    learner = learners.for_session(laptop.session)

    assert learners.resume(phone, learner.code) == learner
    assert learners.for_session(phone.session) == learner


def test_an_unknown_code_changes_nothing() -> None:
    phone = a_browser()
    before = learners.for_session(phone.session)

    with pytest.raises(learners.UnknownCode):
        learners.resume(phone, "otter-lamp-violin-0000")
    assert learners.for_session(phone.session) == before


def test_who_guesses_codes_is_stopped_for_a_while() -> None:
    learner = learners.for_session(a_browser().session)
    guesser = a_browser("10.0.0.2")
    for _ in range(learners.MAX_TRIES):
        with pytest.raises(learners.UnknownCode):
            learners.resume(guesser, "no-such-code-1", lambda: START)

    with pytest.raises(learners.TooManyTries):
        learners.resume(guesser, learner.code, lambda: START)
    assert learners.resume(a_browser("10.0.0.3"), learner.code, lambda: START) == learner
    later = START + learners.TRIES_FORGOTTEN_AFTER + timedelta(seconds=1)
    assert learners.resume(guesser, learner.code, lambda: later) == learner


def test_who_is_forgotten_is_gone_on_every_device() -> None:
    laptop, phone = a_browser(), a_browser()
    learner = learners.for_session(laptop.session)
    learners.resume(phone, learner.code)

    learners.forget(laptop.session)

    assert Learner.objects.count() == 0
    assert learners.of_session(phone.session) is None
