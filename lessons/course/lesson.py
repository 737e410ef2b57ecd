"""A lesson as a value: its front matter, and its prose and directives in order."""

from typing import Any, TypeVar

from django.utils.safestring import SafeString, mark_safe

from ..directives import Asked
from .front_matter import FrontMatter

BlockKind = TypeVar("BlockKind")


class Prose:
    """A stretch of text between two directives, as HTML."""

    template = "lessons/steps/_prose.html"

    def __init__(self, html: SafeString) -> None:
        self.html = html


class Lesson(FrontMatter):
    blocks: tuple[Any, ...] = ()  # Prose and directives, in the order of the file

    @property
    def html(self) -> SafeString:
        """The prose alone, without the directives."""
        return mark_safe("".join(block.html for block in self.all_of(Prose)))

    def all_of(self, kind: type[BlockKind]) -> list[BlockKind]:
        """The blocks of this class: directives of one kind, or Prose."""
        return [block for block in self.blocks if isinstance(block, kind)]

    def directive(self, kind: type[BlockKind], id: str) -> BlockKind | None:
        """The directive of this class with this id; None if the lesson has none."""
        return next((d for d in self.all_of(kind) if getattr(d, "id", None) == id), None)

    def asked_before(self, run: str) -> list[Asked]:
        """The predictions that unlock this run."""
        return [a for a in self.all_of(Asked) if a.run == run and a.kind_of_step == "predict"]

    def asked_after(self, run: str) -> list[Asked]:
        """The observations to be answered after this run, before its verdict is shown."""
        return [a for a in self.all_of(Asked) if a.run == run and a.kind_of_step == "observe"]
