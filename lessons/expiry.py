"""Delete learners who do not come back, with their resume codes, and instructors' old links."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings

from playground.storage.playgrounds import delete_in_steps

from .classroom.links import VALID_FOR
from .models import InstructorLink, Learner

_MOST_LEARNERS_AT_ONCE = 20  # each with all that was said


def delete_expired(now: datetime, **_: Any) -> None:
    """Receives the signal `has_an_age` of the playground's caretaker."""
    delete_in_steps(InstructorLink.objects.filter(issued_at__lte=now - VALID_FOR))
    away = Learner.objects.filter(used_at__lte=now - timedelta(days=settings.LEARNER_DAYS))
    for learner in away[:_MOST_LEARNERS_AT_ONCE]:
        learner.delete()
