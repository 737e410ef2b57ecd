"""The words of the course: how each looks, what it says, and where it is in the picture.

They stand in `terms.yaml` beside the lessons; a folder of LESSON_FOLDERS may bring its own.
"""

from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from django.conf import settings
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from .located import checked, line_of, read_yaml
from .mistakes import LessonMistake, unknown
from .vocabulary import nodes

CONTENT = Path(__file__).parent / "content"
FILE = "terms.yaml"
# Parts of the picture that are no single node.
GROUPS = frozenset({"queues", "services", "style-text", "style-call", "faults"})

Look = Literal[
    "service", "call", "text", "queue", "broker", "ok", "retry", "failed", "dead",
    "answer", "fault", "none",
]  # fmt: skip


def _a_place(name: str) -> str:
    known = nodes() | GROUPS
    if name not in known:
        raise unknown("part of the picture", name, known)
    return name


class Reading(BaseModel):
    """Where to read more."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    title: str
    url: Annotated[str, Field(pattern=r"^https?://\S+$")]


class Term(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
    key: Annotated[str, Field(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$")]
    title: str
    look: Look = "none"
    says: str
    points_at: Annotated[str, AfterValidator(_a_place)] | None = None
    see: tuple[Reading, ...] = ()


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")
    terms: list[Term]


def terms() -> dict[str, Term]:
    """All terms by key. A file is read again when it has changed.  Raises LessonMistake."""
    found: dict[str, Term] = {}
    for path in term_files():
        found |= _read(path, path.stat().st_mtime_ns)
    return found


def term_files() -> list[Path]:
    folders = (CONTENT, *settings.LESSON_FOLDERS)
    return [folder / FILE for folder in folders if (folder / FILE).exists()]


def read_terms(path: Path) -> dict[str, Term]:
    """The terms of one file.  Raises LessonMistake."""
    text = path.read_text()
    values = read_yaml(path, text, 1, "the list of terms")
    file: _File = checked(_File, values, path, text, 1, "terms")
    found: dict[str, Term] = {}
    for index, term in enumerate(file.terms):
        if term.key in found:
            line = 1 + line_of(text, ["terms", index])
            raise LessonMistake(
                path, line, f"there are two terms `{term.key}`", "Remove one of them."
            )
        found[term.key] = term
    return found


@cache
def _read(path: Path, changed_at: int) -> dict[str, Term]:
    return read_terms(path)
