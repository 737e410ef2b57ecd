"""Learners, with their resume codes, and instructors' links have an age."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.sessions.backends.db import SessionStore
from redis import Redis

from lessons.classroom import links
from lessons.learners import sessions
from lessons.models import InstructorLink, Learner, Said
from playground.control.lifecycle import delete_expired

pytestmark = pytest.mark.django_db(transaction=True)


def days_ago(days: float) -> datetime:
    return datetime.now(UTC) - timedelta(days=days)


def test_a_learner_goes_so_many_days_after_the_last_use(redis: Redis, settings: Any) -> None:
    settings.LEARNER_DAYS = 365
    old, young = (sessions.for_session(SessionStore()) for _ in range(2))
    Said.objects.create(learner=old, lesson="a", step="b", role="guess", value=1)
    for learner, days in ((old, 366), (young, 364)):
        Learner.objects.filter(id=learner.id).update(used_at=days_ago(days))
    delete_expired()
    assert Learner.objects.get() == young
    assert not Said.objects.exists()


def test_each_page_that_a_learner_opens_is_use() -> None:
    session = SessionStore()
    learner = sessions.for_session(session)
    Learner.objects.filter(id=learner.id).update(used_at=days_ago(40))
    assert sessions.of_session(session) == learner
    assert Learner.objects.get().used_at > days_ago(1)


def test_links_that_are_no_longer_valid_go_and_the_instructor_stays(redis: Redis) -> None:
    used, expired, valid = (links.issue_link().rstrip("/").rpartition("/")[2] for _ in range(3))
    links.use(used)
    InstructorLink.objects.exclude(hash=links._hash(valid)).update(issued_at=days_ago(2))
    assert not links.is_open(expired)
    delete_expired()
    assert InstructorLink.objects.count() == 1
    assert links.is_open(valid)
    assert links.has_instructor()
