"""One-time links: an instructor signs in without a password."""

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
    """Create a link and return its path. It works once, within VALID_FOR."""
    secret = secrets.token_urlsafe(24)
    InstructorLink.objects.create(hash=_hash(secret), issued_at=timezone.now())
    return reverse("classroom:enter", args=[secret])


def is_open(secret: str) -> bool:
    """Is the link unused and not expired?"""
    return _open_links(secret).exists()


def use(secret: str) -> User | None:
    """Use the link up and return the instructor's account; None if it is used or expired."""
    now = timezone.now()
    if not _open_links(secret).update(
        used_at=now
    ):  # one statement, so of two requests only one wins
        return None
    instructor, _ = User.objects.get_or_create(username=INSTRUCTOR)
    return instructor


def has_instructor() -> bool:
    """Has an instructor ever signed in with a link?"""
    return User.objects.filter(username=INSTRUCTOR).exists()


def _open_links(secret: str):  # type: ignore[no-untyped-def]
    oldest = timezone.now() - VALID_FOR
    return InstructorLink.objects.filter(hash=_hash(secret), used_at=None, issued_at__gte=oldest)


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
