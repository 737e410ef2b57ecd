"""The lessons that exist: ours, and those in the folders of LESSON_FOLDERS."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path

from django.conf import settings

from .lesson import Lesson
from .parsing import read
from .terms import CONTENT, term_files


def lessons() -> tuple[Lesson, ...]:
    """All lessons, by number.

    A lesson is parsed again when its file, or a file of terms, has changed.
    Raises LessonMistake.
    """
    terms_changed_ns = max((path.stat().st_mtime_ns for path in term_files()), default=0)
    parsed = [_read(path, path.stat().st_mtime_ns, terms_changed_ns) for path in lesson_files()]
    return tuple(sorted(parsed, key=lambda lesson: lesson.number))


def find(slug: str) -> Lesson | None:
    return next((lesson for lesson in lessons() if lesson.slug == slug), None)


def lesson_files() -> Iterator[Path]:
    for folder in (CONTENT, *settings.LESSON_FOLDERS):
        yield from sorted(folder.glob("*.md"))


@cache
def _read(path: Path, changed_ns: int, terms_changed_ns: int) -> Lesson:
    return read(path)
