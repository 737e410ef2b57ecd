"""The run, trace and span that a hop belongs to, as W3C Trace Context writes them."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

_TRACEPARENT = re.compile(r"^00-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}$")

NewHex = Callable[[int], str]  # number of hexadecimal digits -> that many random digits


@dataclass(frozen=True, slots=True)
class Span:
    """One step of a run. `run` names everything that one press has caused."""

    run: str
    trace: str  # 32 hex digits
    span: str  # 16 hex digits
    parent: str = ""  # the span that caused this one
    actor: str = ""  # participant, in a class

    @classmethod
    def root(cls, new_hex: NewHex, *, run: str = "", actor: str = "") -> Self:
        """The first span of a new trace. Without `run` it begins a run of its own."""
        trace = new_hex(32)
        return cls(run or trace[:12], trace, new_hex(16), "", actor)

    def child(self, new_hex: NewHex) -> "Span":
        return Span(self.run, self.trace, new_hex(16), self.span, self.actor)

    @property
    def traceparent(self) -> str:
        return f"00-{self.trace}-{self.span}-01"


def parse_traceparent(header: str) -> tuple[str, str] | None:
    """(trace id, span id), or None if it is no valid traceparent.

    Source: https://www.w3.org/TR/trace-context/#traceparent-header
    """
    match = _TRACEPARENT.match(header)
    if match is None or set(match[1]) == {"0"} or set(match[2]) == {"0"}:
        return None
    return match[1], match[2]
