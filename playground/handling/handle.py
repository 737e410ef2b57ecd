"""A handler at work on a message, and what it has written down made true."""

from typing import Any

from django.db import IntegrityError

from ..calls.in_process import InProcessCalls
from ..company.envelope import wrap
from ..company.errors import CallFailed
from ..company.ports import Publication
from ..company.topology import HANDLERS
from ..company.trace import Span
from ..company.work import UnitOfWork
from ..design.routing import route
from ..faults.catalogue import FaultKind
from ..flow.records import Kind
from ..messaging.outbox import relay
from ..storage.repository import DjangoRepository, Finished, commit
from .line_trace import watched
from .runtime import Context

# Two registrations at the same moment want the same next id. The loser looks again.
COMMIT_ATTEMPTS = 3


def carry_out(
    context: Context, service: str, message: Any, span: Span, must_reject: bool = False
) -> Any:
    """Do what a call asks for, and return the reply.  Raises what the handler raises.

    Subscribers that are called, not texted, are called once the work is committed; the
    caller waits for them too.
    """
    for attempts_left in reversed(range(COMMIT_ATTEMPTS)):
        reply, work = handle(context, service, message, span, must_reject=must_reject)
        finished = finish(context, work, span)
        try:
            committed = commit(context.playground, [finished], context.world.design)
            break
        except IntegrityError:
            if not attempts_left:
                raise
    record_effects(context, work, span)
    crash_before_publish(context, finished, span)
    relay(context, span, committed.outbox, finished.publications)
    announce_by_call(context, work, span)
    return reply


class Crashed(CallFailed):
    """Whoever was at work is gone: not one line after this one runs."""

    def __init__(self, service: str) -> None:
        super().__init__(service, "crashed")


def crash_before_publish(context: Context, finished: Finished, span: Span) -> None:
    """Raises Crashed if the fault is on and there is something left to be announced."""
    service = finished.work.service
    if not finished.work.events and not finished.work.texts:
        return
    if fault := context.meet(FaultKind.CRASH, "", service, finished.work.message or span.span):
        context.recorder.add(
            span, Kind.NOTE, "Crashed", target=service, status="error", fault=fault.mark(),
            message=finished.work.message, data={"reason": "after the commit, before the publish"},
        )  # fmt: skip
        raise Crashed(service)


def handle(
    context: Context,
    service: str,
    message: Any,
    span: Span,
    *,
    message_id: str = "",
    must_reject: bool = False,
) -> tuple[Any, UnitOfWork]:
    """Let the service's handler work on the message. Nothing becomes true yet."""
    work = UnitOfWork(
        service=service,
        repository=DjangoRepository(context.playground),
        calls=InProcessCalls(context, service, span, carry_out),
        now=context.now(),
        new_id=context.runtime.new_id,
        message=message_id,
        kitchen_capacity=0 if must_reject else context.world.design.kitchen_capacity,
    )
    with watched(context, [span], service):
        reply = HANDLERS[service, type(message)](message, work)
    return reply, work


def finish(context: Context, work: UnitOfWork, span: Span) -> Finished:
    """Put what the handler wants to announce into envelopes, addressed."""
    design = context.world.design
    addressed: list[tuple[Any, tuple[str, ...]]] = [
        (event, route(work.service, event, design).by_text) for event in work.events
    ]
    addressed += [(command, (service,)) for service, command in work.texts]
    publications = tuple(
        Publication(
            wrap(
                message,
                playground=context.playground,
                source=work.service,
                span=span,
                event_id=context.runtime.new_hex(16),
                cause=work.message or span.span,
                now=work.now,
            ),
            groups,
        )
        for message, groups in addressed
        if groups
    )
    return Finished(work, span.run, publications, work.message)


def announce_by_call(context: Context, work: UnitOfWork, span: Span) -> None:
    """Call the subscribers whose connection is a call, one after the other.

    Raises CallFailed at the first that brings no answer; the rest are not called.
    """
    for event in work.events:
        for service in route(work.service, event, context.world.design).by_call:
            work.calls.call(service, event)


def record_effects(context: Context, work: UnitOfWork, span: Span) -> None:
    """Tell the flow log what has become true."""
    for effect in work.effects:
        context.recorder.add(
            span,
            Kind.EFFECT,
            effect.name,
            target=work.service,
            message=work.message,
            data={"subject": effect.subject, "detail": effect.detail},
        )
    changes = [(order.id, line) for order in work.orders for line in order.history]
    for order, change in (*changes, *work.status_changes):
        context.recorder.add(
            span,
            Kind.STATE,
            change.status,
            target=work.service,
            message=work.message,
            data={"order": order, "status": change.status, "by": change.by},
        )
