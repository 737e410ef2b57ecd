"""ServiceCalls within one process: the callee works in another thread, and the caller waits.

The caller really waits, and gives up after its time-out while the callee goes on: a time-out
means what it means between machines. If no step takes any time (no service times, no faults),
the callee works in the caller's thread.
"""

from concurrent.futures import Future
from dataclasses import asdict
from typing import Any

from ..company.envelope import UnknownMessage, require
from ..company.errors import (
    CallBroke,
    CallFailed,
    CallRefused,
    CallReset,
    CallThrottled,
    CallTimedOut,
    CircuitOpen,
    CompanyError,
)
from ..company.topology import Style
from ..company.trace import Span
from ..flow.records import Kind
from ..handling.handle import carry_out
from ..handling.hop import Hop, HopEnded
from ..handling.lease import BEAT_S
from ..handling.runtime import Context
from ..storage.connections import give_back_connection
from .breaker_store import Breakers
from .callees import Callees


class InProcessCalls:
    """The ServiceCalls port for one service, within one span."""

    def __init__(
        self, breakers: Breakers, callees: Callees, context: Context, caller: str, span: Span
    ) -> None:
        self._breakers, self._callees = breakers, callees
        self._context, self._caller, self._span = context, caller, span

    def goes_by_text(self, service: str, command: Any) -> bool:
        wiring = self._context.conditions.design.wiring
        return any(
            connection.target == service and wiring.style(connection) is Style.TEXT
            for connection in wiring.connections_carrying(self._caller, type(command))
        )

    def call(self, service: str, message: Any) -> Any:
        """Call, and retry as the design's retry policy says.

        Raises CallFailed (the last attempt's) or the callee's refusal, which is not retried.
        """
        context, attempt = self._context, 1
        while True:
            try:
                return self._through_breaker(service, message, attempt)
            except CircuitOpen:
                raise
            except CallFailed:
                retry = context.conditions.design.call_retry
                delay_s = retry.delay_s(attempt, context.runtime.random)
                if delay_s is None:
                    raise
                context.wait(delay_s)
                attempt += 1

    def _through_breaker(self, service: str, message: Any, attempt: int) -> Any:
        context, design = self._context, self._context.conditions.design
        if not design.breaker.on:
            return self._attempt(service, message, attempt)
        breakers, rules = self._breakers, design.breaker
        # A probe whose process dies blocks the next one no longer than its call could have taken.
        probe_s = design.timeout_s + 1
        if not breakers.admit(context.playground, service, rules, context.now(), probe_s):
            self._record_open_circuit(service, message)
            raise CircuitOpen(service)
        succeeded = True
        try:
            return self._attempt(service, message, attempt)
        except CallFailed as failure:
            # A failure further down the chain does not count against this callee.
            succeeded = failure.service != service
            raise
        finally:
            now = context.now()
            phase = breakers.note(context.playground, service, succeeded, rules, now)
            if phase is not None:
                context.recorder.add(
                    self._span, Kind.NOTE, f"Circuit {phase.value}", source=self._caller,
                    target=service, data={"breaker": phase.value},
                )  # fmt: skip

    def _record_open_circuit(self, service: str, message: Any) -> None:
        self._context.recorder.add(
            self._span, Kind.NOTE, type(message).__name__, source=self._caller, target=service,
            status="refused", data={"reason": "the circuit breaker is open, so the call was not made"},
        )  # fmt: skip

    def _attempt(self, service: str, message: Any, attempt: int) -> Any:
        """Make one call, and record its request and its response."""
        span = self._span.child(self._context.runtime.new_hex)
        hop = Hop(
            self._context, span, self._caller, service, type(message).__name__, "call",
            message=span.span, attempt=attempt if attempt > 1 else None,
        )  # fmt: skip
        hop.inject(f"{self._span.span}:{service}", attempt)
        hop.record(
            Kind.REQUEST, source=self._caller, target=service, fault=hop.faults.mark,
            data=asdict(message),
        )  # fmt: skip
        status = "error"
        try:
            reply = self._ask(hop, message)
            status = "ok"
            return reply
        except CompanyError as refusal:
            status = status_of(refusal)
            raise
        finally:
            hop.record(
                Kind.RESPONSE, source=service, target=self._caller, fault=hop.faults.mark,
                status=status, duration_ms=hop.duration_ms,
            )  # fmt: skip

    def _ask(self, hop: Hop, message: Any) -> Any:
        """The callee's reply.  Raises CallFailed or the callee's refusal."""
        context, service = self._context, hop.target
        try:
            hop.stop_if_blocked()
        except HopEnded as end:
            raise _call_failed(end, service, context.conditions.design.timeout_s) from None
        if context.conditions.never_waits:
            return carry_out(context, service, message, hop.span)

        context.recorder.flush()
        started = context.now()
        answer = self._callees.submit(context.playground, self._answer, hop, message)
        reply = self._wait_for(answer, service, started)
        if hop.is_unconfirmed:
            raise CallReset(service)
        return reply

    def _answer(self, hop: Hop, message: Any) -> Any:
        """The callee's side, in a pool thread. It goes on after its caller has given up."""
        try:
            hop.wait_for_latency()
            require(message, hop.faults.needs)
            hop.work()
            return carry_out(self._context, hop.target, message, hop.span, hop.faults.settings)
        except UnknownMessage:
            raise CallBroke(hop.target, 400) from None
        finally:
            self._context.recorder.try_flush()

    def _wait_for(self, answer: Future[Any], service: str, started: float) -> Any:
        context, timeout_s = self._context, self._context.conditions.design.timeout_s
        give_back_connection()
        while not answer.done():
            left_s = started + timeout_s - context.now()
            if left_s <= 0:
                answer.cancel()  # if it has not begun
                raise CallTimedOut(service, timeout_s)
            try:
                answer.exception(timeout=min(left_s, BEAT_S))
            except TimeoutError:
                context.lease.keep()
        if context.now() - started > timeout_s:  # answered, but too late
            raise CallTimedOut(service, timeout_s)
        return answer.result()


def _call_failed(end: HopEnded, service: str, timeout_s: float) -> CallFailed:
    """The error that the caller gets when a fault has ended the hop."""
    if end.status == "timeout":
        return CallTimedOut(service, timeout_s)
    if end.is_connection_refused:
        return CallRefused(service)
    broke = CallThrottled if end.status == "refused" else CallBroke
    return broke(service, end.code)


def status_of(error: CompanyError) -> str:
    """The record's status for this error: timeout, refused, error or rejected."""
    match error:
        case CallTimedOut():
            return "timeout"
        case CallRefused() | CallThrottled() | CircuitOpen():
            return "refused"
        case CallFailed():
            return "error"
        case _:
            return "rejected"
