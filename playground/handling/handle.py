"""Run a handler and commit its unit of work."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import IntegrityError

from ..company.envelope import AddressedMessage, wrap
from ..company.errors import CallFailed
from ..company.topology import HANDLERS
from ..company.trace import Span
from ..company.work import UnitOfWork
from ..design.routing import route
from ..faults.catalogue import kinds_at
from ..faults.spec import Stage
from ..flow.records import Kind
from ..storage.repository import Committed, DjangoRepository, Finished, commit
from .line_trace import watched
from .runtime import Context

# Two registrations of one address at the same moment: the second to commit tries again, and is
# then told that the address is taken.
COMMIT_ATTEMPTS = 3


class Crashed(CallFailed):
    """A fault crashed the process at this point; the rest of the step does not run."""

    def __init__(self, service: str) -> None:
        super().__init__(service, "crashed")


def carry_out(
    context: Context,
    service: str,
    message: Any,
    span: Span,
    settings: Mapping[str, Any] | None = None,
) -> Any:
    """Run the handler of a call, commit its work, announce its events, and return the reply.

    Texts are published; subscribers on a call connection are called one after the other,
    while the caller waits. `settings` replace the service's own for this message.
    Raises what the handler and `announce` raise, and IntegrityError if the commit keeps
    failing on a constraint.
    """
    for attempts_left in reversed(range(COMMIT_ATTEMPTS)):
        reply, work = handle(context, service, message, span, settings=settings)
        finished = finish(context, work, span)
        try:
            committed = commit(context.playground, [finished], context.conditions.design)
            break
        except IntegrityError:
            if not attempts_left:
                raise
    record_effects(context, work, span)
    announce(context, [(span, finished)], committed)
    return reply


def announce(
    context: Context, finished: Sequence[tuple[Span, Finished]], committed: Committed
) -> None:
    """Announce the events of committed work, each from its span.

    Raises Crashed (the fault), PublishFailed or StoreUnavailable (without an outbox), or
    CallFailed at the first called subscriber that does not answer.
    """
    for span, unit in finished:
        crash_before_publish(context, unit, span)
    messages = [(span, message) for span, unit in finished for message in unit.messages]
    if messages:
        context.output.publish(context, committed.outbox, messages)
    for span, unit in finished:
        _call_subscribers(context, unit.work, span)


def crash_before_publish(context: Context, finished: Finished, span: Span) -> None:
    """Raises Crashed if the crash fault hits this work and it has something to announce."""
    work = finished.work
    if not work.events and not work.texts:
        return
    for kind in kinds_at(Stage.COMMITTED, text=True):
        if fault := context.fault_hitting(kind, "", work.service, work.message or span.span):
            context.recorder.add(
                span, Kind.NOTE, "Crashed", target=work.service, status="error",
                fault=fault.mark(), message=work.message,
                data={"reason": "after the commit, before the publish"},
            )  # fmt: skip
            raise Crashed(work.service)


def handle(
    context: Context,
    service: str,
    message: Any,
    span: Span,
    *,
    message_id: str = "",
    settings: Mapping[str, Any] | None = None,
) -> tuple[Any, UnitOfWork]:
    """Run the service's handler. Returns its reply and the unit of work, not yet committed.

    `message_id` is the text's id ("" for a call). `settings` replace the service's own for this
    message. Raises CompanyError, and KeyError if the service has no handler for the message.
    """
    work = UnitOfWork(
        service=service,
        repository=DjangoRepository(context.playground),
        calls=context.runtime.calls(context, service, span),
        now=context.now(),
        new_id=context.runtime.new_id,
        message=message_id,
        settings={**context.conditions.design.settings_of(service), **(settings or {})},
    )
    with watched(context, [span], service):
        reply = HANDLERS[service, type(message)](message, work)
    return reply, work


def finish(context: Context, work: UnitOfWork, span: Span) -> Finished:
    """Wrap the handler's events and texts, and address each to its subscribers.

    An event without a subscriber by text is left out.
    """
    design = context.conditions.design
    addressed: list[tuple[Any, tuple[str, ...]]] = [
        (event, route(work.service, event, design).by_text) for event in work.events
    ]
    addressed += [(command, (service,)) for service, command in work.texts]
    messages = tuple(
        AddressedMessage(
            wrap(
                message,
                playground=context.playground,
                source=work.service,
                span=span,
                event_id=context.runtime.new_hex(16),
                cause=work.message or span.span,
                now=work.now,
            ),
            subscribers,
        )
        for message, subscribers in addressed
        if subscribers
    )
    return Finished(work, span.run, messages, work.message)


def _call_subscribers(context: Context, work: UnitOfWork, span: Span) -> None:
    """Call the subscribers whose connection is a call, one after the other.

    Raises CallFailed at the first that does not answer; the rest are not called.
    """
    for event in work.events:
        for service in route(work.service, event, context.conditions.design).by_call:
            work.calls.call(service, event)


def record_effects(context: Context, work: UnitOfWork, span: Span) -> None:
    """Record the effects and status changes that this work has committed."""
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
