"""`manage.py check` reads every lesson and every term."""

from django.core.checks import CheckMessage, Error

from .course import Lesson, LessonMistake, lesson_files, read
from .terms import read_terms, term_files


def check_lessons() -> list[CheckMessage]:
    mistakes: list[CheckMessage] = []
    for path in term_files():
        try:
            read_terms(path)
        except LessonMistake as mistake:
            mistakes.append(_told(mistake))
    if mistakes:
        return mistakes  # no lesson can be read without its terms
    found: list[tuple[str, Lesson]] = []
    for path in lesson_files():
        try:
            found.append((path.name, read(path)))
        except LessonMistake as mistake:
            mistakes.append(_told(mistake))
    return [*mistakes, *_check_slugs(found)]


def _told(mistake: LessonMistake) -> Error:
    return Error(str(mistake), hint=mistake.remedy, id="lessons.E001")


def _check_slugs(found: list[tuple[str, Lesson]]) -> list[CheckMessage]:
    mistakes: list[CheckMessage] = []
    files: dict[str, str] = {}
    for file, lesson in found:
        if other := files.get(lesson.slug):
            what = f"{file}: {other} has the slug `{lesson.slug}` already"
            mistakes.append(Error(what, hint="Give one of them another.", id="lessons.E002"))
        files[lesson.slug] = file
    for file, lesson in found:
        for slug in lesson.builds_on:
            if slug not in files:
                what = f"{file}: it builds on `{slug}`, and there is no such lesson"
                known = ", ".join(sorted(files))
                mistakes.append(Error(what, hint=f"There are {known}.", id="lessons.E003"))
    return mistakes
