"""Line trace: record which lines of some functions a step ran, by `sys.settrace`.

Only in a playground that a lesson watches, for the functions that it shows, and in the thread
of the step. Elsewhere it costs one comparison per step (ADR 10).
"""

import sys
from collections.abc import Collection, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from types import CodeType, FrameType
from typing import Any

from ..company.trace import Span
from ..flow.records import Kind
from .runtime import Context

ROOTS = tuple(f"playground.{room}." for room in ("company", "calls", "handling", "messaging"))
_OFF = nullcontext()


def watched(context: Context, spans: Sequence[Span], service: str) -> AbstractContextManager[None]:
    """Trace the block, and add a LinesRan record to each span, also if the block raises."""
    if not context.conditions.watched:
        return _OFF
    return _watched(context, spans, service)


@contextmanager
def _watched(context: Context, spans: Sequence[Span], service: str) -> Iterator[None]:
    tracer, before = _Tracer(context.conditions.watched), sys.gettrace()
    sys.settrace(tracer)
    try:
        yield
    finally:
        sys.settrace(before)
        if tracer.ran:
            lines = {name: sorted(numbers) for name, numbers in tracer.ran.items()}
            for span in spans:
                context.recorder.add(
                    span, Kind.NOTE, "LinesRan", target=service, data={"lines": lines}
                )


class _Tracer:
    """A trace function that traces only the functions of these names."""

    def __init__(self, names: Collection[str]) -> None:
        self._names = names
        self._known: dict[CodeType, str] = {}
        self.ran: dict[str, set[int]] = {}

    def __call__(self, frame: FrameType, event: str, arg: Any) -> Any:
        code = frame.f_code
        if code not in self._known:
            self._known[code] = self._name_of(frame)
        return self._line if self._known[code] else None

    def _line(self, frame: FrameType, event: str, arg: Any) -> Any:
        if event == "line":
            self.ran.setdefault(self._known[frame.f_code], set()).add(frame.f_lineno)
        return self._line

    def _name_of(self, frame: FrameType) -> str:
        """The watched name (a function or a class) that contains this code; "" for none."""
        module = frame.f_globals.get("__name__", "")
        if not module.startswith(ROOTS):
            return ""
        name = f"{module}.{frame.f_code.co_qualname}".removesuffix(".<locals>")
        return next((n for n in self._names if name == n or name.startswith(f"{n}.")), "")
