"""Who is to have a message, and in which style: the topology under the learner's design."""

from dataclasses import dataclass
from typing import Any

from ..company.topology import Style
from .choices import Design


@dataclass(frozen=True, slots=True)
class Route:
    by_text: tuple[str, ...]  # subscribers that find the message in their queue
    by_call: tuple[str, ...]  # subscribers that are called, one after the other


def route(source: str, message: Any, design: Design) -> Route:
    by_style: dict[Style, list[str]] = {Style.TEXT: [], Style.CALL: []}
    for connection in design.wiring.connections_carrying(source, type(message)):
        by_style[design.wiring.style(connection)].append(connection.target)
    return Route(tuple(by_style[Style.TEXT]), tuple(by_style[Style.CALL]))
