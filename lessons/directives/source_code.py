"""Functions of the playground, read from their source by name.

A lesson holds no copy of the code, so the code that it shows cannot go stale.
"""

import inspect
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from types import FunctionType
from typing import Any

from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

from ..language.mistakes import InvalidValue

ROOT = "playground"
SHOWN = ("company", "calls", "handling", "messaging")  # the packages that lessons may show


@dataclass(frozen=True, slots=True)
class Source:
    symbol: str  # company.services.users.save_profile
    file: str  # playground/company/services/users.py
    first_line: int
    text: str

    @property
    def name(self) -> str:
        """Its full name, as the `LinesRan` records have it."""
        return f"{ROOT}.{self.symbol}"


@dataclass(frozen=True, slots=True)
class Line:
    number: int
    html: str  # escaped by Pygments
    ran: bool


@cache
def source_of(symbol: str) -> Source:
    """The function or class with this name.  Raises InvalidValue if there is none."""
    definition = _find(symbol)
    lines, first_line = inspect.getsourcelines(definition)
    file = f"{definition.__module__.replace('.', '/')}.py"
    text = inspect.cleandoc("\n" + "".join(lines))
    return Source(symbol, file, max(1, first_line), text)


def lines_of(source: Source, ran: Collection[int] = ()) -> list[Line]:
    """Its lines, highlighted. `ran` holds the numbers, within the file, of the lines that ran."""
    formatter: Any = HtmlFormatter(nowrap=True)
    html = highlight(source.text, PythonLexer(stripnl=False), formatter).rstrip("\n").split("\n")
    return [
        Line(number, line, number in ran) for number, line in enumerate(html, source.first_line)
    ]


def _find(symbol: str) -> FunctionType | type:
    if symbol.partition(".")[0] not in SHOWN:
        remedy = f"Write a name under {ROOT}, such as company.services.users.save_profile."
        raise InvalidValue(f"`{symbol}` is not in {' or '.join(SHOWN)}", remedy)
    module_name = symbol
    attributes: list[str] = []
    while "." in module_name:
        module_name, _, last = module_name.rpartition(".")
        attributes.insert(0, last)
        try:
            value: Any = import_module(f"{ROOT}.{module_name}")
        except ModuleNotFoundError:
            continue
        for name in attributes:
            value = getattr(value, name, None)
        if isinstance(value, FunctionType | type):
            return value
        break
    remedy = f"Look in {ROOT}/{symbol.partition('.')[0]}/. A method is written Class.method."
    raise InvalidValue(f"there is no function or class `{symbol}` in {ROOT}", remedy)
