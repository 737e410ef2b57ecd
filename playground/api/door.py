"""The way from the customer to the gateway and back: the outermost hop, and its records."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from django.http import HttpRequest, HttpResponse
from redis.exceptions import RedisError

from ..bootstrap import redis_client, runtime
from ..company.errors import CompanyError
from ..company.trace import Span, parse_traceparent
from ..delivery.calls import status_of
from ..delivery.perform import carry_out
from ..delivery.runtime import Context
from ..delivery.waiting import NoLease
from ..delivery.world import World, of
from ..flow.promises import Promises
from ..flow.recorder import Recorder
from ..flow.records import Kind, without_secrets
from ..models import Playground
from .problems import Problem, of_company_error, redis_is_away

GATEWAY = "gateway"


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
    recorder = Recorder(parts.log, playground.id, parts.clock)
    context = Context(parts, of(playground, now), recorder, NoLease())
    span = _root(request)
    response["traceresponse"] = span.traceparent
    response["X-Inflight-Run"] = span.run
    visit = _Visit(context, span, f"{request.method} {request.path}", now)

    try:
        visit.record_request(body)
        visit.pass_faults()
        reply = carry_out(context, GATEWAY, command, span)
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
        _note_promise(playground.id, promise(reply))
    visit.record_response(status, "ok")
    return reply


def _root(request: HttpRequest) -> Span:
    """The first span; within the caller's trace, if it sent a traceparent."""
    span = Span.root(runtime().new_hex)
    caller = parse_traceparent(request.headers.get("traceparent", ""))
    return Span(caller[0][:12], caller[0], span.span, caller[1]) if caller else span


def _note_promise(playground: str, subject: str) -> None:
    with suppress(RedisError):  # accepted work stays accepted; the ledger lacks this line
        Promises(redis_client()).note(playground, subject)


class _Visit:
    """One request of a customer, as the flow log sees it."""

    def __init__(self, context: Context, span: Span, name: str, started: float) -> None:
        self._context, self._span, self._name, self._started = context, span, name, started

    def record_request(self, body: Any) -> None:
        """Shown before anything is done. If that fails, nothing is done."""
        self._context.recorder.add(
            self._span, Kind.REQUEST, self._name, source="customer", target=GATEWAY,
            style="call", message=self._span.span,
            data={"body": without_secrets(body)} if body else {},
        )  # fmt: skip
        self._context.recorder.flush()

    def pass_faults(self) -> None:
        """What the world does to the gateway itself, and the gateway's own service time."""
        world: World = self._context.world
        hits = self._context.runtime.hits
        if fault := world.unreachable(GATEWAY, self._span.span):
            hits.count(world.playground, fault)
            raise Problem(503, fault.says, next="Repair it, or wait until the fault ends.")
        if fault := world.latency(GATEWAY, self._span.span):
            hits.count(world.playground, fault)
            self._context.wait(fault.ms / 1000)
        self._context.wait(world.design.service_time_s(GATEWAY))

    def record_response(self, code: int, status: str, reason: str = "") -> None:
        self._context.recorder.add(
            self._span, Kind.RESPONSE, self._name, source=GATEWAY, target="customer",
            style="call", message=self._span.span, code=code, status=status,
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
