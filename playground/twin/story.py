"""Follow the records of one side: when each customer's work was done, and by which services."""

from dataclasses import dataclass, field

from ..company.trace import number_in, run_of
from ..flow.records import Kind, Record
from ..rush.plan import is_finished

# The drawing shows at most this many spans.
MAX_SPANS = 400
_BROKE_OFF = ("Killed", "Crashed")


@dataclass(slots=True)
class CustomerRequest:
    """One customer's request and its outcome. Times are unix seconds."""

    number: int
    action: str
    sent_at: float
    answered_at: float | None = None
    code: int = 0  # HTTP status; 0 with an `answered_at`: gave up without an answer
    effects: set[str] = field(default_factory=set)
    worked_at: float = 0.0  # when the last work for it was done

    @property
    def is_finished(self) -> bool:
        return is_finished(self.action, self.effects)


@dataclass(slots=True)
class Span:
    """A service working for a customer, on a call or a text. Times are unix seconds."""

    number: int
    service: str
    style: str
    began_at: float
    ended_at: float | None = None
    status: str = "running"  # at the end as in the record, or killed, or dead


class Story:
    """Feed it the records of a side in order."""

    def __init__(self, run: str) -> None:
        self._run = run
        self.requests: dict[int, CustomerRequest] = {}
        self.faults: dict[str, str] = {}  # kinds by id, of all faults that were switched on
        self.spans: list[Span] = []
        self.cut = 0  # spans beyond MAX_SPANS
        self._open: dict[tuple[str, ...], Span] = {}

    @property
    def open_work(self) -> int:
        return len(self._open)

    def feed(self, record: Record) -> None:
        if record.kind == Kind.FAULT and record.fault:
            self.faults[record.fault["id"]] = record.fault["kind"]
        request = self._request_of(record)
        if request is None:
            return
        match record.kind:
            case Kind.REQUEST if record.source != "customer":
                self._begin(request, record, (record.message,))
            case Kind.RESPONSE if record.target != "customer":
                self._end(record, (record.message,), record.status)
            case Kind.DELIVER | Kind.REDELIVER:
                self._begin(request, record, (record.message, record.target))
            case Kind.PROCESS:
                self._end(record, (record.message, record.target), record.status)
            case Kind.DEAD_LETTER:
                self._end(record, (record.message, record.target), "dead")
            case Kind.NOTE if record.name in _BROKE_OFF:
                self._end(record, (record.message, record.target), "killed")
            case Kind.EFFECT:
                request.effects.add(record.name)
        if record.kind in (Kind.EFFECT, Kind.STATE, Kind.ACK, Kind.PROCESS):
            request.worked_at = max(request.worked_at, record.at)

    def _request_of(self, record: Record) -> CustomerRequest | None:
        if not record.trace or run_of(record.trace) != self._run:
            return None
        return self.requests.get(number_in(record.trace))

    def _begin(self, request: CustomerRequest, record: Record, key: tuple[str, ...]) -> None:
        if abandoned := self._open.pop(key, None):  # its worker died without a record
            abandoned.ended_at, abandoned.status = record.at, "killed"
        span = Span(request.number, record.target, record.style, record.at)
        self._open[key] = span
        if len(self.spans) < MAX_SPANS:
            self.spans.append(span)
        else:
            self.cut += 1

    def _end(self, record: Record, key: tuple[str, ...], status: str) -> None:
        if span := self._open.pop(key, None):
            span.ended_at, span.status = record.at, status
