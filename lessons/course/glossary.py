"""The glossary: every term of the course, and the lessons that use it."""

from collections.abc import Iterator
from dataclasses import dataclass

from ..directives import Directive
from .lesson import Lesson
from .library import lessons
from .terms import Term, terms


@dataclass(frozen=True, slots=True)
class Entry:
    term: Term
    used_in: tuple[Lesson, ...]


def glossary() -> list[Entry]:
    """An entry for each term, by title.  Raises LessonMistake."""
    course = [(lesson, "".join(_texts(lesson))) for lesson in lessons()]
    return [
        Entry(term, tuple(lesson for lesson, text in course if _uses(text, term)))
        for term in sorted(terms().values(), key=lambda term: term.title.lower())
    ]


def _uses(text: str, term: Term) -> bool:
    return f'data-term="{term.key}"' in text or f"{{term={term.key}}}" in text


def _texts(lesson: Lesson) -> Iterator[str]:
    """Its prose as HTML, and the fields of its directives as Markdown."""
    yield lesson.html
    yield from (repr(step) for step in lesson.all_of(Directive))
