"""The contract suite of the EventBroker port. Every adapter has to pass it."""

from collections.abc import Iterator
from typing import Any

import pytest
from redis import Redis

from playground.company import envelope
from playground.company.events import OrderPlaced
from playground.company.trace import Span
from playground.handling.clock import FakeClock
from playground.messaging.brokers.memory import MemoryBroker
from playground.messaging.brokers.redis_streams.broker import RedisStreamsBroker
from playground.messaging.port import Depth, EventBroker, Publication

PG = "playground"
KITCHEN, MAIL = "restaurant", "notification"
STALE_S = 0.2


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture(params=["memory", "redis-streams"])
def broker(request: Any, clock: FakeClock) -> Iterator[EventBroker]:
    if request.param == "memory":
        yield MemoryBroker(clock, stale_after_s=STALE_S)
    else:
        client: Redis = request.getfixturevalue("redis")
        yield RedisStreamsBroker(client, clock, stale_after_s=STALE_S)


@pytest.fixture
def silence(broker: EventBroker, clock: FakeClock) -> Any:
    """Wait until received messages are stale. Redis measures idle time itself, so it takes real time."""
    import time

    def pass_time() -> None:
        clock.advance(STALE_S + 0.05)
        if isinstance(broker, RedisStreamsBroker):
            time.sleep(STALE_S + 0.05)

    return pass_time


def a_publication(order: str = "7Q2K", *groups: str) -> Publication:
    event = envelope.wrap(
        OrderPlaced(order, 1, "ada@example.com", 1, 1900),
        playground=PG, source="orders", span=Span("run", "a" * 32, "b" * 16),
        event_id=f"event-{order}", cause="", now=0.0,
    )  # fmt: skip
    return Publication(event, groups or (KITCHEN, MAIL))


def ids(deliveries: Any) -> list[str]:
    return [d.event.get_id() for d in deliveries]


def test_each_group_gets_its_own_copy(broker: EventBroker) -> None:
    broker.publish(PG, [a_publication()])
    assert ids(broker.receive(PG, KITCHEN, 10)) == ["event-7Q2K"]
    assert ids(broker.receive(PG, MAIL, 10)) == ["event-7Q2K"]


def test_a_group_that_is_not_addressed_gets_nothing(broker: EventBroker) -> None:
    broker.publish(PG, [a_publication("A", KITCHEN)])
    assert broker.receive(PG, MAIL, 10) == []


def test_a_group_gets_messages_published_before_its_first_receive(broker: EventBroker) -> None:
    broker.publish(PG, [a_publication("A", KITCHEN)])
    broker.publish(PG, [a_publication("B", KITCHEN)])
    assert ids(broker.receive(PG, KITCHEN, 10)) == ["event-A", "event-B"]


def test_messages_are_received_in_order_and_up_to_the_limit(broker: EventBroker) -> None:
    broker.publish(PG, [a_publication(name, KITCHEN) for name in "ABC"])
    assert ids(broker.receive(PG, KITCHEN, 2)) == ["event-A", "event-B"]
    assert ids(broker.receive(PG, KITCHEN, 2)) == ["event-C"]


def test_a_received_message_is_not_delivered_to_another_consumer(broker: EventBroker) -> None:
    broker.publish(PG, [a_publication("A", KITCHEN)])
    broker.receive(PG, KITCHEN, 1)
    assert broker.receive(PG, KITCHEN, 1) == []


def test_playgrounds_do_not_get_each_others_messages(broker: EventBroker) -> None:
    broker.publish(PG, [a_publication("A", KITCHEN)])
    assert broker.receive("another", KITCHEN, 1) == []


def test_a_delivery_has_group_event_attempt_and_time(broker: EventBroker, clock: FakeClock) -> None:
    broker.publish(PG, [a_publication("A", KITCHEN)])
    [first] = broker.receive(PG, KITCHEN, 1)
    assert (first.playground, first.group, first.attempt) == (PG, KITCHEN, 1)
    assert first.redelivered is False
    assert first.enqueued_at == pytest.approx(clock.now())


def test_an_acked_message_is_not_delivered_again(broker: EventBroker, silence: Any) -> None:
    broker.publish(PG, [a_publication("A", KITCHEN)])
    taken = broker.receive(PG, KITCHEN, 1)
    broker.ack(taken)
    broker.ack(taken)  # harmless
    silence()
    assert broker.receive(PG, KITCHEN, 1) == []
    assert broker.depths(PG, [KITCHEN])[KITCHEN] == Depth()


def test_a_message_whose_consumer_does_not_extend_it_is_redelivered(
    broker: EventBroker, silence: Any
) -> None:
    broker.publish(PG, [a_publication("A", KITCHEN)])
    broker.receive(PG, KITCHEN, 1)
    silence()
    [again] = broker.receive(PG, KITCHEN, 1)
    assert (again.redelivered, again.attempt) == (True, 2)
    silence()
    [once_more] = broker.receive(PG, KITCHEN, 1)
    assert once_more.attempt == 3


def test_a_consumer_that_extends_a_message_keeps_it(broker: EventBroker, silence: Any) -> None:
    broker.publish(PG, [a_publication("A", KITCHEN)])
    held = broker.receive(PG, KITCHEN, 1)
    silence()
    broker.extend(held)
    assert broker.receive(PG, KITCHEN, 1) == []


def test_a_retry_is_delivered_when_due_as_the_next_attempt(
    broker: EventBroker, clock: FakeClock
) -> None:
    broker.publish(PG, [a_publication("A", KITCHEN)])
    [first] = broker.receive(PG, KITCHEN, 1)
    broker.retry(first, 5.0)
    assert broker.depths(PG, [KITCHEN])[KITCHEN] == Depth(delayed=1)
    assert broker.receive(PG, KITCHEN, 1) == []
    clock.advance(5.1)
    [second] = broker.receive(PG, KITCHEN, 1)
    assert (second.attempt, second.redelivered) == (2, False)


def test_two_equal_messages_that_are_retried_remain_two(
    broker: EventBroker, clock: FakeClock
) -> None:
    broker.publish(PG, [a_publication("A", KITCHEN), a_publication("A", KITCHEN)])
    for delivery in broker.receive(PG, KITCHEN, 2):
        broker.retry(delivery, 1.0)
    clock.advance(1.1)
    assert len(broker.receive(PG, KITCHEN, 10)) == 2


def test_a_dead_letter_is_kept_and_never_delivered(broker: EventBroker, silence: Any) -> None:
    broker.publish(PG, [a_publication("A", KITCHEN)])
    [first] = broker.receive(PG, KITCHEN, 1)
    broker.dead_letter(first, "the consumer cannot read it")
    silence()
    assert broker.receive(PG, KITCHEN, 1) == []
    assert broker.depths(PG, [KITCHEN])[KITCHEN] == Depth(dead=1)


def test_depths_count_each_state(broker: EventBroker) -> None:
    broker.publish(PG, [a_publication(name, KITCHEN) for name in "ABCD"])
    first, second = broker.receive(PG, KITCHEN, 2)
    broker.retry(first, 60)
    depths = broker.depths(PG, [KITCHEN, MAIL])
    assert depths == {KITCHEN: Depth(ready=2, unacked=1, delayed=1), MAIL: Depth()}
    assert depths[KITCHEN].on_the_way == 4
    assert broker.on_the_way(PG, [KITCHEN, MAIL]) == {KITCHEN: 4, MAIL: 0}
    broker.ack([second])


def test_unfinished_lists_the_groups_that_have_messages(broker: EventBroker) -> None:
    broker.publish(PG, [a_publication()])
    assert sorted(broker.unfinished()) == [(PG, MAIL), (PG, KITCHEN)]
    broker.ack(broker.receive(PG, MAIL, 10))
    assert broker.unfinished() == [(PG, KITCHEN)]
    [taken] = broker.receive(PG, KITCHEN, 10)
    assert broker.unfinished() == [(PG, KITCHEN)]
    broker.retry(taken, 60)
    assert broker.unfinished() == [(PG, KITCHEN)]


def test_peek_shows_messages_without_receiving_them(broker: EventBroker) -> None:
    broker.publish(PG, [a_publication(name, KITCHEN) for name in "AB"])
    broker.receive(PG, KITCHEN, 1)
    seen = [event.get_id() for event in broker.peek(PG, KITCHEN, 10)]
    assert seen == ["event-A", "event-B"]
    assert ids(broker.receive(PG, KITCHEN, 10)) == ["event-B"]


def test_delete_removes_everything(broker: EventBroker) -> None:
    broker.publish(PG, [a_publication()])
    broker.receive(PG, KITCHEN, 1)
    broker.delete(PG, [KITCHEN, MAIL])
    assert broker.unfinished() == []
    assert broker.receive(PG, MAIL, 1) == []
    broker.publish(PG, [a_publication("B")])  # the playground can be used again
    assert ids(broker.receive(PG, KITCHEN, 1)) == ["event-B"]


def test_a_message_keeps_text_that_is_not_ascii(broker: EventBroker) -> None:
    publication = a_publication("Ü-日本", KITCHEN)
    broker.publish(PG, [publication])
    [delivery] = broker.receive(PG, KITCHEN, 1)
    assert envelope.unwrap(delivery.event).order == "Ü-日本"


def test_a_delayed_message_is_not_delivered_before_it_is_due(
    broker: EventBroker, clock: FakeClock
) -> None:
    later = Publication(a_publication().event, (KITCHEN,), delay_s=5)
    broker.publish(PG, [later, later])
    assert broker.receive(PG, KITCHEN, 10) == []
    assert broker.depths(PG, [KITCHEN])[KITCHEN] == Depth(delayed=2)
    clock.advance(6)
    assert [d.attempt for d in broker.receive(PG, KITCHEN, 10)] == [1, 1]


def test_a_dead_letter_shows_its_event(broker: EventBroker, clock: FakeClock) -> None:
    broker.publish(PG, [a_publication("A", KITCHEN)])
    broker.dead_letter(broker.receive(PG, KITCHEN, 1)[0], "the consumer cannot read it")
    [dead] = broker.dead_letters(PG, KITCHEN, 10)
    assert (dead.event.get_id(), dead.reason, dead.attempts, dead.at) == (
        "event-A", "the consumer cannot read it", 1, clock.now(),
    )  # fmt: skip
    assert broker.dead_letters(PG, MAIL, 10) == []


def test_a_replayed_dead_letter_is_delivered_once_as_a_first_attempt(broker: EventBroker) -> None:
    broker.publish(PG, [a_publication("A", KITCHEN)])
    broker.dead_letter(broker.receive(PG, KITCHEN, 1)[0], "a bad day")
    assert broker.unfinished() == []
    [dead] = broker.dead_letters(PG, KITCHEN, 10)
    assert [broker.replay(dead), broker.replay(dead)] == [True, False]
    assert broker.unfinished() == [(PG, KITCHEN)]
    [again] = broker.receive(PG, KITCHEN, 10)
    assert (again.event.get_id(), again.attempt) == ("event-A", 1)


def test_a_discarded_dead_letter_is_gone(broker: EventBroker) -> None:
    broker.publish(PG, [a_publication("A", KITCHEN)])
    broker.dead_letter(broker.receive(PG, KITCHEN, 1)[0], "a bad day")
    [dead] = broker.dead_letters(PG, KITCHEN, 10)
    assert [broker.discard(dead), broker.discard(dead), broker.replay(dead)] == [
        True, False, False,
    ]  # fmt: skip
