"""What comes at the same moment: a session has one learner, a learner one code."""

from functools import partial
from itertools import count
from typing import Any

import pytest
from django.contrib.sessions.backends.db import SessionStore

from lessons.learners import sessions
from lessons.models import Learner
from playground.testing import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def a_session() -> Any:
    session = SessionStore()
    session["theme"] = "dark"
    session.save()
    return session


def test_a_session_has_one_learner_however_many_of_its_requests_come_first() -> None:
    key = a_session().session_key
    found = at_once([lambda: sessions.for_session(SessionStore(key))] * 6)
    assert found == [Learner.objects.get()] * 6
    assert SessionStore(key)["theme"] == "dark"


def test_learners_who_draw_the_same_code_get_one_each(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = count()
    # The first four draws are the same.
    monkeypatch.setattr(
        sessions, "new_code", lambda: f"otter-lamp-violin-{1000 + max(next(drawn), 3)}"
    )
    browsers = [a_session() for _ in range(4)]
    found: Any = at_once([partial(sessions.for_session, browser) for browser in browsers])
    assert all(isinstance(learner, Learner) for learner in found), found
    assert len({learner.pk for learner in found}) == len({learner.code for learner in found}) == 4
