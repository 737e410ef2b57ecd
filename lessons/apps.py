from typing import Any

from django.apps import AppConfig
from django.core.checks import CheckMessage, register


class LessonsConfig(AppConfig):
    name = "lessons"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        register(_check_lessons)


def _check_lessons(**_: Any) -> list[CheckMessage]:
    # Imported only here: a worker reads no lessons, and need not hold what it takes to.
    from .checks import check_lessons

    return check_lessons()
