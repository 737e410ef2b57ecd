"""The ingress: passes a customer's request to the gateway, and returns the answer.

The outermost hop: every trace begins and ends with its records.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.http import HttpRequest, HttpResponse

from ..bootstrap import parts
from ..calls.bulkhead import NoFreeSlot, request_slots
from ..calls.in_process import status_of
from ..company.errors import CompanyError
from ..company.topology import ANNOUNCEMENTS, SERVICES, Style, optional_services
from ..company.trace import Span
from ..faults.spec import Stage
from ..flow.promises import Promise
from ..flow.records import Kind, without_secrets
from ..handling.conditions import of
from ..handling.handle import carry_out
from ..handling.hop import Hop, HopEnded
from ..handling.lease import NoLease
from ..handling.runtime import Context
from ..messaging.port import BrokerUnavailable
from ..models import Playground
from ..storage.connections import DATABASE_UNAVAILABLE
from ..storage.redis_adapter import StoreUnavailable
from .problems import (
    NOTHING_CHANGED,
    PROBABLY_NOTHING,
    RETRY_AFTER_S,
    Problem,
    broker_is_unavailable,
    database_is_unavailable,
    of_company_error,
    store_is_unavailable,
)

GATEWAY = "gateway"


def handle_request(
    request: HttpRequest,
    response: HttpResponse,
    command: Any,
    *,
    code: int | Callable[[Any], int] = 200,
    body: Any = None,
    promise: Callable[[Any], str] | None = None,
) -> Any:
    """Have the gateway handle the customer's command, and return its reply.

    `code`: the HTTP status of success, or a function of the reply that returns it. `promise`:
    a function of the reply that returns the subject that the answer promises ("order/7Q2K").
    Sets the trace headers of `response`.  Raises Problem.
    """
    playground: Playground = request.auth  # type: ignore[attr-defined]
    in_force = of(playground, parts().clock.now())
    context = Context.begin(parts().runtime, in_force, NoLease())
    span = Span.of_caller(request.headers.get("traceparent", ""), parts().runtime.new_hex)
    response["traceresponse"] = span.traceparent
    response["X-Inflight-Run"] = span.run
    inbound = InboundRequest(context, span, f"{request.method} {request.path}")
    status, reply = inbound.answer(command, body, code)
    if promise:
        _note_promise(context, span, promise(reply))
    inbound.record_response(status, "ok")
    return reply


def _note_promise(context: Context, span: Span, subject: str) -> None:
    wiring = context.conditions.design.wiring
    absent = [name for name in optional_services() if not wiring.is_present(name)]
    context.recorder.promise(Promise(subject, span.run, tuple(absent)))


def _overloaded(why: str) -> Problem:
    return Problem(
        503, f"{why} The company accepts no new work for the moment.",
        next=f"Try again in {RETRY_AFTER_S} seconds.",
        headers={"Retry-After": str(RETRY_AFTER_S)},
    )  # fmt: skip


class InboundRequest:
    """A customer's request: one hop to the gateway, and its records."""

    def __init__(self, context: Context, span: Span, name: str) -> None:
        self._context = context
        self._hop = Hop(context, span, "customer", GATEWAY, name, "call", message=span.span)

    def answer(self, command: Any, body: Any, code: int | Callable[[Any], int]) -> tuple[int, Any]:
        """The status of success, and the gateway's reply.

        Raises Problem, after recording the response.
        """
        try:
            self._record_request(command, body)
            with self._request_slot():
                self._refuse_if_overloaded(command)
                reply = self._work(command)
        except CompanyError as error:
            problem = of_company_error(error, self._kept())
            self.record_response(problem.status, status_of(error), problem.detail)
            raise self._with_trace(problem) from error
        except StoreUnavailable as error:
            raise self._with_trace(store_is_unavailable(str(error), self._kept())) from error
        except BrokerUnavailable as error:
            problem = broker_is_unavailable(self._kept())
            self.record_response(problem.status, "error", problem.detail)
            raise self._with_trace(problem) from error
        except DATABASE_UNAVAILABLE as error:
            kept = self._kept()
            problem = database_is_unavailable(PROBABLY_NOTHING if kept == NOTHING_CHANGED else kept)
            self.record_response(problem.status, "error", problem.detail)
            raise self._with_trace(problem) from error
        except Problem as problem:
            self.record_response(problem.status, "refused", problem.detail)
            raise self._with_trace(problem) from problem
        except Exception:
            self.record_response(500, "error", "a bug in Inflight itself")
            raise
        return (code(reply) if callable(code) else code), reply

    def _record_request(self, command: Any, body: Any) -> None:
        """Store the request's record first: without it, no work is done."""
        self._hop.record(
            Kind.REQUEST, source="customer", target=GATEWAY,
            data={"command": type(command).__name__}
            | ({"body": without_secrets(body)} if body else {}),
        )  # fmt: skip
        self._context.recorder.flush()

    @contextmanager
    def _request_slot(self) -> Iterator[None]:
        """Hold one of the gateway's request slots. Raises Problem after the design's time-out."""
        design = self._context.conditions.design
        slots = design.request_slots
        try:
            with request_slots.one_of(self._context.playground, slots, design.timeout_s):
                yield
        except NoFreeSlot:
            raise _overloaded(f"All {slots} request slots of the gateway are taken.") from None

    def _refuse_if_overloaded(self, command: Any) -> None:
        """Back-pressure: refuse a command whose event would go to a full queue."""
        design, announced = self._context.conditions.design, ANNOUNCEMENTS.get(type(command))
        if design.queue_bound is None or announced is None:
            return
        source, message = announced
        groups = [
            connection.target
            for connection in design.wiring.connections_carrying(source, message)
            if design.wiring.style(connection) is Style.TEXT
        ]
        waiting = parts().broker.on_the_way(self._context.playground, groups)
        for group, messages in waiting.items():
            if messages >= design.queue_bound:
                title = SERVICES[group].title
                raise _overloaded(f"{title} has {messages} messages waiting already.")

    def _work(self, command: Any) -> Any:
        """The gateway's own service time, faults and handler."""
        hop = self._hop
        hop.inject()
        try:
            hop.stop_if_blocked()
        except HopEnded as end:
            raise Problem(
                end.code, end.fault.says, next="Repair it, or wait until the fault ends.",
                headers={"Retry-After": "5"} if end.code in (429, 503) else {},
            ) from None  # fmt: skip
        hop.wait_for_latency()
        hop.work()
        reply = carry_out(self._context, GATEWAY, command, hop.span, hop.faults.settings)
        if fault := hop.faults.at(Stage.CONFIRMATION):
            raise Problem(
                502,
                fault.says,
                self._kept(),
                "Check its state before you repeat the request: the work was done.",
            )
        return reply

    def record_response(self, code: int, status: str, reason: str = "") -> None:
        self._hop.record(
            Kind.RESPONSE, source=GATEWAY, target="customer", code=code, status=status,
            fault=self._hop.faults.mark, duration_ms=self._hop.duration_ms,
            data={"reason": reason} if reason else {},
        )  # fmt: skip
        self._context.recorder.try_flush()

    def _kept(self) -> str:
        """A sentence that says which effects are committed although the customer gets an error."""
        done = [f"{r.name} ({r.data['subject']})" for r in self._context.recorder.effects]
        return f"Done before it failed: {', '.join(done)}." if done else NOTHING_CHANGED

    def _with_trace(self, problem: Problem) -> Problem:
        problem.headers["traceresponse"] = self._hop.span.traceparent
        problem.headers["X-Inflight-Run"] = self._hop.span.run
        return problem
