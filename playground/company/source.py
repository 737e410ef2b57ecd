"""The source code of the company's handlers, for the lessons to show."""

import inspect
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from .topology import HANDLERS

_ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class HandlerSource:
    symbol: str  # "send_receipt"
    file: str  # path from the root of the repository, with slashes
    first_line: int  # of `source` in that file, from 1
    source: str


@cache
def handler_source(service: str, message: str) -> HandlerSource | None:
    """The function that handles a message (the name of its class) at a service, or None.

    Only functions in the table of handlers can be asked for, so no other code is shown.
    """
    for (owner, message_class), handler in HANDLERS.items():
        if owner == service and message_class.__name__ == message:
            lines, first_line = inspect.getsourcelines(handler)
            file = Path(inspect.getfile(handler)).resolve().relative_to(_ROOT)
            return HandlerSource(handler.__name__, file.as_posix(), first_line, "".join(lines))
    return None
