"""The contract suite of the BatchWriter port. Both writers have to pass it, on a real Redis."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from playground.bounds import KEPT_RECORDS
from playground.company import envelope
from playground.company.events import OrderPlaced
from playground.company.trace import Span
from playground.flow.promises import Promise
from playground.flow.records import Kind, Record
from playground.flow.redis_log import RedisFlowLog
from playground.handling.clock import FakeClock
from playground.messaging.batch_writer import (
    BatchWriter,
    PartlyWritten,
    SequentialBatchWriter,
    StepBatch,
)
from playground.messaging.brokers.memory import MemoryBroker
from playground.messaging.brokers.redis_streams.batch_writer import RedisBatchWriter
from playground.messaging.brokers.redis_streams.broker import RedisStreamsBroker
from playground.messaging.doorbell import RedisDoorbell
from playground.messaging.port import BrokerUnavailable, Delivery, Depth, Publication
from playground.messaging.step_buffer import StepBuffer
from playground.storage.redis_adapter import StoreUnavailable
from playground.testing import CountingDoorbell, MemoryLog
from webapp.ports import free_port

PG, KITCHEN, MAIL = "playground", "restaurant", "notification"


@dataclass
class Place:
    """A batch writer, with the log, broker and doorbell that it writes to."""

    batch_writer: BatchWriter
    log: RedisFlowLog
    broker: RedisStreamsBroker
    bell: RedisDoorbell
    woken: list[str] = field(default_factory=list)

    def write(self, **batch: Sequence[Any]) -> None:
        self.batch_writer.write(PG, StepBatch(**batch))

    def take(self, group: str) -> list[Delivery]:
        return self.broker.receive(PG, group, 10)


MakePlace = Callable[[Redis], Place]


@pytest.fixture(params=["sequential", "one script"])
def place_on(request: Any) -> MakePlace:
    """Makes a place on a Redis. Every test runs once for each writer."""

    def make(redis: Redis) -> Place:
        clock, woken = FakeClock(), []
        log, broker = RedisFlowLog(redis), RedisStreamsBroker(redis, clock)
        bell = RedisDoorbell(redis, lambda _playground, service: not woken.append(service))
        writers = {
            "sequential": SequentialBatchWriter(log, broker, bell),
            "one script": RedisBatchWriter(redis, clock, bell),
        }
        return Place(writers[request.param], log, broker, bell, woken)

    return make


@pytest.fixture
def place(place_on: MakePlace, redis: Redis) -> Place:
    return place_on(redis)


@pytest.fixture
def place_without_redis(place_on: MakePlace) -> Iterator[Place]:
    """Nothing listens at its port."""
    nobody = Redis(port=free_port(), retry=Retry(NoBackoff(), 0))
    yield place_on(nobody)
    nobody.close()


def published(order: str = "7Q2K", *groups: str) -> Publication:
    event = envelope.wrap(
        OrderPlaced(order, 1, "ada@example.com", 1, 1900),
        playground=PG, source="orders", span=Span("run", "a" * 32, "b" * 16),
        event_id=f"event-{order}", cause="", now=0.0,
    )  # fmt: skip
    return Publication(event, groups or (KITCHEN, MAIL))


def note(n: int) -> Record:
    return Record(Kind.NOTE, f"note {n}", 0.0)


def test_records_are_appended_in_their_order(place: Place) -> None:
    place.write(records=[note(1), note(2)])
    place.write(records=[note(3)])

    assert [r.name for r in place.log.read(PG)] == ["note 1", "note 2", "note 3"]


def test_more_records_than_one_command_accepts_keep_their_order(place: Place) -> None:
    place.write(records=[note(n) for n in range(2300)])

    names = [r.name for r in place.log.read(PG, limit=KEPT_RECORDS)]
    assert names == [f"note {n}" for n in range(2300)]


def test_the_first_promise_about_a_subject_counts(place: Place) -> None:
    place.write(records=[note(1)], promises=[Promise("order/1", "first", ("loyalty",))])
    place.write(records=[note(2)], promises=[Promise("order/1", "second")])

    assert place.log.promises(PG) == [Promise("order/1", "first", ("loyalty",))]


def test_a_promise_is_stored_without_a_record(place: Place) -> None:
    place.write(promises=[Promise("order/1", "run")])

    assert place.log.promises(PG) == [Promise("order/1", "run")]


def test_an_empty_batch_writes_nothing(place: Place) -> None:
    place.write()

    assert (place.log.read(PG), place.broker.unfinished(), place.woken) == ([], [], [])


def test_each_group_gets_each_message_in_order_and_is_unfinished(place: Place) -> None:
    place.write(publications=[published("A"), published("B", KITCHEN)])

    assert [d.event.get_id() for d in place.take(KITCHEN)] == ["event-A", "event-B"]
    [mail] = place.take(MAIL)
    assert (mail.event.get_id(), mail.attempt, mail.redelivered) == ("event-A", 1, False)
    assert sorted(place.broker.unfinished()) == [(PG, MAIL), (PG, KITCHEN)]


def test_a_group_is_rung_for_once_until_its_bell_is_cleared(place: Place) -> None:
    place.write(publications=[published("A")])
    place.write(publications=[published("B")])
    place.bell.clear(PG, KITCHEN)
    place.write(publications=[published("C")])

    assert sorted(place.woken) == [MAIL, KITCHEN, KITCHEN]


def test_finished_messages_are_acked_and_their_consequences_queued(place: Place) -> None:
    place.write(publications=[published("A", KITCHEN), published("B", KITCHEN)])
    first, _second = place.take(KITCHEN)

    place.write(records=[note(1)], publications=[published("C", MAIL)], finished=[first])

    depths = place.broker.depths(PG, [KITCHEN, MAIL])
    assert depths == {KITCHEN: Depth(unacked=1), MAIL: Depth(ready=1)}


def test_the_script_is_sent_again_to_a_redis_that_has_lost_it(place: Place, redis: Redis) -> None:
    redis.script_flush()

    place.write(records=[note(1)], publications=[published("A", KITCHEN)])

    assert [r.name for r in place.log.read(PG)] == ["note 1"]
    assert len(place.take(KITCHEN)) == 1


def test_acking_twice_is_harmless_and_leaves_the_others(place: Place) -> None:
    place.write(publications=[published("A", KITCHEN), published("B", KITCHEN)])
    first, _second = place.take(KITCHEN)

    place.write(finished=[first])
    place.write(finished=[first])

    assert place.broker.depths(PG, [KITCHEN]) == {KITCHEN: Depth(unacked=1)}


@pytest.mark.parametrize(
    "batch",
    [
        {"records": [note(1)]},
        {"promises": [Promise("order/1", "run")]},
        {"records": [note(1)], "publications": [published("A")]},
        {
            "records": [note(1)],
            "finished": [Delivery(PG, KITCHEN, "1-0", published("A").event, 1, 0.0, False)],
        },
    ],
    ids=lambda batch: " and ".join(batch),
)
def test_when_redis_is_away_the_store_is_said_to_be_unavailable(
    place_without_redis: Place, batch: dict[str, Sequence[Any]]
) -> None:
    with pytest.raises(StoreUnavailable) as unavailable:
        place_without_redis.write(**batch)

    assert unavailable.value.__cause__ is not None, "the client library's own error"
    assert place_without_redis.woken == []


class AbsentBroker(MemoryBroker):
    """A broker on a server of its own, which is away while the records can be stored."""

    def publish(self, playground: str, publications: Sequence[Publication]) -> None:
        raise BrokerUnavailable

    def ack(self, deliveries: Sequence[Delivery]) -> None:
        raise BrokerUnavailable


def test_what_is_written_one_after_the_other_is_partly_written_when_only_the_broker_is_away() -> (
    None
):
    """(One script on one Redis writes everything or nothing.)"""
    log, bell = MemoryLog(), CountingDoorbell()
    writer = SequentialBatchWriter(log, AbsentBroker(FakeClock()), bell)

    with pytest.raises(PartlyWritten):
        writer.write(PG, StepBatch([note(1)], publications=[published("A")]))

    assert [r.name for r in log.read(PG)] == ["note 1"]
    assert bell.rung == [], "nobody is rung for what is not there"


def test_nothing_is_acked_before_what_follows_from_it_is_stored() -> None:
    broker = MemoryBroker(FakeClock())
    broker.publish(PG, [published("A", KITCHEN)])
    taken = broker.receive(PG, KITCHEN, 1)
    broker.publish = AbsentBroker(FakeClock()).publish  # type: ignore[method-assign]
    writer = SequentialBatchWriter(MemoryLog(), broker, CountingDoorbell())

    with pytest.raises(PartlyWritten):
        writer.write(PG, StepBatch([note(1)], publications=[published("B")], finished=taken))

    assert broker.depths(PG, [KITCHEN]) == {KITCHEN: Depth(unacked=1)}


class RememberingCleaner:
    """An OutboxCleaner that notes which rows it was asked to delete."""

    def __init__(self) -> None:
        self.discarded: list[int] = []

    def discard(self, row_ids: Sequence[int]) -> None:
        self.discarded += row_ids


def test_a_step_buffer_sends_its_messages_with_the_next_records(place: Place) -> None:
    cleaner = RememberingCleaner()
    step_buffer = StepBuffer(place.batch_writer, cleaner)

    step_buffer.publish([7], [published("A", KITCHEN)])
    before = list(cleaner.discarded)
    step_buffer.append(PG, [note(1)])
    step_buffer.append(PG, [])

    assert (before, cleaner.discarded) == ([], [7])
    assert len(place.take(KITCHEN)) == 1


def test_a_step_buffer_keeps_what_it_could_not_send_for_the_next_time(
    place: Place, place_without_redis: Place
) -> None:
    cleaner = RememberingCleaner()
    place.write(publications=[published("A", KITCHEN)])
    taken = place.take(KITCHEN)
    step_buffer = StepBuffer(place_without_redis.batch_writer, cleaner)
    step_buffer.publish([7], [published("B", MAIL)])
    step_buffer.ack(taken)
    with pytest.raises(StoreUnavailable):
        step_buffer.append(PG, [note(1)])
    assert cleaner.discarded == []

    step_buffer._batch_writer = place.batch_writer  # Redis is back
    step_buffer.append(PG, [note(1)])

    assert cleaner.discarded == [7]
    depths = place.broker.depths(PG, [KITCHEN, MAIL])
    assert depths == {KITCHEN: Depth(), MAIL: Depth(ready=1)}


def test_a_step_buffer_keeps_rows_messages_and_acks_while_only_the_broker_is_away() -> None:
    broker, log, cleaner = AbsentBroker(FakeClock()), MemoryLog(), RememberingCleaner()
    step_buffer = StepBuffer(SequentialBatchWriter(log, broker, CountingDoorbell()), cleaner)
    step_buffer.publish([7], [published("A", KITCHEN)])

    step_buffer.append(PG, [note(1)])  # no error: the outbox has the message
    assert cleaner.discarded == []
    step_buffer.append(PG, [note(2)])
    assert [r.name for r in log.read(PG)] == ["note 1", "note 2"], "each record once"

    broker.publish = MemoryBroker(FakeClock()).publish  # type: ignore[method-assign]
    step_buffer.append(PG, [])
    assert cleaner.discarded == [7]
