"""The contract of the EventBroker port. Every adapter passes this one test file."""

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
    """Let a taken message go stale. Redis counts idle time by its own clock, so it is slept."""
    import time

    def pass_time() -> None:
        clock.advance(STALE_S + 0.05)
        if isinstance(broker, RedisStreamsBroker):
            time.sleep(STALE_S + 0.05)

    return pass_time


def letter(order: str = "7Q2K", *groups: str) -> Publication:
    event = envelope.wrap(
        OrderPlaced(order, 1, "ada@example.com", 1, 1900),
        playground=PG, source="orders", span=Span("run", "a" * 32, "b" * 16),
        event_id=f"event-{order}", cause="", now=0.0,
    )  # fmt: skip
    return Publication(event, groups or (KITCHEN, MAIL))


def ids(deliveries: Any) -> list[str]:
    return [d.event.get_id() for d in deliveries]


def test_each_group_gets_its_own_copy(broker: EventBroker) -> None:
    broker.publish(PG, [letter()])
    assert ids(broker.receive(PG, KITCHEN, 10)) == ["event-7Q2K"]
    assert ids(broker.receive(PG, MAIL, 10)) == ["event-7Q2K"]


def test_a_group_that_is_not_addressed_gets_nothing(broker: EventBroker) -> None:
    broker.publish(PG, [letter("A", KITCHEN)])
    assert broker.receive(PG, MAIL, 10) == []


def test_what_was_published_before_the_group_first_looked_is_there(broker: EventBroker) -> None:
    broker.publish(PG, [letter("A", KITCHEN)])
    broker.publish(PG, [letter("B", KITCHEN)])
    assert ids(broker.receive(PG, KITCHEN, 10)) == ["event-A", "event-B"]


def test_messages_come_in_their_order_and_no_more_than_asked_for(broker: EventBroker) -> None:
    broker.publish(PG, [letter(name, KITCHEN) for name in "ABC"])
    assert ids(broker.receive(PG, KITCHEN, 2)) == ["event-A", "event-B"]
    assert ids(broker.receive(PG, KITCHEN, 2)) == ["event-C"]


def test_a_taken_message_is_not_given_to_anybody_else(broker: EventBroker) -> None:
    broker.publish(PG, [letter("A", KITCHEN)])
    broker.receive(PG, KITCHEN, 1)
    assert broker.receive(PG, KITCHEN, 1) == []


def test_playgrounds_do_not_hear_of_each_other(broker: EventBroker) -> None:
    broker.publish(PG, [letter("A", KITCHEN)])
    assert broker.receive("another", KITCHEN, 1) == []


def test_a_delivery_says_what_it_is(broker: EventBroker, clock: FakeClock) -> None:
    broker.publish(PG, [letter("A", KITCHEN)])
    [first] = broker.receive(PG, KITCHEN, 1)
    assert (first.playground, first.group, first.attempt) == (PG, KITCHEN, 1)
    assert first.redelivered is False
    assert first.enqueued_at == pytest.approx(clock.now())


def test_an_acked_message_is_gone(broker: EventBroker, silence: Any) -> None:
    broker.publish(PG, [letter("A", KITCHEN)])
    taken = broker.receive(PG, KITCHEN, 1)
    broker.ack(taken)
    broker.ack(taken)  # harmless
    silence()
    assert broker.receive(PG, KITCHEN, 1) == []
    assert broker.depths(PG, [KITCHEN])[KITCHEN] == Depth()


def test_a_message_of_somebody_who_went_silent_is_delivered_again(
    broker: EventBroker, silence: Any
) -> None:
    broker.publish(PG, [letter("A", KITCHEN)])
    broker.receive(PG, KITCHEN, 1)
    silence()
    [again] = broker.receive(PG, KITCHEN, 1)
    assert (again.redelivered, again.attempt) == (True, 2)
    silence()
    [once_more] = broker.receive(PG, KITCHEN, 1)
    assert once_more.attempt == 3


def test_who_says_that_he_is_at_work_keeps_his_message(broker: EventBroker, silence: Any) -> None:
    broker.publish(PG, [letter("A", KITCHEN)])
    held = broker.receive(PG, KITCHEN, 1)
    silence()
    broker.extend(held)
    assert broker.receive(PG, KITCHEN, 1) == []


def test_a_retry_comes_when_it_is_due_as_the_next_attempt(
    broker: EventBroker, clock: FakeClock
) -> None:
    broker.publish(PG, [letter("A", KITCHEN)])
    [first] = broker.receive(PG, KITCHEN, 1)
    broker.retry(first, 5.0)
    assert broker.depths(PG, [KITCHEN])[KITCHEN] == Depth(delayed=1)
    assert broker.receive(PG, KITCHEN, 1) == []
    clock.advance(5.1)
    [second] = broker.receive(PG, KITCHEN, 1)
    assert (second.attempt, second.redelivered) == (2, False)


def test_two_equal_messages_that_are_retried_stay_two(
    broker: EventBroker, clock: FakeClock
) -> None:
    broker.publish(PG, [letter("A", KITCHEN), letter("A", KITCHEN)])
    for delivery in broker.receive(PG, KITCHEN, 2):
        broker.retry(delivery, 1.0)
    clock.advance(1.1)
    assert len(broker.receive(PG, KITCHEN, 10)) == 2


def test_a_dead_letter_is_kept_and_never_delivered(broker: EventBroker, silence: Any) -> None:
    broker.publish(PG, [letter("A", KITCHEN)])
    [first] = broker.receive(PG, KITCHEN, 1)
    broker.dead_letter(first, "nobody can read it")
    silence()
    assert broker.receive(PG, KITCHEN, 1) == []
    assert broker.depths(PG, [KITCHEN])[KITCHEN] == Depth(dead=1)


def test_depths_tell_the_states_apart(broker: EventBroker) -> None:
    broker.publish(PG, [letter(name, KITCHEN) for name in "ABCD"])
    first, second = broker.receive(PG, KITCHEN, 2)
    broker.retry(first, 60)
    depths = broker.depths(PG, [KITCHEN, MAIL])
    assert depths == {KITCHEN: Depth(ready=2, unacked=1, delayed=1), MAIL: Depth()}
    assert depths[KITCHEN].on_the_way == 4
    assert broker.on_the_way(PG, [KITCHEN, MAIL]) == {KITCHEN: 4, MAIL: 0}
    broker.ack([second])


def test_unfinished_names_the_groups_that_have_something(broker: EventBroker) -> None:
    broker.publish(PG, [letter()])
    assert sorted(broker.unfinished()) == [(PG, MAIL), (PG, KITCHEN)]
    broker.ack(broker.receive(PG, MAIL, 10))
    assert broker.unfinished() == [(PG, KITCHEN)]
    [taken] = broker.receive(PG, KITCHEN, 10)
    assert broker.unfinished() == [(PG, KITCHEN)]
    broker.retry(taken, 60)
    assert broker.unfinished() == [(PG, KITCHEN)]


def test_peek_shows_without_taking(broker: EventBroker) -> None:
    broker.publish(PG, [letter(name, KITCHEN) for name in "AB"])
    broker.receive(PG, KITCHEN, 1)
    seen = [event.get_id() for event in broker.peek(PG, KITCHEN, 10)]
    assert seen == ["event-A", "event-B"]
    assert ids(broker.receive(PG, KITCHEN, 10)) == ["event-B"]


def test_delete_leaves_nothing(broker: EventBroker) -> None:
    broker.publish(PG, [letter()])
    broker.receive(PG, KITCHEN, 1)
    broker.delete(PG, [KITCHEN, MAIL])
    assert broker.unfinished() == []
    assert broker.receive(PG, MAIL, 1) == []
    broker.publish(PG, [letter("B")])  # and it can begin anew
    assert ids(broker.receive(PG, KITCHEN, 1)) == ["event-B"]


def test_a_message_survives_a_text_that_is_not_ascii(broker: EventBroker) -> None:
    publication = letter("Ü-日本", KITCHEN)
    broker.publish(PG, [publication])
    [delivery] = broker.receive(PG, KITCHEN, 1)
    assert envelope.unwrap(delivery.event).order == "Ü-日本"


def test_what_is_not_to_be_delivered_yet_is_not(broker: EventBroker, clock: FakeClock) -> None:
    later = Publication(letter().event, (KITCHEN,), delay_s=5)
    broker.publish(PG, [later, later])
    assert broker.receive(PG, KITCHEN, 10) == []
    assert broker.depths(PG, [KITCHEN])[KITCHEN] == Depth(delayed=2)
    clock.advance(6)
    assert [d.attempt for d in broker.receive(PG, KITCHEN, 10)] == [1, 1]


def test_a_dead_letter_can_be_looked_into(broker: EventBroker, clock: FakeClock) -> None:
    broker.publish(PG, [letter("A", KITCHEN)])
    broker.dead_letter(broker.receive(PG, KITCHEN, 1)[0], "nobody can read it")
    [dead] = broker.dead_letters(PG, KITCHEN, 10)
    assert (dead.event.get_id(), dead.reason, dead.attempts, dead.at) == (
        "event-A", "nobody can read it", 1, clock.now(),
    )  # fmt: skip
    assert broker.dead_letters(PG, MAIL, 10) == []


def test_a_replayed_dead_letter_is_delivered_anew_and_only_once(broker: EventBroker) -> None:
    broker.publish(PG, [letter("A", KITCHEN)])
    broker.dead_letter(broker.receive(PG, KITCHEN, 1)[0], "a bad day")
    assert broker.unfinished() == []
    [dead] = broker.dead_letters(PG, KITCHEN, 10)
    assert [broker.replay(dead), broker.replay(dead)] == [True, False]
    assert broker.unfinished() == [(PG, KITCHEN)]
    [again] = broker.receive(PG, KITCHEN, 10)
    assert (again.event.get_id(), again.attempt) == ("event-A", 1)


def test_a_discarded_dead_letter_is_gone(broker: EventBroker) -> None:
    broker.publish(PG, [letter("A", KITCHEN)])
    broker.dead_letter(broker.receive(PG, KITCHEN, 1)[0], "a bad day")
    [dead] = broker.dead_letters(PG, KITCHEN, 10)
    assert [broker.discard(dead), broker.discard(dead), broker.replay(dead)] == [
        True, False, False,
    ]  # fmt: skip
