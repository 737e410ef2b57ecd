"""The contract of the EventBroker port. Every row of BROKERS passes this one test file.

Each promise of the docstrings in `messaging/port.py` has a test, under the method that makes
it. A new row of the table is tested without a change here, unless its messages go stale by a
clock that is not ours (GOES_STALE) or it finds its server in a way of its own (POINTED_AWAY).
"""

from collections.abc import Callable, Iterator, Mapping
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from playground.company import envelope
from playground.company.events import OrderPlaced
from playground.company.trace import Span
from playground.handling.clock import FakeClock
from playground.messaging.brokers import BROKERS, Surroundings, UnknownBroker, factory
from playground.messaging.port import (
    LONGEST_DELAY_S,
    BrokerUnavailable,
    DeadLetter,
    Delivery,
    Depth,
    EventBroker,
    Publication,
)
from playground.testing import CountingDoorbell, MemoryLog
from webapp.ports import free_port

PG, OTHER_PG = "playground", "another"
KITCHEN, MAIL = "restaurant", "notification"
STALE_S = 4.0  # longer than any row lets a message go unacked

# Rows that keep everything in the process itself: nothing of theirs can be away.
WITHOUT_SERVER = frozenset({"memory"})
WITH_SERVER = [name for name in BROKERS if name not in WITHOUT_SERVER]


def made(row: str, redis: Redis, clock: FakeClock) -> EventBroker:
    """The broker of this row, as a process of its own would make it."""
    return factory(row)(Surroundings(redis, clock, MemoryLog(), CountingDoorbell())).broker


def age_pending_entries(redis: Redis) -> None:
    """Redis counts by its own clock how long an entry has been pending: set that count."""
    for queue in redis.scan_iter("inflight:*:queue:*"):
        for group in redis.xinfo_groups(queue):
            for entry in redis.xpending_range(queue, group["name"], "-", "+", 100):
                redis.xclaim(
                    queue, group["name"], entry["consumer"], 0, [entry["message_id"]],
                    idle=int(STALE_S * 1000), justid=True,
                )  # fmt: skip


# What lets a received message go stale at once, beyond time that passes on the process's clock.
GOES_STALE: Mapping[str, Callable[[Redis], None]] = {"redis-streams": age_pending_entries}
# What points a row at a server that is away, beyond the shared Redis being away.
POINTED_AWAY: Mapping[str, Callable[[Any], None]] = {}


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture(params=BROKERS)
def row(request: Any) -> str:
    """The name of a row of the table of brokers."""
    name: str = request.param
    return name


@pytest.fixture
def broker(row: str, redis: Redis, clock: FakeClock) -> EventBroker:
    return made(row, redis, clock)


@pytest.fixture
def go_stale(row: str, redis: Redis, clock: FakeClock) -> Callable[[], None]:
    """Let every received message be unacked for too long."""

    def pass_time() -> None:
        clock.advance(STALE_S)
        GOES_STALE.get(row, lambda _: None)(redis)

    return pass_time


def message(order: str = "7Q2K", *groups: str, delay_s: float = 0.0) -> Publication:
    """An OrderPlaced with the id "event-<order>"."""
    event = envelope.wrap(
        OrderPlaced(order, 1, "ada@example.com", 1, 1900),
        playground=PG, source="orders", span=Span("run", "a" * 32, "b" * 16),
        event_id=f"event-{order}", cause="", now=0.0,
    )  # fmt: skip
    return Publication(event, groups or (KITCHEN, MAIL), delay_s)


def ids(deliveries: Any) -> list[str]:
    return [d.event.get_id() for d in deliveries]


def received(broker: EventBroker, order: str = "A", group: str = KITCHEN) -> Delivery:
    """A message that has just been published and received."""
    broker.publish(PG, [message(order, group)])
    [delivery] = broker.receive(PG, group, 10)
    return delivery


def given_up(broker: EventBroker, order: str = "A", reason: str = "a bad day") -> DeadLetter:
    """A message that has just become a dead letter."""
    broker.dead_letter(received(broker, order), reason)
    return broker.dead_letters(PG, KITCHEN, 100)[-1]


def depth(broker: EventBroker, group: str = KITCHEN) -> Depth:
    return broker.depths(PG, [group])[group]


# publish: "Put each message into the queue of each of its groups, in their order."


def test_each_group_gets_its_own_copy(broker: EventBroker) -> None:
    broker.publish(PG, [message()])
    assert ids(broker.receive(PG, KITCHEN, 10)) == ["event-7Q2K"]
    assert ids(broker.receive(PG, MAIL, 10)) == ["event-7Q2K"]


def test_a_group_that_is_not_addressed_gets_nothing(broker: EventBroker) -> None:
    broker.publish(PG, [message("A", KITCHEN)])
    assert broker.receive(PG, MAIL, 10) == []


def test_what_was_published_before_the_group_first_received_is_there(broker: EventBroker) -> None:
    broker.publish(PG, [message("A", KITCHEN)])
    broker.publish(PG, [message("B", KITCHEN)])
    assert ids(broker.receive(PG, KITCHEN, 10)) == ["event-A", "event-B"]


def test_messages_for_different_groups_in_one_publish_keep_their_order(
    broker: EventBroker,
) -> None:
    broker.publish(PG, [message("A"), message("B", MAIL), message("C"), message("D", KITCHEN)])
    assert ids(broker.receive(PG, MAIL, 10)) == ["event-A", "event-B", "event-C"]
    assert ids(broker.receive(PG, KITCHEN, 10)) == ["event-A", "event-C", "event-D"]


def test_the_same_event_published_twice_is_two_messages(broker: EventBroker) -> None:
    broker.publish(PG, [message("A", KITCHEN), message("A", KITCHEN)])
    first, second = broker.receive(PG, KITCHEN, 10)
    assert first.event.get_id() == second.event.get_id()
    assert first.receipt != second.receipt


def test_publishing_nothing_is_no_error(broker: EventBroker) -> None:
    broker.publish(PG, [])
    assert broker.unfinished() == []


def test_a_message_comes_out_as_it_went_in(broker: EventBroker) -> None:
    sent = message("Ü-日本 \"'\n\u2028", KITCHEN)
    broker.publish(PG, [sent])
    [delivery] = broker.receive(PG, KITCHEN, 1)
    assert delivery.event.get_attributes() == sent.event.get_attributes()
    assert envelope.unwrap(delivery.event) == envelope.unwrap(sent.event)


def test_a_delayed_message_is_not_delivered_before_its_time_and_then_as_the_first_attempt(
    broker: EventBroker, clock: FakeClock
) -> None:
    later = message("A", KITCHEN, delay_s=5)
    broker.publish(PG, [later, later])
    clock.advance(4.9)
    assert broker.receive(PG, KITCHEN, 10) == []
    assert depth(broker) == Depth(delayed=2)
    clock.advance(0.2)
    due = broker.receive(PG, KITCHEN, 10)
    assert [(d.attempt, d.redelivered) for d in due] == [(1, False), (1, False)]


def test_a_delayed_message_does_not_hold_up_those_behind_it(
    broker: EventBroker, clock: FakeClock
) -> None:
    broker.publish(PG, [message("A", KITCHEN, delay_s=1), message("B", KITCHEN)])
    assert ids(broker.receive(PG, KITCHEN, 10)) == ["event-B"]
    clock.advance(1)
    assert ids(broker.receive(PG, KITCHEN, 10)) == ["event-A"]


@pytest.mark.parametrize("row", WITH_SERVER, indirect=True)
def test_what_a_process_did_is_there_for_another_one(
    row: str, broker: EventBroker, redis: Redis, clock: FakeClock
) -> None:
    """ "Durable against the death of any of our processes": nothing of it is in the process.

    (Rows WITHOUT_SERVER die with their process, and say so.)
    """
    given_up(broker, "A")
    broker.retry(received(broker, "B"), 5)
    broker.publish(PG, [message("C", KITCHEN)])
    another = made(row, redis, clock)
    assert another.depths(PG, [KITCHEN])[KITCHEN] == Depth(ready=1, delayed=1, dead=1)
    assert ids(another.receive(PG, KITCHEN, 10)) == ["event-C"]
    clock.advance(5)
    assert ids(another.receive(PG, KITCHEN, 10)) == ["event-B"]


# receive: "without waiting: those that other consumers have left unacked for too long, and up
# to `limit` new or due ones, in the order of publishing."


def test_an_empty_queue_is_answered_without_waiting(broker: EventBroker, clock: FakeClock) -> None:
    before = clock.now()
    assert broker.receive(PG, "never heard of", 10) == []
    assert clock.now() == before


def test_messages_come_in_the_order_of_publishing_and_no_more_than_the_limit(
    broker: EventBroker,
) -> None:
    broker.publish(PG, [message(name, KITCHEN) for name in "ABC"])
    broker.publish(PG, [message("D", KITCHEN)])
    assert ids(broker.receive(PG, KITCHEN, 2)) == ["event-A", "event-B"]
    assert ids(broker.receive(PG, KITCHEN, 3)) == ["event-C", "event-D"]


def test_the_limit_holds_for_messages_that_are_due(broker: EventBroker, clock: FakeClock) -> None:
    broker.publish(PG, [message(name, KITCHEN, delay_s=1) for name in "ABC"])
    clock.advance(1)
    assert [len(broker.receive(PG, KITCHEN, 2)) for _ in range(3)] == [2, 1, 0]


def test_a_received_message_is_not_given_to_anybody_else(broker: EventBroker) -> None:
    received(broker)
    assert broker.receive(PG, KITCHEN, 1) == []


def test_a_delivery_says_what_it_is(broker: EventBroker, clock: FakeClock) -> None:
    published_at = clock.now()
    broker.publish(PG, [message("A", KITCHEN)])
    clock.advance(2)
    [first] = broker.receive(PG, KITCHEN, 1)
    assert (first.playground, first.group, first.attempt) == (PG, KITCHEN, 1)
    assert first.redelivered is False
    assert first.enqueued_at == pytest.approx(published_at)


def test_a_message_whose_consumer_went_silent_is_delivered_again_as_the_next_attempt(
    broker: EventBroker, go_stale: Callable[[], None]
) -> None:
    received(broker)
    for attempt in (2, 3):
        go_stale()
        [again] = broker.receive(PG, KITCHEN, 1)
        assert (again.event.get_id(), again.redelivered, again.attempt) == (
            "event-A", True, attempt,
        )  # fmt: skip
        assert broker.receive(PG, KITCHEN, 1) == [], "it is taken again"


def test_every_message_that_was_left_unacked_is_delivered_again(
    broker: EventBroker, go_stale: Callable[[], None]
) -> None:
    broker.publish(PG, [message(name, KITCHEN) for name in "ABCDE"])
    broker.receive(PG, KITCHEN, 5)
    go_stale()
    again = [d for _ in range(5) for d in broker.receive(PG, KITCHEN, 2)]
    assert ids(again) == [f"event-{name}" for name in "ABCDE"]
    assert {d.attempt for d in again} == {2}


def test_stale_messages_come_along_with_new_ones(
    broker: EventBroker, go_stale: Callable[[], None]
) -> None:
    received(broker, "A")
    go_stale()
    broker.publish(PG, [message("B", KITCHEN)])
    found = {d.event.get_id(): d.redelivered for d in broker.receive(PG, KITCHEN, 1)}
    assert found == {"event-A": True, "event-B": False}


def test_attempts_go_on_counting_when_a_retried_message_is_left_unacked(
    broker: EventBroker, clock: FakeClock, go_stale: Callable[[], None]
) -> None:
    broker.retry(received(broker), 1)
    clock.advance(1)
    [second] = broker.receive(PG, KITCHEN, 1)
    go_stale()
    [third] = broker.receive(PG, KITCHEN, 1)
    assert [(d.attempt, d.redelivered) for d in (second, third)] == [(2, False), (3, True)]


# extend: "Keep these from being redelivered: their consumer is still working on them."


def test_a_consumer_that_extends_keeps_its_message(
    broker: EventBroker, go_stale: Callable[[], None]
) -> None:
    held = received(broker)
    for _ in range(3):
        go_stale()
        broker.extend([held])
        assert broker.receive(PG, KITCHEN, 1) == []


def test_extending_does_not_count_as_an_attempt(
    broker: EventBroker, go_stale: Callable[[], None]
) -> None:
    held = received(broker)
    broker.extend([held])
    broker.extend([held])
    go_stale()
    assert [d.attempt for d in broker.receive(PG, KITCHEN, 1)] == [2]


def test_extending_one_message_leaves_the_others_to_go_stale(
    broker: EventBroker, go_stale: Callable[[], None]
) -> None:
    broker.publish(PG, [message(name, KITCHEN) for name in "AB"])
    held, _left = broker.receive(PG, KITCHEN, 2)
    go_stale()
    broker.extend([held])
    assert ids(broker.receive(PG, KITCHEN, 2)) == ["event-B"]


def test_extending_what_is_acked_does_not_bring_it_back(
    broker: EventBroker, go_stale: Callable[[], None]
) -> None:
    done = received(broker)
    broker.ack([done])
    broker.extend([done])
    go_stale()
    assert broker.receive(PG, KITCHEN, 1) == []


# ack: "Forget these: their work is done. Harmless if repeated."


def test_an_acked_message_is_gone_however_often_it_is_acked(
    broker: EventBroker, go_stale: Callable[[], None]
) -> None:
    done = received(broker)
    broker.ack([done])
    broker.ack([done])
    go_stale()
    broker.ack([done])
    assert broker.receive(PG, KITCHEN, 1) == []
    assert depth(broker) == Depth()


def test_acking_in_one_group_or_one_message_leaves_the_others(broker: EventBroker) -> None:
    broker.publish(PG, [message("A"), message("B")])
    first, _second = broker.receive(PG, KITCHEN, 2)
    broker.receive(PG, MAIL, 2)
    broker.ack([first])
    assert broker.depths(PG, [KITCHEN, MAIL]) == {KITCHEN: Depth(unacked=1), MAIL: Depth(unacked=2)}


def test_one_ack_takes_messages_of_several_groups_and_playgrounds(broker: EventBroker) -> None:
    for playground in (PG, OTHER_PG):
        broker.publish(playground, [message()])
    taken = [
        broker.receive(playground, group, 1)[0]
        for playground in (PG, OTHER_PG)
        for group in (KITCHEN, MAIL)
    ]
    broker.ack(taken)
    assert broker.unfinished() == []


# retry: "Deliver it again, as the next attempt, not before `delay_s` seconds have passed."


def test_a_retry_comes_when_it_is_due_as_the_next_attempt(
    broker: EventBroker, clock: FakeClock
) -> None:
    broker.retry(received(broker), 5.0)
    clock.advance(4.9)
    assert broker.receive(PG, KITCHEN, 1) == []
    assert depth(broker) == Depth(delayed=1)
    clock.advance(0.2)
    [second] = broker.receive(PG, KITCHEN, 1)
    assert (second.event.get_id(), second.attempt, second.redelivered) == ("event-A", 2, False)


def test_a_retry_does_not_wait_for_a_clock_that_was_set_back(
    broker: EventBroker, clock: FakeClock
) -> None:
    broker.retry(received(broker), 5.0)
    clock.set_back(3600)
    assert [d.attempt for d in broker.receive(PG, KITCHEN, 1)] == [2]


def test_the_longest_delay_is_not_taken_for_a_clock_that_was_set_back(
    broker: EventBroker, clock: FakeClock
) -> None:
    broker.retry(received(broker), LONGEST_DELAY_S)
    assert broker.receive(PG, KITCHEN, 1) == []


def test_a_retry_without_delay_comes_at_once(broker: EventBroker) -> None:
    broker.retry(received(broker), 0.0)
    assert [d.attempt for d in broker.receive(PG, KITCHEN, 1)] == [2]


def test_a_retried_message_is_there_once(
    broker: EventBroker, clock: FakeClock, go_stale: Callable[[], None]
) -> None:
    broker.retry(received(broker), 1.0)
    go_stale()
    [again] = broker.receive(PG, KITCHEN, 10)
    broker.ack([again])
    go_stale()
    assert broker.receive(PG, KITCHEN, 10) == []


def test_two_equal_messages_that_are_retried_stay_two(
    broker: EventBroker, clock: FakeClock
) -> None:
    broker.publish(PG, [message("A", KITCHEN), message("A", KITCHEN)])
    for delivery in broker.receive(PG, KITCHEN, 2):
        broker.retry(delivery, 1.0)
    clock.advance(1.1)
    assert len(broker.receive(PG, KITCHEN, 10)) == 2


def test_attempts_are_counted_from_retry_to_retry(broker: EventBroker) -> None:
    delivery = received(broker)
    attempts = [delivery.attempt]
    for _ in range(4):
        broker.retry(delivery, 0.0)
        [delivery] = broker.receive(PG, KITCHEN, 1)
        attempts.append(delivery.attempt)
    assert attempts == [1, 2, 3, 4, 5]


def test_a_message_that_was_acked_early_can_be_retried_and_is_unfinished_again(
    broker: EventBroker, clock: FakeClock
) -> None:
    """A consumer that acks before its work has failed, and nobody rings for the empty queue."""
    early = received(broker)
    broker.ack([early])
    assert broker.unfinished() == []
    broker.retry(early, 1.0)
    assert broker.unfinished() == [(PG, KITCHEN)]
    clock.advance(1)
    assert [d.attempt for d in broker.receive(PG, KITCHEN, 1)] == [2]


# dead_letter: "Take it out of the queue, and keep it as a dead letter with the reason."


def test_a_dead_letter_is_kept_with_its_reason_and_never_delivered(
    broker: EventBroker, clock: FakeClock, go_stale: Callable[[], None]
) -> None:
    first = received(broker)
    clock.advance(2)
    given_up_at = clock.now()
    broker.dead_letter(first, "nobody can read it: “ü”")
    go_stale()
    assert broker.receive(PG, KITCHEN, 1) == []
    assert depth(broker) == Depth(dead=1)
    [dead] = broker.dead_letters(PG, KITCHEN, 10)
    assert (dead.playground, dead.group, dead.event.get_id()) == (PG, KITCHEN, "event-A")
    assert (dead.reason, dead.attempts) == ("nobody can read it: “ü”", 1)
    assert dead.at == pytest.approx(given_up_at)


def test_a_dead_letter_says_after_how_many_attempts_it_was_given_up(broker: EventBroker) -> None:
    broker.retry(received(broker), 0.0)
    [second] = broker.receive(PG, KITCHEN, 1)
    broker.dead_letter(second, "the last attempt")
    assert [d.attempts for d in broker.dead_letters(PG, KITCHEN, 1)] == [2]


# depths, on_the_way, unfinished


def test_depths_tell_the_states_apart_and_are_zeros_for_a_group_without_messages(
    broker: EventBroker,
) -> None:
    broker.publish(PG, [message(name, KITCHEN) for name in "ABCDE"])
    first, second, _third = broker.receive(PG, KITCHEN, 3)
    broker.retry(first, 60)
    broker.dead_letter(second, "a bad day")
    depths = broker.depths(PG, [KITCHEN, MAIL])
    assert depths == {KITCHEN: Depth(ready=2, unacked=1, delayed=1, dead=1), MAIL: Depth()}


def test_on_the_way_counts_what_depths_counts(broker: EventBroker) -> None:
    broker.publish(PG, [message(name, KITCHEN) for name in "ABCDE"])
    first, second, _third = broker.receive(PG, KITCHEN, 3)
    broker.retry(first, 60)
    broker.dead_letter(second, "a bad day")
    assert broker.on_the_way(PG, [KITCHEN, MAIL]) == {KITCHEN: 4, MAIL: 0}
    assert depth(broker).on_the_way == 4


def test_no_groups_have_no_depths(broker: EventBroker) -> None:
    assert (broker.depths(PG, []), broker.on_the_way(PG, [])) == ({}, {})


def test_unfinished_names_the_groups_with_messages_ready_unacked_or_delayed(
    broker: EventBroker,
) -> None:
    broker.publish(PG, [message()])
    assert sorted(broker.unfinished()) == [(PG, MAIL), (PG, KITCHEN)], "ready"
    broker.ack(broker.receive(PG, MAIL, 10))
    assert broker.unfinished() == [(PG, KITCHEN)]
    [taken] = broker.receive(PG, KITCHEN, 10)
    assert broker.unfinished() == [(PG, KITCHEN)], "unacked"
    broker.retry(taken, 60)
    assert broker.unfinished() == [(PG, KITCHEN)], "delayed"


def test_a_group_with_dead_letters_only_is_finished(broker: EventBroker) -> None:
    given_up(broker)
    assert broker.unfinished() == []


def test_a_group_that_was_finished_is_unfinished_again_with_the_next_message(
    broker: EventBroker,
) -> None:
    broker.ack([received(broker)])
    assert broker.unfinished() == []
    broker.publish(PG, [message("B", KITCHEN, delay_s=60)])
    assert broker.unfinished() == [(PG, KITCHEN)]


# dead_letters: "Up to `limit` dead letters of this group, oldest first."


def test_dead_letters_are_listed_oldest_first_and_no_more_than_the_limit(
    broker: EventBroker,
) -> None:
    for name in "ABC":
        given_up(broker, name)
    assert ids(broker.dead_letters(PG, KITCHEN, 2)) == ["event-A", "event-B"]
    found = broker.dead_letters(PG, KITCHEN, 10)
    assert ids(found) == ["event-A", "event-B", "event-C"]
    assert len({dead.id for dead in found}) == 3


def test_a_group_without_dead_letters_has_none(broker: EventBroker) -> None:
    given_up(broker)
    assert broker.dead_letters(PG, MAIL, 10) == []


# replay and discard: "False if it is no dead letter any more."


def test_a_replayed_dead_letter_is_delivered_as_the_first_attempt_and_only_once(
    broker: EventBroker,
) -> None:
    broker.retry(received(broker), 0.0)
    [second] = broker.receive(PG, KITCHEN, 1)
    broker.dead_letter(second, "a bad day")
    [dead] = broker.dead_letters(PG, KITCHEN, 10)
    assert [broker.replay(dead), broker.replay(dead)] == [True, False]
    assert broker.unfinished() == [(PG, KITCHEN)]
    [again] = broker.receive(PG, KITCHEN, 10)
    assert (again.event.get_id(), again.attempt, again.redelivered) == ("event-A", 1, False)
    assert broker.dead_letters(PG, KITCHEN, 10) == []


def test_a_discarded_dead_letter_is_gone(broker: EventBroker) -> None:
    dead = given_up(broker)
    assert [broker.discard(dead), broker.discard(dead), broker.replay(dead)] == [
        True, False, False,
    ]  # fmt: skip
    assert (depth(broker), broker.receive(PG, KITCHEN, 10)) == (Depth(), [])


def test_a_replayed_dead_letter_cannot_be_discarded(broker: EventBroker) -> None:
    dead = given_up(broker)
    assert [broker.replay(dead), broker.discard(dead)] == [True, False]
    assert depth(broker) == Depth(ready=1)


def test_of_two_dead_letters_of_one_event_one_is_replayed(broker: EventBroker) -> None:
    first, second = given_up(broker), given_up(broker)
    assert broker.replay(first)
    assert [dead.id for dead in broker.dead_letters(PG, KITCHEN, 10)] == [second.id]


# peek: "Up to `limit` messages that are ready, unacked or delayed, without receiving them."


def test_peek_shows_ready_unacked_and_delayed_messages_and_takes_none(
    broker: EventBroker,
) -> None:
    broker.publish(PG, [message(name, KITCHEN) for name in "ABCD"])
    first, second, _third = broker.receive(PG, KITCHEN, 3)
    broker.retry(first, 60)
    broker.dead_letter(second, "a bad day")
    before = depth(broker)
    for _ in range(2):
        seen = {event.get_id() for event in broker.peek(PG, KITCHEN, 10)}
        assert seen == {"event-A", "event-C", "event-D"}
    assert depth(broker) == before
    assert [d.attempt for d in broker.receive(PG, KITCHEN, 10)] == [1], "it was not received"


def test_peek_shows_no_more_than_the_limit(broker: EventBroker) -> None:
    broker.publish(PG, [message(name, KITCHEN) for name in "AB"])
    broker.publish(PG, [message("C", KITCHEN, delay_s=60)])
    assert [len(broker.peek(PG, KITCHEN, limit)) for limit in (1, 2, 3, 9)] == [1, 2, 3, 3]
    assert broker.peek(PG, MAIL, 9) == []


# delete: "Delete everything that these groups have."


def test_delete_leaves_nothing_of_these_groups(
    broker: EventBroker, go_stale: Callable[[], None]
) -> None:
    given_up(broker, "A")
    broker.retry(received(broker, "B"), 1)
    received(broker, "C")
    broker.publish(PG, [message("D")])
    broker.delete(PG, [KITCHEN, MAIL])
    go_stale()
    assert broker.unfinished() == []
    assert broker.depths(PG, [KITCHEN, MAIL]) == {KITCHEN: Depth(), MAIL: Depth()}
    assert broker.peek(PG, KITCHEN, 10) == broker.receive(PG, KITCHEN, 10) == []
    assert broker.dead_letters(PG, KITCHEN, 10) == []


def test_after_a_delete_a_group_begins_anew(broker: EventBroker) -> None:
    received(broker)
    broker.delete(PG, [KITCHEN, MAIL])
    broker.publish(PG, [message("B")])
    assert ids(broker.receive(PG, KITCHEN, 10)) == ["event-B"]


def test_a_dead_letter_of_a_deleted_group_is_no_dead_letter_any_more(broker: EventBroker) -> None:
    dead = given_up(broker)
    broker.delete(PG, [KITCHEN])
    assert [broker.replay(dead), broker.discard(dead)] == [False, False]


# Playgrounds and groups


def test_playgrounds_and_groups_are_isolated_from_each_other(
    broker: EventBroker, go_stale: Callable[[], None]
) -> None:
    for playground in (PG, OTHER_PG):
        broker.publish(playground, [message("A")])
    [mine] = broker.receive(PG, KITCHEN, 10)
    broker.dead_letter(mine, "a bad day")
    go_stale()

    assert broker.dead_letters(OTHER_PG, KITCHEN, 10) == []
    assert broker.depths(OTHER_PG, [KITCHEN, MAIL]) == {
        KITCHEN: Depth(ready=1), MAIL: Depth(ready=1),
    }  # fmt: skip
    assert depth(broker, MAIL) == Depth(ready=1)

    broker.delete(OTHER_PG, [KITCHEN, MAIL])
    assert broker.unfinished() == [(PG, MAIL)]
    broker.delete(PG, [MAIL])
    assert ids(broker.dead_letters(PG, KITCHEN, 10)) == ["event-A"]


# Whatever happens in whatever order

ACTS = ("publish", "publish later", "receive", "ack", "retry", "give up", "replay", "discard",
        "time")  # fmt: skip
PLAYGROUNDS = (f"p{n}" for n in count())  # one for each example: Redis is not emptied in between


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(acts=st.lists(st.sampled_from(ACTS), max_size=30))
def test_every_message_is_in_exactly_one_state_until_it_is_acked_or_discarded(
    broker: EventBroker, clock: FakeClock, acts: list[str]
) -> None:
    playground, held, names = next(PLAYGROUNDS), list[Delivery](), count()
    there = 0
    for act in acts:
        match act:
            case "publish" | "publish later":
                delay_s = 2.0 if act == "publish later" else 0.0
                broker.publish(playground, [message(f"{next(names)}", KITCHEN, delay_s=delay_s)])
                there += 1
            case "receive":
                held += broker.receive(playground, KITCHEN, 2)
            case "ack" if held:
                broker.ack([held.pop()])
                there -= 1
            case "retry" if held:
                broker.retry(held.pop(0), 1.0)
            case "give up" if held:
                broker.dead_letter(held.pop(), "a bad day")
            case "replay" | "discard":
                for dead in broker.dead_letters(playground, KITCHEN, 1):
                    assert broker.replay(dead) if act == "replay" else broker.discard(dead)
                    there -= act == "discard"
            case "time":
                clock.advance(1)
                broker.extend(held)
        now = broker.depths(playground, [KITCHEN])[KITCHEN]
        assert (now.on_the_way + now.dead, now.unacked) == (there, len(held))
        assert ((playground, KITCHEN) in broker.unfinished()) == bool(now.on_the_way)
        assert len(broker.peek(playground, KITCHEN, 100)) == now.on_the_way


# BrokerUnavailable: "Every method raises BrokerUnavailable, and no other error of absence."

EVENT = message().event
DELIVERY = Delivery(PG, KITCHEN, "1-0", EVENT, 1, 0.0, False)
LETTER = DeadLetter(PG, KITCHEN, "1-0", EVENT, 1, "a bad day", 0.0)
REQUESTS: Mapping[str, Callable[[EventBroker], Any]] = {
    "publish": lambda broker: broker.publish(PG, [message()]),
    "receive": lambda broker: broker.receive(PG, KITCHEN, 1),
    "extend": lambda broker: broker.extend([DELIVERY]),
    "ack": lambda broker: broker.ack([DELIVERY]),
    "retry": lambda broker: broker.retry(DELIVERY, 1.0),
    "dead_letter": lambda broker: broker.dead_letter(DELIVERY, "a bad day"),
    "depths": lambda broker: broker.depths(PG, [KITCHEN]),
    "on_the_way": lambda broker: broker.on_the_way(PG, [KITCHEN]),
    "unfinished": lambda broker: broker.unfinished(),
    "dead_letters": lambda broker: broker.dead_letters(PG, KITCHEN, 1),
    "replay": lambda broker: broker.replay(LETTER),
    "discard": lambda broker: broker.discard(LETTER),
    "peek": lambda broker: broker.peek(PG, KITCHEN, 1),
    "delete": lambda broker: broker.delete(PG, [KITCHEN]),
}


@pytest.fixture
def away(row: str, clock: FakeClock, settings: Any) -> Iterator[EventBroker]:
    """The broker of a row whose server does not answer: nothing listens at its port."""
    nobody = Redis(port=free_port(), retry=Retry(NoBackoff(), 0))
    POINTED_AWAY.get(row, lambda _: None)(settings)
    yield made(row, nobody, clock)
    nobody.close()


def test_each_method_of_the_port_is_asked_of_an_absent_server() -> None:
    port = {name for name, member in vars(EventBroker).items() if callable(member)}
    assert {name for name in port if not name.startswith("_")} == set(REQUESTS)


@pytest.mark.parametrize("row", WITH_SERVER, indirect=True)
@pytest.mark.parametrize("method", REQUESTS)
def test_when_its_server_is_away_every_method_raises_broker_unavailable_with_the_cause(
    away: EventBroker, method: str
) -> None:
    with pytest.raises(BrokerUnavailable) as unavailable:
        REQUESTS[method](away)
    assert unavailable.value.__cause__ is not None, "the client library's own error"


@pytest.mark.parametrize("row", sorted(WITHOUT_SERVER), indirect=True)
@pytest.mark.parametrize("method", REQUESTS)
def test_a_row_without_a_server_is_never_unavailable(away: EventBroker, method: str) -> None:
    """It has nothing that could be away: it answers while every server is."""
    REQUESTS[method](away)


# The table


def test_a_broker_that_is_not_in_the_table_is_named_together_with_those_that_are() -> None:
    with pytest.raises(UnknownBroker, match="'rabbit'; there are redis-streams, memory"):
        factory("rabbit")
