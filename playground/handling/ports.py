"""What a step needs from its surroundings, besides the company's own ports."""

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
    """Where one step's records and messages go."""

    def append(
        self, playground: str, records: Sequence[Record], promises: Sequence[Promise] = ()
    ) -> None:
        """Store the records, and send with them what waits to be sent.

        Raises StoreUnavailable if the records were not stored.
        """

    def publish(
        self,
        context: "Context",
        rows: Sequence[int],
        messages: Sequence[tuple[Span, AddressedMessage]],
    ) -> None:
        """Publish messages that have just been committed, each from its span.

        `rows` are their rows in the outbox, in their order; none without an outbox. With rows
        nothing is ever lost: what cannot be published now is published by the recovery sweep.
        Without rows it raises PublishFailed or StoreUnavailable if the messages may be lost.
        """


class KillableWorkers(Protocol):
    """Processes that the kill fault may really kill: they work for nobody else."""

    def serve(self, playground: str, service: str) -> None:
        """Have such a process serve this queue."""

    def work_and_die(self, work_s: float) -> None:
        """Have such a process work for so long, and kill it before it can answer."""

    def die(self) -> None:
        """Send SIGKILL to the calling process. Does not return."""
