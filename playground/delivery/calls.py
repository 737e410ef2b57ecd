"""ServiceCalls within one process: a call is work in another thread, waited for.

The caller really waits, and really gives up after its time-out while the callee goes on:
so a time-out here means what it means between machines. Where nothing of a world takes
time, no thread is spent on it.
"""

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import asdict
from typing import Any

from ..company.errors import CallFailed, CallRefused, CallTimedOut, CompanyError
from ..company.topology import Style, carriers
from ..company.trace import Span
from ..flow.records import Kind
from .fault import Fault
from .runtime import Context
from .waiting import BEAT_S

CarryOut = Callable[[Context, str, Any, Span], Any]


class InProcessCalls:
    """The ServiceCalls port as one service sees it, within one span."""

    def __init__(self, context: Context, caller: str, span: Span, carry_out: CarryOut) -> None:
        self._context, self._caller, self._span = context, caller, span
        self._carry_out = carry_out

    def goes_by_text(self, service: str, command: Any) -> bool:
        design = self._context.world.design
        return any(
            connection.target == service and design.style(connection) is Style.TEXT
            for connection in carriers(self._caller, type(command))
        )

    def call(self, service: str, message: Any) -> Any:
        context = self._context
        span = self._span.child(context.runtime.new_hex)
        fault = context.world.unreachable(service, span.span)
        fault = fault or context.world.latency(service, span.span)
        name = type(message).__name__
        hop = {"style": "call", "message": span.span, "fault": fault.mark() if fault else None}
        context.recorder.add(
            span, Kind.REQUEST, name, source=self._caller, target=service,
            data=asdict(message), **hop,
        )  # fmt: skip
        started = context.now()
        status = "error"
        try:
            reply = self._ask(service, message, span, fault)
            status = "ok"
            return reply
        except CompanyError as refusal:
            status = status_of(refusal)
            raise
        finally:
            duration_ms = (context.now() - started) * 1000
            context.recorder.add(
                span, Kind.RESPONSE, name, source=service, target=self._caller,
                status=status, duration_ms=duration_ms, **hop,
            )  # fmt: skip

    def _ask(self, service: str, message: Any, span: Span, fault: Fault | None) -> Any:
        context = self._context
        if fault:
            context.runtime.hits.count(context.playground, fault)
            if not fault.ms:
                raise CallRefused(service)
        if context.world.never_waits:
            return self._carry_out(context, service, message, span)

        context.recorder.flush()
        started = context.now()
        answer = context.runtime.callees.submit(
            self._answer, service, message, span, fault.ms / 1000 if fault else 0.0
        )
        return self._wait_for(answer, service, started)

    def _answer(self, service: str, message: Any, span: Span, latency_s: float) -> Any:
        """The callee's side, in a thread of its own. It goes on when its caller has gone."""
        context = self._context
        try:
            context.wait(latency_s)
            context.wait(context.world.design.service_time_s(service))
            return self._carry_out(context, service, message, span)
        finally:
            context.recorder.try_flush()

    def _wait_for(self, answer: Future[Any], service: str, started: float) -> Any:
        context, timeout_s = self._context, self._context.world.design.timeout_s
        while not answer.done():
            left_s = started + timeout_s - context.now()
            if left_s <= 0:
                raise CallTimedOut(service, timeout_s)
            try:
                answer.exception(timeout=min(left_s, BEAT_S))
            except TimeoutError:
                context.lease.keep()
        if context.now() - started > timeout_s:  # it came, but nobody was there any more
            raise CallTimedOut(service, timeout_s)
        return answer.result()


def status_of(error: CompanyError) -> str:
    """How a record names this ending."""
    match error:
        case CallTimedOut():
            return "timeout"
        case CallRefused():
            return "refused"
        case CallFailed():
            return "error"
        case _:
            return "rejected"
