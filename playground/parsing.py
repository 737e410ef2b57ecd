"""Read what a client has written: the one way in for JSON, texts, and numbers outside a model.

What can be decoded is not always fit to be kept: half of a surrogate pair cannot be encoded again,
PostgreSQL stores no NUL, a number may be of any length, and lists inside each other exhaust the
stack of the code that walks through them.
"""

import json
import re
import unicodedata
from typing import Any, Never

from .bounds import MAX_DEPTH

_WHOLE = re.compile("[0-9]+")
_DECIMAL = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,2})?")
_LONGEST_DECIMAL = 40  # characters
_MAX_DIGITS = 100  # whether such a number means something is for the model of its field to say

# Control characters, halves of surrogate pairs, separators of lines and paragraphs, and what turns
# the direction of the text that follows
_INTRUSIVE = {"Cc", "Cs", "Zl", "Zp"}
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_IN_LINES = frozenset("\t\n\r")
_VISIBLE = "LNPS"  # categories of Unicode: letters, numbers, punctuation, symbols
# They belong to these categories, but are blank.
_FILLERS = frozenset("\u115f\u1160\u2800\u3164\uffa0\U0001d159")


class NotJson(ValueError):
    """The text is no JSON."""


class Unacceptable(ValueError):
    """It is JSON, but nothing that can be kept. The message tells the client what to change."""


def parse_json(text: str | bytes) -> Any:
    """The value.  Raises NotJson, Unacceptable."""
    try:
        value = _decoder.decode(text if isinstance(text, str) else text.decode())
    except RecursionError:
        raise _too_deep() from None
    except Unacceptable:
        raise
    except ValueError as error:  # what is not UTF-8, too
        raise NotJson(str(error)) from None
    _check(value)
    return value


def whole_number(text: str, *, digits: int) -> int:
    """A number of at most so many digits, 0 to 9.  Raises ValueError.

    `int` and `isdigit` also take the digits of other scripts, `²` and `1_000`.
    """
    if len(text) > digits or not _WHOLE.fullmatch(text):
        raise ValueError(f"{text[:20]!r} is not a whole number of at most {digits} digits")
    return int(text)


def decimal_number(text: str) -> float:
    """A number as a browser's number field writes it: `-1.5`, `2e3`.  Raises ValueError."""
    if len(text) > _LONGEST_DECIMAL or not _DECIMAL.fullmatch(text):
        raise ValueError(f"{text[:20]!r} is not a number")
    return float(text)


def visible_text(text: str, *, lines: bool = False) -> str:
    """A text that a person has written for others to read, without the blanks around it.

    `lines`: it may have several.  Raises ValueError.
    """
    for character in text:
        is_intrusive = character in _TURNING or unicodedata.category(character) in _INTRUSIVE
        if is_intrusive and not (lines and character in _IN_LINES):
            raise ValueError(f"must not contain the character U+{ord(character):04X}")
    if not any(map(_is_visible, text)):
        raise ValueError("contains nothing that can be seen")
    return text.strip()


def _is_visible(character: str) -> bool:
    return unicodedata.category(character)[0] in _VISIBLE and character not in _FILLERS


def _check(value: Any) -> None:
    """Look through the value level by level. Raises Unacceptable."""
    level = [value]
    for _ in range(MAX_DEPTH + 1):
        inner: list[Any] = []
        for part in level:
            match part:
                case str():
                    _check_text(part)
                case dict():
                    inner += part
                    inner += part.values()
                case list():
                    inner += part
        if not inner:
            return
        level = inner
    raise _too_deep()


def _check_text(text: str) -> None:
    if "\0" in text:
        raise Unacceptable("A text contains the character NUL. Remove it.")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise Unacceptable(
            "A text contains half of a surrogate pair. Send the whole character."
        ) from None


def _integer(digits: str) -> int:
    if len(digits.removeprefix("-")) > _MAX_DIGITS:
        raise _too_large()
    return int(digits)


def _decimal(digits: str) -> float:
    number = float(digits)
    if number in (float("inf"), float("-inf")):
        raise _too_large()
    return number


def _no_number(name: str) -> Never:
    raise NotJson(f"{name} is not JSON")


def _too_deep() -> Unacceptable:
    return Unacceptable(f"Lists and objects are more than {MAX_DEPTH} deep. Nest fewer.")


def _too_large() -> Unacceptable:
    return Unacceptable("A number is too large. Send a smaller one.")


_decoder = json.JSONDecoder(parse_int=_integer, parse_float=_decimal, parse_constant=_no_number)
