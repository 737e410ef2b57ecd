"""The ports of a step, besides those of the company."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from ..company.envelope import AddressedMessage
from ..company.ports import ServiceCalls
from ..company.trace import Span
from ..flow.promises import Promise
from ..flow.records import Record

if TYPE_CHECKING:
    from .runtime import Context


class CallsFactory(Protocol):
    def __call__(self, context: "Context", caller: str, span: Span) -> ServiceCalls:
        """The calls that `caller` makes within this span."""


class StepOutput(Protocol):
    """Where one step sends its records and messages."""

    def append(
        self, playground: str, records: Sequence[Record], promises: Sequence[Promise] = ()
    ) -> None:
        """Store the records, and send the messages that wait for them.

        Raises StoreUnavailable if the records were not stored.
        """

    def publish(
        self,
        context: "Context",
        rows: Sequence[int],
        messages: Sequence[tuple[Span, AddressedMessage]],
    ) -> None:
        """Publish messages that have just been committed, each from its span.

        `rows` are the ids of their outbox rows, in the same order; empty without an outbox.
        With rows, the recovery sweep publishes what cannot be published now. Without rows,
        raises PublishFailed or StoreUnavailable if the messages may be lost.
        """


class KillableWorkers(Protocol):
    """Worker processes that the kill fault may really kill, because they hold no other work."""

    def serve(self, playground: str, service: str) -> None:
        """Have such a process serve this queue."""

    def work_and_die(self, work_s: float) -> None:
        """Have such a process work for `work_s` seconds, then kill it before it answers."""

    def die(self) -> None:
        """Send SIGKILL to the calling process. Does not return."""
