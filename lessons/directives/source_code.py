"""The code that ran: a function of the playground by its name, read from its source.

Nothing is copied into a lesson, so nothing can go stale.
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

from .mistakes import Wrong

ROOT = "playground"
SHOWN = ("company", "calls", "handling", "messaging")  # what learners may look into


@dataclass(frozen=True, slots=True)
class Source:
    symbol: str  # company.services.users.save_profile
    file: str  # playground/company/services/users.py
    first_line: int
    text: str

    @property
    def name(self) -> str:
        """As the records of lines that ran name it."""
        return f"{ROOT}.{self.symbol}"


@dataclass(frozen=True, slots=True)
class Line:
    number: int
    html: str  # safe: made by Pygments
    ran: bool


@cache
def source_of(symbol: str) -> Source:
    """Raises Wrong unless the playground has such a function or class."""
    found = _find(symbol)
    lines, first = inspect.getsourcelines(found)
    file = f"{found.__module__.replace('.', '/')}.py"
    text = inspect.cleandoc("\n" + "".join(lines))
    return Source(symbol, file, max(1, first), text)


def lines_of(source: Source, ran: Collection[int] = ()) -> list[Line]:
    """Its lines, highlighted; `ran` are numbers of lines in the file."""
    formatter: Any = HtmlFormatter(nowrap=True)
    html = highlight(source.text, PythonLexer(stripnl=False), formatter).rstrip("\n").split("\n")
    return [
        Line(number, line, number in ran) for number, line in enumerate(html, source.first_line)
    ]


def _find(symbol: str) -> FunctionType | type:
    if symbol.partition(".")[0] not in SHOWN:
        remedy = f"Write a name under {ROOT}, such as company.services.users.save_profile."
        raise Wrong(f"`{symbol}` is not in {' or '.join(SHOWN)}", remedy)
    module_name = symbol
    rest: list[str] = []
    while "." in module_name:
        module_name, _, last = module_name.rpartition(".")
        rest.insert(0, last)
        try:
            found: Any = import_module(f"{ROOT}.{module_name}")
        except ModuleNotFoundError:
            continue
        for name in rest:
            found = getattr(found, name, None)
        if isinstance(found, FunctionType | type):
            return found
        break
    remedy = f"Look it up in {ROOT}/{symbol.partition('.')[0]}/; methods are Class.method."
    raise Wrong(f"there is no function or class `{symbol}` in {ROOT}", remedy)
