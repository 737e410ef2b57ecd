"""Routing: the subscribers of a message and their styles, under the design in force."""

from dataclasses import dataclass
from typing import Any

from ..company.topology import Style
from .choices import Design


@dataclass(frozen=True, slots=True)
class Route:
    by_text: tuple[str, ...]  # subscribers that get a copy in their queue
    by_call: tuple[str, ...]  # subscribers that are called, one after the other


def route(source: str, message: Any, design: Design) -> Route:
    """The subscribers of a message that `source` announces, in the order of the topology."""
    by_style: dict[Style, list[str]] = {Style.TEXT: [], Style.CALL: []}
    for connection in design.wiring.connections_carrying(source, type(message)):
        by_style[design.wiring.style(connection)].append(connection.target)
    return Route(tuple(by_style[Style.TEXT]), tuple(by_style[Style.CALL]))
