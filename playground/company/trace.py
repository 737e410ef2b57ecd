"""The run, trace and span that a hop belongs to, as W3C Trace Context writes them."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

_TRACEPARENT = re.compile(
    r"(?P<version>[0-9a-f]{2})-(?P<trace>[0-9a-f]{32})-(?P<span>[0-9a-f]{16})-[0-9a-f]{2}"
    r"(?P<more>-.*)?"
)
_RUN_DIGITS, _TRACE_DIGITS = 12, 32

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
        trace = new_hex(_TRACE_DIGITS)
        return cls(run or run_of(trace), trace, new_hex(16), "", actor)

    @classmethod
    def of_caller(cls, traceparent: str, new_hex: NewHex) -> Self:
        """The first span of a request: in the trace of its caller, or of a new one."""
        caller = parse_traceparent(traceparent)
        if caller is None:
            return cls.root(new_hex)
        trace, parent = caller
        return cls(run_of(trace), trace, new_hex(16), parent)

    def child(self, new_hex: NewHex) -> "Span":
        return Span(self.run, self.trace, new_hex(16), self.span, self.actor)

    @property
    def traceparent(self) -> str:
        return traceparent(self.trace, self.span)


def run_of(trace: str) -> str:
    """The run that a trace from outside begins: the end of its id, which is the random part.

    Source: https://www.w3.org/TR/trace-context/#considerations-for-trace-id-field-generation
    """
    return trace[-_RUN_DIGITS:]


def trace_in(run: str, number: int) -> str:
    """The id of the trace of a run's customer with this number."""
    return f"{number:0{_TRACE_DIGITS - _RUN_DIGITS}x}{run}"


def number_in(trace: str) -> int:
    """The customer's number, of a trace that `trace_in` has named."""
    return int(trace[:-_RUN_DIGITS], 16)


def traceparent(trace: str, span: str) -> str:
    return f"00-{trace}-{span}-01"


def parse_traceparent(header: str) -> tuple[str, str] | None:
    """(trace id, span id), or None if it is no valid traceparent.

    A later version may have more fields after those of version 00.
    Source: https://www.w3.org/TR/trace-context/#versioning-of-traceparent
    """
    match = _TRACEPARENT.fullmatch(header)
    if match is None or set(match["trace"]) == {"0"} or set(match["span"]) == {"0"}:
        return None
    if match["version"] == "ff" or (match["version"] == "00" and match["more"] is not None):
        return None
    return match["trace"], match["span"]
