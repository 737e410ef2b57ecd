"""One hop: a message reaches a service. The same code serves a request, a call and a text.

    inject the faults in force, record the arrival, wait for latency, then work for the
    service time (unless a fault ends the hop), and record how it ended

`api/ingress.py`, `calls/in_process.py` and `messaging/processing.py` add what differs
between requests, calls and texts: which records are written, and what an ending means.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from ..company.trace import Span
from ..faults.fault import Fault
from ..faults.injection import NO_FAULTS, InjectedFaults, inject
from ..faults.spec import Outcome, Stage
from ..flow.records import Kind
from .runtime import Context


class HopEnded(Exception):
    """A fault ended the hop before the service did any work."""

    def __init__(self, fault: Fault, status: str, code: int) -> None:
        super().__init__(fault.says)
        self.fault = fault
        self.status = status  # of the record: refused | error | timeout
        self.code = code  # HTTP

    @property
    def is_connection_refused(self) -> bool:
        """Whether the service was unreachable, as opposed to answering with an error."""
        return self.status == "refused" and not self.fault.status


@dataclass(slots=True)
class Hop:
    context: Context
    span: Span
    source: str
    target: str  # the service that is reached
    name: str
    style: str  # call | text
    message: str  # id of the message, as its records name it
    attempt: int | None = None
    faults: InjectedFaults = NO_FAULTS
    started_at: float = field(init=False)  # unix seconds

    def __post_init__(self) -> None:
        self.started_at = self.context.now()

    def inject(self, identity: str = "", attempt: int = 1) -> None:
        """Decide which faults hit this attempt.

        `identity` is the same for all attempts at one message (default: its id); `attempt`
        counts from 1.  Raises StoreUnavailable.
        """
        self.faults = inject(
            self.context.injector, self.source, self.target, identity or self.message, attempt,
            text=self.style == "text",
        )  # fmt: skip

    def record(self, kind: Kind, **values: Any) -> None:
        """Add a record of this hop. `values` are fields of Record (source, target, status…)."""
        common = {"style": self.style, "message": self.message, "attempt": self.attempt}
        name = values.pop("name", self.name)
        self.context.recorder.add(self.span, kind, name, **{**common, **values})

    @property
    def duration_ms(self) -> float:
        """Milliseconds since the hop began."""
        return (self.context.now() - self.started_at) * 1000

    @property
    def service_time_s(self) -> float:
        """How long the service works on this message, by the design."""
        return self.context.conditions.design.service_time_s(self.target, self.message)

    def wait_for_latency(self) -> None:
        self.context.wait(self.faults.latency_s)

    def work(self) -> None:
        """Spend the service time, plus what faults add.  Raises StoreUnavailable, as all waiting does."""
        self.context.wait(self.service_time_s + self.faults.extra_work_s)

    def stop_if_blocked(self, kill: Callable[[], None] | None = None) -> None:
        """Raises HopEnded if a fault keeps the service from working, after the time that takes.

        A hang takes the design's time-out, an error the latency. `kill` is called for a kill
        fault; by default it kills a worker process that stands for the callee.
        """
        fault = self.faults.at(Stage.ARRIVAL)
        if fault is None:
            return
        timeout_s = self.context.conditions.design.timeout_s
        match fault.spec.outcome:
            case Outcome.KILLED:
                (kill or self._kill_a_callee)()
                self.context.wait(timeout_s)  # no process is left to answer
                raise HopEnded(fault, "timeout", 504)
            case Outcome.NO_ANSWER:
                self.context.wait(timeout_s)
                raise HopEnded(fault, "timeout", 504)
            case Outcome.REFUSED if not fault.status:
                raise HopEnded(fault, "refused", 503)
            case outcome:
                self.context.wait(min(self.faults.latency_s, timeout_s))
                status = "refused" if outcome is Outcome.REFUSED else "error"
                raise HopEnded(fault, status, fault.status or 500)

    @property
    def is_unconfirmed(self) -> bool:
        """Whether the work is done and a fault swallows the answer or acknowledgement."""
        return self.faults.at(Stage.CONFIRMATION) is not None

    def _kill_a_callee(self) -> None:
        self.context.runtime.killable_workers.work_and_die(self.service_time_s / 2)
