"""ServiceCalls within one process: a call is work in another thread, waited for.

The caller really waits, and really gives up after its time-out while the callee goes on:
so a time-out here means what it means between machines. Where nothing of a world takes
time, no thread is spent on it.
"""

from collections.abc import Callable
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
from ..faults import injection as trouble
from ..faults.catalogue import FaultKind
from ..faults.injection import InjectedFaults
from ..flow.records import Kind
from ..handling.lease import BEAT_S
from ..handling.runtime import Context

CarryOut = Callable[[Context, str, Any, Span, bool], Any]  # the last: must it say no?


class InProcessCalls:
    """The ServiceCalls port as one service sees it, within one span."""

    def __init__(self, context: Context, caller: str, span: Span, carry_out: CarryOut) -> None:
        self._context, self._caller, self._span = context, caller, span
        self._carry_out = carry_out

    def goes_by_text(self, service: str, command: Any) -> bool:
        wiring = self._context.world.design.wiring
        return any(
            connection.target == service and wiring.style(connection) is Style.TEXT
            for connection in wiring.connections_carrying(self._caller, type(command))
        )

    def call(self, service: str, message: Any) -> Any:
        """Ask, and by the caller's retry policy ask again. Raises what the last try raised."""
        context, attempt = self._context, 1
        while True:
            try:
                return self._through_breaker(service, message, attempt)
            except CircuitOpen:
                raise
            except CallFailed:
                chance = context.runtime.chance
                delay_s = context.world.design.call_retry.delay_s(attempt, chance)
                if delay_s is None:
                    raise
                context.wait(delay_s)
                attempt += 1

    def _through_breaker(self, service: str, message: Any, attempt: int) -> Any:
        context, design = self._context, self._context.world.design
        if not design.breaker.on:
            return self._try(service, message, attempt)
        breakers, rules = context.runtime.breakers, design.breaker
        # A prober that dies is not waited for longer than its call could take.
        probe_s = design.timeout_s + 1
        if not breakers.admit(context.playground, service, rules, context.now(), probe_s):
            self._record_open_circuit(service, message)
            raise CircuitOpen(service)
        succeeded = True
        try:
            return self._try(service, message, attempt)
        except CallFailed as failure:
            # Only this callee's own failure counts, not one further down the chain.
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
            status="refused", data={"reason": "the circuit breaker is open: not even called"},
        )  # fmt: skip

    def _try(self, service: str, message: Any, attempt: int) -> Any:
        """One call: its two records, and between them whatever happens."""
        context = self._context
        span = self._span.child(context.runtime.new_hex)
        name = type(message).__name__
        met = trouble.meet(
            context, self._caller, service, f"{self._span.span}:{service}", attempt,
            silent=(FaultKind.RESET,),
        )  # fmt: skip
        hop = {
            "style": "call", "message": span.span, "fault": met.mark,
            "attempt": attempt if attempt > 1 else None,
        }  # fmt: skip
        context.recorder.add(
            span, Kind.REQUEST, name, source=self._caller, target=service,
            data=asdict(message), **hop,
        )  # fmt: skip
        started = context.now()
        status = "error"
        try:
            reply = self._ask(service, message, span, met)
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

    def _ask(self, service: str, message: Any, span: Span, met: InjectedFaults) -> Any:
        context = self._context
        if met.blocker:
            self._be_blocked(service, met)
        if context.world.never_waits:
            return self._carry_out(context, service, message, span, False)

        context.recorder.flush()
        started = context.now()
        answer = context.runtime.callees.submit(self._answer, service, message, span, met)
        reply = self._wait_for(answer, service, started)
        if met.silent:
            raise CallReset(service)
        return reply

    def _be_blocked(self, service: str, met: InjectedFaults) -> None:
        """The work is not done. Raises CallFailed, at once or after the time-out."""
        assert met.blocker
        context, design = self._context, self._context.world.design
        match met.blocker.kind:
            case FaultKind.UNREACHABLE:
                raise CallRefused(service)
            case FaultKind.THROTTLED:
                context.wait(min(met.latency_s, design.timeout_s))
                raise CallThrottled(service, met.blocker.status)
            case FaultKind.HANG | FaultKind.KILL:
                if met.blocker.kind is FaultKind.KILL:
                    context.runtime.killable_workers.work_and_die(
                        design.service_time_s(service, met.key) / 2
                    )
                context.wait(design.timeout_s)  # there is nobody who could answer
                raise CallTimedOut(service, design.timeout_s)
            case _:
                context.wait(min(met.latency_s, design.timeout_s))
                raise CallBroke(service, met.blocker.status or 500)

    def _answer(self, service: str, message: Any, span: Span, met: InjectedFaults) -> Any:
        """The callee's side, in a thread of its own. It goes on when its caller has gone."""
        context = self._context
        try:
            context.wait(met.latency_s)
            require(message, met.needs)
            context.wait(context.world.design.service_time_s(service, span.span) + met.slow_s)
            must_reject = met.rejection is not None
            return self._carry_out(context, service, message, span, must_reject)
        except UnknownMessage:
            raise CallBroke(service, 400) from None
        finally:
            context.recorder.try_flush()

    def _wait_for(self, answer: Future[Any], service: str, started: float) -> Any:
        context, timeout_s = self._context, self._context.world.design.timeout_s
        context.lease.rest()
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
        case CallRefused() | CallThrottled() | CircuitOpen():
            return "refused"
        case CallFailed():
            return "error"
        case _:
            return "rejected"
