"""The sockets of one playground in this process, and their cursors in its log."""

from collections import OrderedDict
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from ..flow.cursor import order
from ..flow.log import BEGINNING
from ..flow.meter import Meter
from ..flow.records import Kind, Record, decode
from ..flow.redis_log import Entry
from . import frames
from .slices import in_slices

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
        # In this order: the pump reads all three, in another thread.
        self.has_begun_anew = True
        self.position = BEGINNING
        self.key = key
        self.meter, self.newest_trace = Meter(), ""
        self.traces.clear()
        self.grown_traces.clear()
        self.is_outdated = True

    async def take(self, entries: Sequence[Entry]) -> None:
        """Update figures and traces from records that the sockets get, and note changes of state."""
        key = self.key
        async for cursor, text in in_slices(entries):
            if self.key != key:
                return
            record = decode(cursor, text)
            self.meter.feed(record)
            self._remember(record)
            if record.kind is Kind.FAULT or record.name in ("DesignChanged", "Reset"):
                self.is_outdated = True

    async def frames_for(
        self, after: str, entries: Sequence[Entry]
    ) -> AsyncIterator[tuple[Socket, str]]:
        """A records frame for each socket. Sockets with the same cursor share one text.

        The caller sends it and sets the cursor before it waits for anything else.
        """
        key, common = self.key, frames.records(after, entries)
        async for socket in in_slices(list(self.sockets)):
            if self.key != key:
                return  # the sockets are told that another log has begun
            if socket not in self.sockets:
                continue  # it has left, or reads for itself, beyond these entries
            if socket.cursor == after:
                yield socket, common
            else:  # it has just joined, and has read ahead
                read = order(socket.cursor)
                newer = [entry for entry in entries if order(entry[0]) > read]
                if newer:
                    yield socket, frames.records(socket.cursor, newer)

    async def sequences(self) -> AsyncIterator[tuple[Socket, str]]:
        """A sequence frame for each socket whose watched trace has grown since the last call."""
        grown, self.grown_traces = self.grown_traces, set()
        texts: dict[str, str] = {}
        async for socket in in_slices(list(self.sockets)):
            trace = self.watched_by(socket)
            if trace in grown and trace in self.traces and trace not in texts:
                texts[trace] = await frames.sequence(trace, self.traces[trace])
            # It may have left meanwhile, or watch another one.
            if trace in texts and socket in self.sockets and trace == self.watched_by(socket):
                yield socket, texts[trace]

    def watched_by(self, socket: Socket) -> str:
        """The id of the trace that this socket watches; "" if there is none."""
        return (self.newest_trace if socket.watched == "" else socket.watched) or ""

    def keep_trace(self, trace: str, records: list[Record]) -> None:
        """`records`: at most KEPT_RECORDS_PER_TRACE."""
        self.traces[trace] = records
        while len(self.traces) > KEPT_TRACES:
            self.traces.popitem(last=False)

    def _remember(self, record: Record) -> None:
        if not record.trace:
            return
        trace = self.traces.get(record.trace)
        if trace is None:
            trace = []
            self.keep_trace(record.trace, trace)
        if len(trace) < KEPT_RECORDS_PER_TRACE:
            trace.append(record)
            self.grown_traces.add(record.trace)
        if record.source == "customer" and not record.is_poll:
            self.newest_trace = record.trace
