"""A link that several open at the same moment signs one of them in."""

from functools import partial

import pytest
from django.contrib.auth.models import User

from lessons.classroom import links
from lessons.models import InstructorLink
from playground.testing import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def secret_of(link: str) -> str:
    return link.rstrip("/").rpartition("/")[2]


def test_a_link_is_used_by_one_of_those_who_open_it_at_once() -> None:
    secret = secret_of(links.issue_link())
    found = at_once([partial(links.use, secret)] * 6)
    instructor = User.objects.get(username=links.INSTRUCTOR)
    assert sorted(found, key=str) == sorted([instructor, *[None] * 5], key=str)
    assert InstructorLink.objects.exclude(used_at=None).count() == 1


def test_two_links_at_once_sign_the_same_instructor_in() -> None:
    secrets = [secret_of(links.issue_link()) for _ in range(4)]
    found = at_once([partial(links.use, secret) for secret in secrets])
    assert found == [User.objects.get()] * 4
