"""The course: lessons, a Markdown file each, parsed into values.

A file has front matter, prose, and directives (docs/authoring.md).
"""

from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from django.conf import settings
from django.utils.safestring import SafeString, mark_safe
from markdown_it.token import Token

from .directives import (
    DIRECTIVES,
    Asked,
    Code,
    Directive,
    Run,
    SecondCase,
    Verdict,
    ids_of,
)
from .front_matter import FrontMatter
from .located import checked, read_yaml
from .mistakes import LessonMistake, Wrong, unknown
from .prose import check_terms, markdown, render
from .terms import CONTENT, term_files, terms

__all__ = ["Lesson", "LessonMistake", "find", "lesson_files", "lessons", "read"]

OneOf = TypeVar("OneOf")


class Prose:
    """A stretch of text between two directives."""

    template = "lessons/steps/_prose.html"

    def __init__(self, html: SafeString) -> None:
        self.html = html


class Lesson(FrontMatter):
    blocks: tuple[Any, ...] = ()  # Prose and directives, in order

    @property
    def html(self) -> SafeString:
        """The prose alone."""
        return mark_safe("".join(block.html for block in self.all_of(Prose)))

    def all_of(self, kind: type[OneOf]) -> list[OneOf]:
        """Its directives of this kind, or all Prose."""
        return [block for block in self.blocks if isinstance(block, kind)]

    def directive(self, kind: type[OneOf], id: str) -> OneOf | None:
        """The directive of this kind that has this id."""
        return next((d for d in self.all_of(kind) if getattr(d, "id", None) == id), None)

    def asked_before(self, run: str) -> list[Asked]:
        """The guesses that unlock this run."""
        return [a for a in self.all_of(Asked) if a.run == run and a.kind_of_step == "predict"]

    def asked_after(self, run: str) -> list[Asked]:
        """What the learner is to say before anything is explained."""
        return [a for a in self.all_of(Asked) if a.run == run and a.kind_of_step == "observe"]


def lessons() -> tuple[Lesson, ...]:
    """The course in order: our lessons and those in the folders of LESSON_FOLDERS.

    A file is read again when it has changed.  Raises LessonMistake.
    """
    terms_at = max((path.stat().st_mtime_ns for path in term_files()), default=0)
    found = [_read(path, path.stat().st_mtime_ns, terms_at) for path in lesson_files()]
    return tuple(sorted(found, key=lambda lesson: lesson.number))


def find(slug: str) -> Lesson | None:
    return next((lesson for lesson in lessons() if lesson.slug == slug), None)


def lesson_files() -> Iterator[Path]:
    for folder in (CONTENT, *settings.LESSON_FOLDERS):
        yield from sorted(folder.glob("*.md"))


def read(path: Path) -> Lesson:
    """Parse one file.  Raises LessonMistake."""
    text = path.read_text()
    _check_terms_of(path, text)
    tokens = markdown().parse(text)
    if not tokens or tokens[0].type != "front_matter":
        raise LessonMistake(path, 1, "there is no front matter", "Begin the file with ---.")
    head = _front_matter(path, tokens[0].content)
    blocks = tuple(_blocks(path, tokens[1:]))
    _check_together(path, [(line, block) for line, block in blocks if line])
    return Lesson.model_construct(**dict(head), blocks=tuple(block for _, block in blocks))


@cache
def _read(path: Path, changed_at: int, terms_changed_at: int) -> Lesson:
    return read(path)


def _check_terms_of(path: Path, text: str) -> None:
    terms()
    for number, line in enumerate(text.splitlines(), 1):
        try:
            check_terms(line)
        except Wrong as wrong:
            raise LessonMistake(path, number, str(wrong), wrong.remedy) from None


def _front_matter(path: Path, text: str) -> FrontMatter:
    what = "the front matter"
    values = read_yaml(path, text, 2, what)
    head: FrontMatter = checked(FrontMatter, values, path, text, 2, what)
    return head


def _blocks(path: Path, tokens: Sequence[Token]) -> Iterator[tuple[int, Any]]:
    """Each with the line of its fence; prose has none."""
    prose: list[Token] = []
    for token in tokens:
        if token.type != "colon_fence" or token.level:
            prose.append(token)
            continue
        if prose:
            yield 0, Prose(render(prose))
            prose = []
        line = (token.map or [0])[0] + 1
        yield line, _directive(path, token, line)
    if prose:
        yield 0, Prose(render(prose))


def _directive(path: Path, token: Token, line: int) -> Directive:
    info = token.info.strip()
    name = info.removeprefix("{").removesuffix("}")
    if info != f"{{{name}}}":
        raise LessonMistake(path, line, f"`:::{info}` opens nothing", "Write `:::{predict}`.")
    if name not in DIRECTIVES:
        wrong = unknown("directive", name, DIRECTIVES)
        raise LessonMistake(path, line, str(wrong), wrong.remedy)
    _, end = token.map or (0, 0)
    if path.read_text().splitlines()[end - 1].strip() != token.markup:
        what = f"`{name}` is never closed"
        raise LessonMistake(path, line, what, f"End it with a line `{token.markup}`.")
    values = read_yaml(path, token.content, line + 1, f"`{name}`")
    directive: Directive = checked(
        DIRECTIVES[name], values, path, token.content, line + 1, f"`{name}`"
    )
    return directive


def _check_together(path: Path, found: list[tuple[int, Directive]]) -> None:
    """Ids are unique, and whoever names a run names one that is there."""
    lines: dict[str, int] = {}
    for line, directive in found:
        for id in ids_of(directive):
            if id in lines:
                what = f"line {lines[id]} has the id `{id}` already"
                raise LessonMistake(path, line, what, "Give one of them another.")
            lines[id] = line
    runs = [directive.id for _, directive in found if isinstance(directive, Run)]
    for line, directive in found:
        for run in _runs_named_by(directive):
            if run not in runs:
                wrong = unknown("run", run, runs) if runs else Wrong("there is no run", "Add one.")
                raise LessonMistake(path, line, str(wrong), wrong.remedy)


def _runs_named_by(directive: Directive) -> list[str]:
    match directive:
        case Asked() | Verdict():
            return [directive.run]
        case Code() if directive.run:
            return [directive.run]
        case SecondCase():
            return [directive.beside]
        case _:
            return []
