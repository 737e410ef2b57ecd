"""The terms of the course: how each looks, what it means, and where it is in the picture.

They are read from `terms.yaml` beside the lessons. A folder of LESSON_FOLDERS may have one, too.
"""

from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from django.conf import settings
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from ..language.mistakes import LessonMistake, unknown
from ..language.vocabulary import nodes
from ..language.yaml_source import line_of, read_yaml, validated

CONTENT = Path(__file__).parents[1] / "content"
FILE = "terms.yaml"
# Parts of the picture that are more than one node.
GROUPS = frozenset({"queues", "services", "style-text", "style-call", "faults"})

Look = Literal[
    "service", "call", "text", "queue", "broker", "ok", "retry", "failed", "dead",
    "answer", "fault", "none",
]  # fmt: skip


def _known_part(name: str) -> str:
    known = nodes() | GROUPS
    if name not in known:
        raise unknown("part of the picture", name, known)
    return name


class Reading(BaseModel):
    """A source to read more in."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    title: str
    url: Annotated[str, Field(pattern=r"^https?://\S+$")]


class Term(BaseModel):
    """A word of the course, with the sentence that explains it."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    key: Annotated[str, Field(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$")]
    title: str
    look: Look = "none"
    says: str
    points_at: Annotated[str, AfterValidator(_known_part)] | None = None
    see: tuple[Reading, ...] = ()


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")
    terms: list[Term]


def terms() -> dict[str, Term]:
    """All terms by key. A file is parsed again when it has changed.  Raises LessonMistake."""
    by_key: dict[str, Term] = {}
    for path in term_files():
        by_key |= _read(path, path.stat().st_mtime_ns)
    return by_key


def term_files() -> list[Path]:
    folders = (CONTENT, *settings.LESSON_FOLDERS)
    return [folder / FILE for folder in folders if (folder / FILE).exists()]


def read_terms(path: Path) -> dict[str, Term]:
    """The terms of one file, by key.  Raises LessonMistake."""
    text = path.read_text()
    values = read_yaml(path, text, 1, "the list of terms")
    file: _File = validated(_File, values, path, text, 1, "terms")
    by_key: dict[str, Term] = {}
    for index, term in enumerate(file.terms):
        if term.key in by_key:
            line = 1 + line_of(text, ["terms", index])
            raise LessonMistake(
                path, line, f"there are two terms `{term.key}`", "Remove one of them."
            )
        by_key[term.key] = term
    return by_key


@cache
def _read(path: Path, changed_ns: int) -> dict[str, Term]:
    return read_terms(path)
