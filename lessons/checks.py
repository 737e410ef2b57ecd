"""A Django check that parses every lesson and every file of terms."""

from django.core.checks import CheckMessage, Error

from .course import Lesson, LessonMistake, lesson_files, read
from .course.terms import read_terms, term_files


def check_lessons() -> list[CheckMessage]:
    errors: list[CheckMessage] = []
    for path in term_files():
        try:
            read_terms(path)
        except LessonMistake as mistake:
            errors.append(_error(mistake))
    if errors:
        return errors  # no lesson can be parsed without the terms
    parsed: list[tuple[str, Lesson]] = []
    for path in lesson_files():
        try:
            parsed.append((path.name, read(path)))
        except LessonMistake as mistake:
            errors.append(_error(mistake))
    return [*errors, *_check_slugs(parsed)]


def _error(mistake: LessonMistake) -> Error:
    return Error(str(mistake), hint=mistake.remedy, id="lessons.E001")


def _check_slugs(parsed: list[tuple[str, Lesson]]) -> list[CheckMessage]:
    """Every slug is used once, and every lesson builds on lessons that exist."""
    errors: list[CheckMessage] = []
    files: dict[str, str] = {}
    for file, lesson in parsed:
        if other := files.get(lesson.slug):
            problem = f"{file}: {other} has the slug `{lesson.slug}` already"
            hint = "Give one of the two another slug."
            errors.append(Error(problem, hint=hint, id="lessons.E002"))
        files[lesson.slug] = file
    for file, lesson in parsed:
        for slug in lesson.builds_on:
            if slug not in files:
                problem = f"{file}: the lesson builds on `{slug}`, but there is no such lesson"
                hint = f"The lessons are {', '.join(sorted(files))}."
                errors.append(Error(problem, hint=hint, id="lessons.E003"))
    return errors
