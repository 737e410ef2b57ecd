"""What is wrong with a lesson file: where, what, and what to do."""

from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path


class LessonMistake(ValueError):
    """A lesson file that cannot be shown."""

    def __init__(self, path: Path, line: int, what: str, remedy: str) -> None:
        super().__init__(f"{path.name}, line {line}: {what}")
        self.path, self.line, self.what, self.remedy = path, line, what, remedy


class Wrong(ValueError):
    """A value that cannot stand, with its remedy; whoever knows the line makes it a mistake."""

    def __init__(self, what: str, remedy: str) -> None:
        super().__init__(what)
        self.remedy = remedy


def unknown(kind: str, name: object, known: Iterable[str]) -> Wrong:
    """`name` is none of these: the remedy names the nearest, or all."""
    names = sorted(known)
    near = get_close_matches(str(name), names, n=1)
    remedy = f"Did you mean `{near[0]}`?" if near else f"There are {', '.join(names)}."
    return Wrong(f"there is no {kind} `{name}`", remedy)
