"""The recorder: a step's records in their order, together, and never lost by a failing log."""

import logging
from collections.abc import Sequence
from threading import Thread

import pytest

from playground.company.trace import Span
from playground.flow.promises import Promise
from playground.flow.recorder import Recorder
from playground.flow.records import Kind, Record
from playground.handling.clock import FakeClock
from playground.storage.redis_adapter import StoreUnavailable
from playground.testing import MemoryLog

SPAN = Span("run", "a" * 32, "b" * 16)
PG = "playground"


class FailingLog(MemoryLog):
    """A log that is away for as long as it is told."""

    is_away = False
    appended = 0

    def append(
        self, playground: str, records: Sequence[Record], promises: Sequence[Promise] = ()
    ) -> None:
        if self.is_away:
            raise StoreUnavailable("away")
        self.appended += 1
        super().append(playground, records, promises)


@pytest.fixture
def log() -> FailingLog:
    return FailingLog()


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def recorder(log: FailingLog, clock: FakeClock) -> Recorder:
    return Recorder(log, PG, clock)


def names(log: FailingLog) -> list[str]:
    return [record.name for record in log.read(PG)]


def test_nothing_is_stored_before_a_flush_and_then_all_in_one_round_trip(
    recorder: Recorder, log: FailingLog
) -> None:
    for name in ("one", "two", "three"):
        recorder.add(SPAN, Kind.NOTE, name)
    assert names(log) == []
    recorder.flush()
    assert (names(log), log.appended) == (["one", "two", "three"], 1)


def test_a_record_is_stored_once_however_often_is_flushed(
    recorder: Recorder, log: FailingLog
) -> None:
    recorder.add(SPAN, Kind.NOTE, "one")
    recorder.flush()
    recorder.flush()
    recorder.add(SPAN, Kind.NOTE, "two")
    recorder.flush()
    assert names(log) == ["one", "two"]


def test_a_record_has_the_time_and_the_span_of_its_adding(
    recorder: Recorder, log: FailingLog, clock: FakeClock
) -> None:
    at = clock.now()
    recorder.add(SPAN, Kind.NOTE, "one", target="crm", data={"n": 1})
    clock.advance(5)
    recorder.flush()
    [record] = log.read(PG)
    assert (record.at, record.trace, record.target, record.data) == (
        at, SPAN.trace, "crm", {"n": 1},
    )  # fmt: skip


def test_what_could_not_be_stored_is_kept_before_what_comes_after_it(
    recorder: Recorder, log: FailingLog
) -> None:
    recorder.add(SPAN, Kind.NOTE, "one")
    recorder.promise(Promise("order/1", "run"))
    log.is_away = True
    with pytest.raises(StoreUnavailable):
        recorder.flush()
    recorder.add(SPAN, Kind.NOTE, "two")
    log.is_away = False
    recorder.flush()
    assert names(log) == ["one", "two"]
    assert log.promises(PG) == [Promise("order/1", "run")]


def test_a_flush_that_may_fail_is_logged_and_keeps_the_records(
    recorder: Recorder, log: FailingLog, caplog: pytest.LogCaptureFixture
) -> None:
    recorder.add(SPAN, Kind.NOTE, "one")
    log.is_away = True
    with caplog.at_level(logging.WARNING):
        recorder.try_flush()
    assert "playground" in caplog.text
    log.is_away = False
    recorder.try_flush()
    assert names(log) == ["one"]


def test_a_promise_goes_along_with_the_next_records(recorder: Recorder, log: FailingLog) -> None:
    recorder.promise(Promise("order/1", "run", ("loyalty",)))
    assert log.promises(PG) == []
    recorder.add(SPAN, Kind.RESPONSE, "POST /api/orders")
    recorder.flush()
    assert log.promises(PG) == [Promise("order/1", "run", ("loyalty",))]


def test_effects_are_remembered_after_they_were_stored(recorder: Recorder) -> None:
    recorder.add(SPAN, Kind.EFFECT, "OrderStored", data={"subject": "order/1"})
    recorder.add(SPAN, Kind.NOTE, "one")
    recorder.flush()
    assert [record.name for record in recorder.effects] == ["OrderStored"]


def test_records_that_threads_add_at_once_are_all_there(
    recorder: Recorder, log: FailingLog
) -> None:
    def add(thread: int) -> None:
        for n in range(50):
            recorder.add(SPAN, Kind.NOTE, f"{thread}.{n}")
            if n % 10 == 0:
                recorder.flush()

    threads = [Thread(target=add, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    recorder.flush()
    assert sorted(names(log)) == sorted(f"{t}.{n}" for t in range(4) for n in range(50))
