"""The way from the customer to the gateway and back: the outermost hop, and its records."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from django.http import HttpRequest, HttpResponse
from redis.exceptions import RedisError

from ..bootstrap import runtime
from ..calls.bulkhead import NoFreeSlot, request_slots
from ..calls.in_process import status_of
from ..company.errors import CompanyError
from ..company.topology import ANNOUNCEMENTS, SERVICES, Style, optional_services
from ..company.trace import Span, parse_traceparent
from ..faults import injection as trouble
from ..faults.catalogue import FaultKind
from ..faults.fault import Fault
from ..flow.promises import Promise
from ..flow.records import Kind, without_secrets
from ..handling.conditions import of
from ..handling.handle import carry_out
from ..handling.lease import NoLease
from ..handling.runtime import Context
from ..models import Playground
from .problems import RETRY_AFTER_S, Problem, of_company_error, redis_is_away

GATEWAY = "gateway"
_NO_LEASE = NoLease()


def enter(
    request: HttpRequest,
    response: HttpResponse,
    command: Any,
    *,
    code: int | Callable[[Any], int] = 200,
    body: Any = None,
    promise: Callable[[Any], str] | None = None,
) -> Any:
    """Bring the customer's command to the gateway and return its reply.

    `code` is the HTTP status of success (or finds it from the reply), `promise` names what
    the answer promises, for the ledger.  Sets the answer's trace headers.  Raises Problem.
    """
    playground: Playground = request.auth  # type: ignore[attr-defined]
    parts = runtime()
    now = parts.clock.now()
    context = Context.begin(parts, of(playground, now), _NO_LEASE)
    span = _root(request)
    response["traceresponse"] = span.traceparent
    response["X-Inflight-Run"] = span.run
    visit = _Visit(context, span, f"{request.method} {request.path}", now)

    try:
        visit.record_request(command, body)
        with visit.slot():
            visit.refuse_if_too_full(command)
            visit.pass_faults()
            reply = carry_out(context, GATEWAY, command, span)
            visit.reset_after_work()
    except CompanyError as error:
        problem = of_company_error(error, visit.kept())
        visit.record_response(problem.status, status_of(error), problem.detail)
        raise visit.marked(problem) from error
    except RedisError as error:
        raise visit.marked(redis_is_away(visit.kept())) from error
    except Problem as problem:
        visit.record_response(problem.status, "refused", problem.detail)
        raise visit.marked(problem) from problem
    except Exception:
        visit.record_response(500, "error", "a fault of our own")
        raise
    status = code(reply) if callable(code) else code
    if promise:
        _note_promise(context, span, promise(reply))
    visit.record_response(status, "ok")
    return reply


def _root(request: HttpRequest) -> Span:
    """The first span; within the caller's trace, if it sent a traceparent."""
    span = Span.root(runtime().new_hex)
    caller = parse_traceparent(request.headers.get("traceparent", ""))
    return Span(caller[0][:12], caller[0], span.span, caller[1]) if caller else span


def _note_promise(context: Context, span: Span, subject: str) -> None:
    wiring = context.world.design.wiring
    absent = [name for name in optional_services() if not wiring.is_present(name)]
    context.recorder.promise(Promise(subject, span.run, tuple(absent)))


def _too_full(why: str) -> Problem:
    return Problem(
        503, f"{why} The company takes no more for the moment.",
        next=f"Try again in {RETRY_AFTER_S} seconds.",
        headers={"Retry-After": str(RETRY_AFTER_S)},
    )  # fmt: skip


class _Visit:
    """One request of a customer, as the flow log sees it."""

    def __init__(self, context: Context, span: Span, name: str, started: float) -> None:
        self._context, self._span, self._name, self._started = context, span, name, started
        self._met = trouble.NONE

    def record_request(self, command: Any, body: Any) -> None:
        """Shown before anything is done. If that fails, nothing is done."""
        self._context.recorder.add(
            self._span, Kind.REQUEST, self._name, source="customer", target=GATEWAY,
            style="call", message=self._span.span,
            data={"command": type(command).__name__}
            | ({"body": without_secrets(body)} if body else {}),
        )  # fmt: skip
        self._context.recorder.flush()

    def slot(self) -> AbstractContextManager[None]:
        """One of the gateway's request slots, waited for as long as a caller waits."""
        design = self._context.world.design
        return self._slot(design.request_slots, design.timeout_s)

    @contextmanager
    def _slot(self, slots: int | None, patience_s: float) -> Iterator[None]:
        if slots is not None and request_slots.taken(self._context.playground) >= slots:
            self._context.lease.rest()
        try:
            with request_slots.one_of(self._context.playground, slots, patience_s):
                yield
        except NoFreeSlot:
            raise _too_full(f"All {slots} request slots of the gateway are taken.") from None

    def refuse_if_too_full(self, command: Any) -> None:
        """Back-pressure: rather no than a promise for the end of a queue that has no end."""
        design, announced = self._context.world.design, ANNOUNCEMENTS.get(type(command))
        if design.queue_bound is None or announced is None:
            return
        source, message = announced
        groups = [
            connection.target
            for connection in design.wiring.connections_carrying(source, message)
            if design.wiring.style(connection) is Style.TEXT
        ]
        waiting = self._context.runtime.broker.on_the_way(self._context.playground, groups)
        for group, messages in waiting.items():
            if messages >= design.queue_bound:
                title = SERVICES[group].title
                raise _too_full(f"{title} has {messages} messages waiting already.")

    def pass_faults(self) -> None:
        """What the world does to the gateway itself, and the gateway's own service time."""
        context, design = self._context, self._context.world.design
        self._met = met = trouble.meet(
            context, "customer", GATEWAY, self._span.span, 1, silent=(FaultKind.RESET,)
        )
        context.wait(met.latency_s)
        if fault := met.blocker:
            self._be_blocked(fault)
        context.wait(design.service_time_s(GATEWAY, self._span.span) + met.slow_s)

    def _be_blocked(self, fault: Fault) -> None:
        """The gateway does nothing for this request. Raises Problem."""
        context = self._context
        match fault.kind:
            case FaultKind.HANG | FaultKind.KILL:
                if fault.kind is FaultKind.KILL:
                    context.runtime.killable_workers.work_and_die(0)
                context.wait(context.world.design.timeout_s)
                status = 504
            case FaultKind.UNREACHABLE:
                status = 503
            case _:
                status = fault.status or 500
        raise Problem(
            status, fault.says, next="Repair it, or wait until the fault ends.",
            headers={"Retry-After": "5"} if status in (429, 503) else {},
        )  # fmt: skip

    def reset_after_work(self) -> None:
        """The work is done, and the customer is not told."""
        if fault := self._met.silent:
            raise Problem(502, fault.says, self.kept(), "Ask before you repeat it.")

    def record_response(self, code: int, status: str, reason: str = "") -> None:
        self._context.recorder.add(
            self._span, Kind.RESPONSE, self._name, source=GATEWAY, target="customer",
            style="call", message=self._span.span, code=code, status=status, fault=self._met.mark,
            duration_ms=(self._context.now() - self._started) * 1000,
            data={"reason": reason} if reason else {},
        )  # fmt: skip
        self._context.recorder.try_flush()

    def kept(self) -> str:
        """In words, what has become true already, though the customer gets an error."""
        done = [f"{r.name} ({r.data['subject']})" for r in self._context.recorder.effects]
        return f"Done before it failed: {', '.join(done)}." if done else "Nothing was changed."

    def marked(self, problem: Problem) -> Problem:
        problem.headers["traceresponse"] = self._span.traceparent
        problem.headers["X-Inflight-Run"] = self._span.run
        return problem
