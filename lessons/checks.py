"""`manage.py check` reads every lesson."""

from typing import Any

from django.core.checks import CheckMessage, Error, register

from .course import LessonMistake, lesson_files, read


@register()
def check_lessons(**_: Any) -> list[CheckMessage]:
    mistakes: list[CheckMessage] = []
    seen: dict[str, str] = {}
    for path in lesson_files():
        try:
            lesson = read(path)
        except LessonMistake as mistake:
            mistakes.append(Error(str(mistake), hint=mistake.remedy, id="lessons.E001"))
            continue
        if other := seen.get(lesson.slug):
            what = f"{path.name}: {other} has the slug `{lesson.slug}` already"
            mistakes.append(Error(what, hint="Give one of them another.", id="lessons.E002"))
        seen[lesson.slug] = path.name
    return mistakes
