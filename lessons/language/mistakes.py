"""Mistakes in a lesson file: where they are, what is wrong, and what to write instead."""

from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path


class LessonMistake(ValueError):
    """A lesson file that cannot be shown. `line` counts from 1; `remedy` says what to write."""

    def __init__(self, path: Path, line: int, problem: str, remedy: str) -> None:
        super().__init__(f"{path.name}, line {line}: {problem}")
        self.path, self.line, self.problem, self.remedy = path, line, problem, remedy


class InvalidValue(ValueError):
    """A value that a lesson must not have. The caller knows the line, and raises LessonMistake."""

    def __init__(self, problem: str, remedy: str) -> None:
        super().__init__(problem)
        self.remedy = remedy


def unknown(kind: str, name: object, known: Iterable[str]) -> InvalidValue:
    """The error for a `name` that is not among the known ones.

    Its remedy names the closest of them; if none is close, it lists them all.
    """
    names = sorted(known)
    closest = get_close_matches(str(name), names, n=1)
    if closest:
        remedy = f"Did you mean `{closest[0]}`?"
    elif names:
        remedy = f"Use one of: {', '.join(names)}."
    else:
        remedy = f"Add one, or leave `{name}` out."
    return InvalidValue(f"there is no {kind} `{name}`", remedy)
