"""Lessons: a Markdown file each, with front matter, parsed into values.

---
title: A phone call
slug: a-phone-call
number: 1
part: Calling
minutes: 10
objectives: [...]
---
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings
from django.utils.html import escape
from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.attrs import attrs_block_plugin, attrs_plugin
from mdit_py_plugins.front_matter import front_matter_plugin

CONTENT = Path(__file__).parent / "content"
FIELDS: dict[str, type] = {
    "title": str,
    "slug": str,
    "number": int,
    "part": str,
    "minutes": int,
    "lead": str,
    "objectives": list,
}


class LessonMistake(ValueError):
    """A lesson file that cannot be shown: where, what, and what to do."""

    def __init__(self, path: Path, line: int, what: str, remedy: str) -> None:
        super().__init__(f"{path.name}, line {line}: {what}")
        self.path, self.line, self.what, self.remedy = path, line, what, remedy


@dataclass(frozen=True, slots=True)
class Lesson:
    title: str
    slug: str
    number: int
    part: str
    minutes: int
    lead: str
    objectives: tuple[str, ...]
    html: str  # safe: made by us from the file


def lessons() -> tuple[Lesson, ...]:
    """The course in order: our lessons and those in the folders of LESSON_FOLDERS.

    A file is read again when it has changed.  Raises LessonMistake.
    """
    found = [_read(path, path.stat().st_mtime_ns) for path in lesson_files()]
    return tuple(sorted(found, key=lambda lesson: lesson.number))


def find(slug: str) -> Lesson | None:
    return next((lesson for lesson in lessons() if lesson.slug == slug), None)


def lesson_files() -> Iterator[Path]:
    for folder in (CONTENT, *settings.LESSON_FOLDERS):
        yield from sorted(folder.glob("*.md"))


def read(path: Path) -> Lesson:
    """Parse one file.  Raises LessonMistake."""
    markdown = (
        MarkdownIt("commonmark", {"typographer": True})
        .enable(["replacements", "smartquotes", "table"])
        .use(front_matter_plugin)
        .use(attrs_plugin, spans=True, allowed=["class", "data-points-at"])
        .use(attrs_block_plugin, allowed=["class", "id"])
    )
    markdown.add_render_rule("fence", _code)
    tokens = markdown.parse(path.read_text())
    if not tokens or tokens[0].type != "front_matter":
        raise LessonMistake(path, 1, "there is no front matter", "Begin the file with ---.")
    fields = _front_matter(path, tokens[0].content)
    objectives: Sequence[str] = fields.pop("objectives")
    html = markdown.renderer.render(tokens[1:], markdown.options, {})
    return Lesson(**fields, objectives=tuple(objectives), html=html)


def _code(renderer: Any, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
    """A block of code that can be scrolled by keyboard, too."""
    block = tokens[index]
    text = escape(block.content)
    return (
        f'<pre tabindex="0" role="region" aria-label="Code"><code class="{block.info}">'
        f"{text}</code></pre>\n"
    )


@cache
def _read(path: Path, changed_at: int) -> Lesson:
    return read(path)


def _front_matter(path: Path, text: str) -> dict[str, Any]:
    try:
        fields = yaml.safe_load(text)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 2 if error.problem_mark else 1
        raise LessonMistake(
            path, line, f"the front matter is not YAML: {error.problem}", "Mend that line."
        ) from None
    if not isinstance(fields, dict):
        raise LessonMistake(path, 2, "the front matter is no list of fields", "Write `title: …`.")
    for name, kind in FIELDS.items():
        if not isinstance(fields.get(name), kind):
            what = f"`{name}` is missing or not of type {kind.__name__}"
            raise LessonMistake(path, 2, what, f"Add a line `{name}: …`.")
    for name in fields.keys() - FIELDS.keys():
        line = next(i for i, row in enumerate(text.splitlines(), 2) if row.startswith(str(name)))
        remedy = f"Remove it; there are {', '.join(FIELDS)}."
        raise LessonMistake(path, line, f"there is no field `{name}`", remedy)
    return fields
