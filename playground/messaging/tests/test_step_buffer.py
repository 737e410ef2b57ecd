"""The step buffer among threads: a callee that its caller has given up on shares its step."""

from collections.abc import Callable
from threading import Event, Thread
from typing import Any

import pytest

from playground.company.trace import Span
from playground.flow.recorder import Recorder
from playground.flow.records import Kind, Record
from playground.handling.clock import FakeClock
from playground.messaging.batch_writer import PartlyWritten, StepBatch
from playground.messaging.step_buffer import StepBuffer
from playground.storage.redis_adapter import StoreUnavailable

MAY_OVERTAKE_S = 0.2  # long enough for a thread that nothing holds back


class SlowWriter:
    """The BatchWriter port. The first batch takes until `go_on`, and fails."""

    def __init__(self, error: type[Exception]) -> None:
        self._error, self.written = error, list[StepBatch]()
        self.has_begun, self.go_on = Event(), Event()

    def write(self, playground: str, batch: StepBatch) -> None:
        if not self.has_begun.is_set():
            self.has_begun.set()
            assert self.go_on.wait(10)
            raise self._error
        self.written.append(batch)


class NoCleaner:
    def discard(self, row_ids: Any) -> None:
        pass


def meanwhile(writer: SlowWriter, slow: Callable[[], None], other: Callable[[], None]) -> None:
    """Run `other` in a second thread while the first one's batch is being written."""

    def with_its_error() -> None:
        with pytest.raises(StoreUnavailable):
            slow()

    first, second = Thread(target=with_its_error), Thread(target=other)
    first.start()
    assert writer.has_begun.wait(10)
    second.start()
    second.join(MAY_OVERTAKE_S)
    writer.go_on.set()
    first.join(10)
    second.join(10)


def test_an_ack_never_overtakes_what_follows_from_its_message() -> None:
    writer = SlowWriter(StoreUnavailable)
    buffer, publication, delivery = StepBuffer(writer, NoCleaner()), object(), object()
    record = Record(Kind.NOTE, "first", 1.0)

    def slow() -> None:
        buffer.publish([1], [publication])  # type: ignore[list-item]
        buffer.append("pg", [record])

    def other() -> None:
        buffer.ack([delivery])  # type: ignore[list-item]
        buffer.append("pg", [])

    meanwhile(writer, slow, other)
    [batch] = writer.written
    assert (batch.publications, batch.finished) == ([publication], [delivery])


def test_records_are_stored_in_the_order_in_which_they_were_made() -> None:
    writer = SlowWriter(StoreUnavailable)
    recorder = Recorder(StepBuffer(writer, NoCleaner()), "pg", FakeClock())
    span = Span.root(lambda digits: "0" * digits)
    recorder.add(span, Kind.NOTE, "first")

    def other() -> None:
        recorder.add(span, Kind.NOTE, "second")
        recorder.flush()

    meanwhile(writer, recorder.flush, other)
    names = [record.name for batch in writer.written for record in batch.records]
    assert names == ["first", "second"]


def test_messages_that_the_broker_has_not_taken_go_with_the_next_records() -> None:
    writer = SlowWriter(PartlyWritten)
    writer.go_on.set()
    buffer, publication = StepBuffer(writer, NoCleaner()), object()
    buffer.publish([1], [publication])  # type: ignore[list-item]
    buffer.append("pg", [Record(Kind.NOTE, "first", 1.0)])
    buffer.append("pg", [])
    [batch] = writer.written
    assert (batch.publications, batch.records) == ([publication], [])
