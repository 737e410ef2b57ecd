"""Cursors: ids of a Redis stream, "<milliseconds>-<number>", ordered as pairs of numbers."""

import re

PATTERN = "^[0-9]{1,19}(-[0-9]{1,19})?$"
_LARGEST = 2**63 - 1  # Redis knows none of more than 64 bits
_CURSOR = re.compile(r"([0-9]{1,19})(?:-([0-9]{1,19}))?")


def order(cursor: str) -> tuple[int, int]:
    """A key that sorts cursors.  Raises ValueError if it is not a cursor."""
    match = _CURSOR.fullmatch(cursor)
    if match is None:
        raise ValueError(f"{cursor!r} is not a cursor")
    milliseconds, number = int(match[1]), int(match[2] or 0)
    if max(milliseconds, number) > _LARGEST:
        raise ValueError(f"{cursor!r} is not a cursor: a number of it is too large")
    return milliseconds, number


def is_cursor(value: object) -> bool:
    try:
        return isinstance(value, str) and order(value) is not None
    except ValueError:
        return False


def checked(value: str) -> str:
    """The same text.  Raises ValueError if it is not a cursor."""
    order(value)
    return value
