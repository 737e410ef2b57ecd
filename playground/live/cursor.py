"""Cursors: ids of a Redis stream, "<milliseconds>-<number>", ordered as pairs of numbers."""

import re

_CURSOR = re.compile(r"^(\d{1,20})(?:-(\d{1,20}))?$")


def order(cursor: str) -> tuple[int, int]:
    """A key that sorts cursors.  Raises ValueError if it is not a cursor."""
    match = _CURSOR.match(cursor)
    if match is None:
        raise ValueError(f"{cursor!r} is not a cursor")
    return int(match[1]), int(match[2] or 0)


def is_cursor(value: object) -> bool:
    return isinstance(value, str) and _CURSOR.match(value) is not None
