from typing import Any

from django.apps import AppConfig
from django.core.checks import CheckMessage, register


class LessonsConfig(AppConfig):
    name = "lessons"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        register(_check_lessons)

        from playground.control.lifecycle import has_an_age

        from .expiry import delete_expired

        has_an_age.connect(delete_expired)


def _check_lessons(**_: Any) -> list[CheckMessage]:
    # Imported here, because workers never read lessons: they save the memory of the parser.
    from .checks import check_lessons

    return check_lessons()
