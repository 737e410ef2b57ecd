"""One-time links: how an instructor gets in without choosing a password."""

import hashlib
import secrets
from datetime import timedelta

from django.contrib.auth.models import User
from django.urls import reverse
from django.utils import timezone

from ..models import InstructorLink

VALID_FOR = timedelta(hours=24)
INSTRUCTOR = "instructor"


def issue_link() -> str:
    """The path of a new link. It works once, within VALID_FOR."""
    secret = secrets.token_urlsafe(24)
    InstructorLink.objects.create(hash=_hash(secret), issued_at=timezone.now())
    return reverse("classroom:enter", args=[secret])


def is_open(secret: str) -> bool:
    """Would this link let somebody in now?"""
    return _open_links(secret).exists()


def use(secret: str) -> User | None:
    """The instructor's account, if the link is good; from now on it is not."""
    now = timezone.now()
    if not _open_links(secret).update(used_at=now):  # one statement: of two, one wins
        return None
    instructor, _ = User.objects.get_or_create(username=INSTRUCTOR)
    return instructor


def has_instructor() -> bool:
    """Has anybody ever come in by a link?"""
    return InstructorLink.objects.filter(used_at__isnull=False).exists()


def _open_links(secret: str):  # type: ignore[no-untyped-def]
    oldest = timezone.now() - VALID_FOR
    return InstructorLink.objects.filter(hash=_hash(secret), used_at=None, issued_at__gte=oldest)


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
