"""The sockets of one playground in this process, and their cursors in its log."""

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from ..flow.cursor import order
from ..flow.log import BEGINNING
from ..flow.meter import Meter
from ..flow.records import Kind, Record, decode
from ..flow.redis_log import Entry
from . import frames

KEPT_TRACES = 50
KEPT_RECORDS_PER_TRACE = 400


class Unread(Exception):
    """The client does not read what it is sent, or has been sent enough for now."""


class Socket(Protocol):
    """A browser's connection, as the pump sees it."""

    cursor: str  # of the last record that it was sent
    watched: str | None  # a trace id; "": always the newest trace; None: no trace

    async def send_frame(self, text: str) -> None:
        """Never waits: a client that does not read must not keep the others waiting."""

    async def until_read(self) -> None:
        """Wait until the client has read nearly all that it was sent.  Raises Unread."""

    async def lose(self, code: int, reason: str) -> None:
        """Close it. The browser will reconnect and resume from its cursor."""


@dataclass(slots=True)
class Feed:
    playground: str  # its id
    key: str = ""  # of the generation whose log it reads
    position: str = BEGINNING  # cursor of the last entry that was sent to the sockets
    sockets: set[Socket] = field(default_factory=set)
    meter: Meter = field(default_factory=Meter)
    traces: "OrderedDict[str, list[Record]]" = field(default_factory=OrderedDict)
    newest_trace: str = ""
    grown_traces: set[str] = field(default_factory=set)  # since the last sequence frames
    design_frame: str = ""
    topology_frame: str = ""
    faults_frame: str = ""
    stats_frame: str = ""
    kept_until: float = 0.0  # loop time until which a poller may come back
    is_outdated: bool = True  # design or faults have changed since their frames were made
    has_begun_anew: bool = False  # after a reset, and the sockets have not been told

    def begin_anew(self, key: str) -> None:
        """Go on with the log of a new generation, from its beginning."""
        # In this order: the pump reads both, in another thread.
        self.position = BEGINNING
        self.key = key
        self.meter, self.newest_trace = Meter(), ""
        self.traces.clear()
        self.grown_traces.clear()
        self.is_outdated = self.has_begun_anew = True

    def take(self, entries: Sequence[Entry]) -> None:
        """Update figures and traces from records that the sockets get, and note changes of state."""
        for cursor, text in entries:
            record = decode(cursor, text)
            self.meter.feed(record)
            self._remember(record)
            if record.kind is Kind.FAULT or record.name in ("DesignChanged", "Reset"):
                self.is_outdated = True

    def frames_for(self, after: str, entries: Sequence[Entry]) -> Iterable[tuple[Socket, str]]:
        """A records frame for each socket. Sockets with the same cursor share one text."""
        common = frames.records(after, entries)
        for socket in list(self.sockets):
            if socket.cursor == after:
                yield socket, common
            else:  # it has just joined, and has read ahead
                newer = [e for e in entries if order(e[0]) > order(socket.cursor)]
                if newer:
                    yield socket, frames.records(socket.cursor, newer)

    def sequences(self) -> Iterable[tuple[Socket, str]]:
        """A sequence frame for each socket whose watched trace has grown since the last call."""
        texts: dict[str, str] = {}
        for socket in list(self.sockets):
            trace = self.newest_trace if socket.watched == "" else socket.watched
            if trace and trace in self.grown_traces and trace in self.traces:
                if trace not in texts:
                    texts[trace] = frames.sequence(trace, self.traces[trace])
                yield socket, texts[trace]
        self.grown_traces.clear()

    def _remember(self, record: Record) -> None:
        if not record.trace:
            return
        trace = self.traces.setdefault(record.trace, [])
        if len(trace) < KEPT_RECORDS_PER_TRACE:
            trace.append(record)
            self.grown_traces.add(record.trace)
        while len(self.traces) > KEPT_TRACES:
            self.traces.popitem(last=False)
        if record.source == "customer" and not record.is_poll:
            self.newest_trace = record.trace
