"""The contract suite of the BatchWriter port. Both writers have to pass it, on a real Redis."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from redis import Redis

from playground.company import envelope
from playground.company.events import OrderPlaced
from playground.company.trace import Span
from playground.flow.log import KEPT_RECORDS
from playground.flow.promises import Promise
from playground.flow.records import Kind, Record
from playground.flow.redis_log import RedisFlowLog
from playground.handling.clock import FakeClock
from playground.messaging.batch_writer import BatchWriter, SequentialBatchWriter, StepBatch
from playground.messaging.brokers.redis_streams.batch_writer import RedisBatchWriter
from playground.messaging.brokers.redis_streams.broker import RedisStreamsBroker
from playground.messaging.doorbell import RedisDoorbell
from playground.messaging.port import Delivery, Depth, Publication
from playground.messaging.step_buffer import StepBuffer

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


@pytest.fixture(params=["sequential", "one script"])
def place(request: Any, redis: Redis) -> Place:
    clock, woken = FakeClock(), []
    log, broker = RedisFlowLog(redis), RedisStreamsBroker(redis, clock)
    bell = RedisDoorbell(redis, lambda _playground, service: woken.append(service))
    writers = {
        "sequential": SequentialBatchWriter(log, broker, bell),
        "one script": RedisBatchWriter(redis, clock, bell),
    }
    return Place(writers[request.param], log, broker, bell, woken)


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
