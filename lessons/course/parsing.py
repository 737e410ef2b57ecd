"""Parse a lesson's Markdown file: front matter, prose and directives (docs/authoring.md)."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from markdown_it.token import Token

from ..directives import (
    DIRECTIVES,
    Asked,
    Code,
    Directive,
    Run,
    SecondCase,
    Verdict,
    ids_of,
)
from ..language.mistakes import InvalidValue, LessonMistake, unknown
from ..language.yaml_source import read_yaml, validated
from .front_matter import FrontMatter
from .lesson import Lesson, Prose
from .prose import check_terms, markdown, render
from .terms import terms


def read(path: Path) -> Lesson:
    """Parse one file.  Raises LessonMistake."""
    text = path.read_text()
    _check_terms_used(path, text)
    tokens = markdown().parse(text)
    if not tokens or tokens[0].type != "front_matter":
        raise LessonMistake(path, 1, "there is no front matter", "Begin the file with ---.")
    front_matter = _front_matter(path, tokens[0].content)
    blocks = list(_blocks(path, tokens[1:]))
    _check_ids(path, [(line, block) for line, block in blocks if line])
    return Lesson.model_construct(**dict(front_matter), blocks=tuple(block for _, block in blocks))


def _check_terms_used(path: Path, text: str) -> None:
    terms()  # a mistake in a file of terms is reported as one of that file
    for number, line in enumerate(text.splitlines(), 1):
        try:
            check_terms(line)
        except InvalidValue as invalid:
            raise LessonMistake(path, number, str(invalid), invalid.remedy) from None


def _front_matter(path: Path, text: str) -> FrontMatter:
    part = "the front matter"
    values = read_yaml(path, text, 2, part)
    front_matter: FrontMatter = validated(FrontMatter, values, path, text, 2, part)
    return front_matter


def _blocks(path: Path, tokens: Sequence[Token]) -> Iterator[tuple[int, Any]]:
    """Each block with the line of its fence, counted from 1; 0 for prose, which has no fence."""
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
        problem = f"`:::{info}` does not name a directive in braces"
        raise LessonMistake(path, line, problem, "Write `:::{predict}`.")
    if name not in DIRECTIVES:
        invalid = unknown("directive", name, DIRECTIVES)
        raise LessonMistake(path, line, str(invalid), invalid.remedy)
    _, end = token.map or (0, 0)
    if path.read_text().splitlines()[end - 1].strip() != token.markup:
        problem = f"`{name}` is never closed"
        raise LessonMistake(path, line, problem, f"End it with a line `{token.markup}`.")
    values = read_yaml(path, token.content, line + 1, f"`{name}`")
    directive: Directive = validated(
        DIRECTIVES[name], values, path, token.content, line + 1, f"`{name}`"
    )
    return directive


def _check_ids(path: Path, directives: list[tuple[int, Directive]]) -> None:
    """Every id is used once in the lesson, and every run that is named exists."""
    lines: dict[str, int] = {}
    for line, directive in directives:
        for id in ids_of(directive):
            if id in lines:
                problem = f"line {lines[id]} has the id `{id}` already"
                raise LessonMistake(path, line, problem, "Give one of the two another id.")
            lines[id] = line
    runs = [directive.id for _, directive in directives if isinstance(directive, Run)]
    for line, directive in directives:
        for run in _runs_named_by(directive):
            if run not in runs:
                invalid = unknown("run", run, runs)
                raise LessonMistake(path, line, str(invalid), invalid.remedy)


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
