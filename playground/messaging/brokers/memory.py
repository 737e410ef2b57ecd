"""The EventBroker in this process's memory: for tests, and as the simplest implementation.

For one process only: another process does not see its messages.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import count

from cloudevents.core.v1.event import CloudEvent

from ...company.ports import Clock
from ..batch_writer import SequentialBatchWriter
from ..port import LONGEST_DELAY_S, DeadLetter, Delivery, Depth, Publication
from . import BrokerParts, Surroundings


@dataclass(slots=True)
class _Queue:
    ready: list[Delivery] = field(default_factory=list)
    taken: dict[str, tuple[Delivery, float]] = field(default_factory=dict)  # by receipt; since when
    delayed: list[tuple[float, Delivery]] = field(default_factory=list)  # due at
    dead: list[DeadLetter] = field(default_factory=list)

    @property
    def is_finished(self) -> bool:
        return not (self.ready or self.taken or self.delayed)


def make(surroundings: Surroundings) -> BrokerParts:
    broker = MemoryBroker(surroundings.clock)
    writer = SequentialBatchWriter(surroundings.log, broker, surroundings.doorbell)
    return BrokerParts(broker, writer)


class MemoryBroker:
    """The EventBroker port."""

    def __init__(self, clock: Clock, *, stale_after_s: float = 3.5) -> None:
        self._clock = clock
        self._stale_after_s = stale_after_s
        self._queues: dict[tuple[str, str], _Queue] = {}
        self._times_taken: Counter[str] = Counter()
        self._receipts = count(1)

    def publish(self, playground: str, publications: Sequence[Publication]) -> None:
        now = self._clock.now()
        for publication in publications:
            for group in publication.groups:
                receipt = str(next(self._receipts))
                delivery = Delivery(playground, group, receipt, publication.event, 1, now, False)
                queue = self._queue(playground, group)
                if publication.delay_s:
                    queue.delayed.append((now + publication.delay_s, delivery))
                else:
                    queue.ready.append(delivery)

    def receive(self, playground: str, group: str, limit: int) -> list[Delivery]:
        queue, now = self._queue(playground, group), self._clock.now()
        due = [delivery for at, delivery in queue.delayed if not 0 < at - now <= LONGEST_DELAY_S]
        queue.delayed = [(at, d) for at, d in queue.delayed if d not in due]
        queue.ready += [replace(delivery, enqueued_at=now) for delivery in due]

        stale = [
            replace(d, attempt=d.attempt + self._times_taken[receipt], redelivered=True)
            for receipt, (d, taken_at) in queue.taken.items()
            if abs(now - taken_at) >= self._stale_after_s
        ]
        new, queue.ready = queue.ready[:limit], queue.ready[limit:]
        for d in (*stale, *new):
            self._times_taken[d.receipt] += 1
            first, _ = queue.taken.get(d.receipt, (d, now))
            queue.taken[d.receipt] = (first, now)
        return [*stale, *new]

    def extend(self, deliveries: Sequence[Delivery]) -> None:
        for d in deliveries:
            taken = self._queue(d.playground, d.group).taken
            if d.receipt in taken:
                taken[d.receipt] = (taken[d.receipt][0], self._clock.now())

    def ack(self, deliveries: Sequence[Delivery]) -> None:
        for d in deliveries:
            self._queue(d.playground, d.group).taken.pop(d.receipt, None)

    def retry(self, delivery: Delivery, delay_s: float) -> None:
        self.ack([delivery])
        next_attempt = replace(
            delivery,
            receipt=str(next(self._receipts)),
            attempt=delivery.attempt + 1,
            redelivered=False,
        )
        queue = self._queue(delivery.playground, delivery.group)
        queue.delayed.append((self._clock.now() + delay_s, next_attempt))

    def dead_letter(self, delivery: Delivery, reason: str) -> None:
        self.ack([delivery])
        dead_letter = DeadLetter(
            delivery.playground, delivery.group, str(next(self._receipts)), delivery.event,
            delivery.attempt, reason, self._clock.now(),
        )  # fmt: skip
        self._queue(delivery.playground, delivery.group).dead.append(dead_letter)

    def dead_letters(self, playground: str, group: str, limit: int) -> list[DeadLetter]:
        return self._queue(playground, group).dead[:limit]

    def replay(self, dead_letter: DeadLetter) -> bool:
        if not self.discard(dead_letter):
            return False
        publication = Publication(dead_letter.event, (dead_letter.group,))
        self.publish(dead_letter.playground, [publication])
        return True

    def discard(self, dead_letter: DeadLetter) -> bool:
        dead = self._queue(dead_letter.playground, dead_letter.group).dead
        if dead_letter not in dead:
            return False
        dead.remove(dead_letter)
        return True

    def depths(self, playground: str, groups: Sequence[str]) -> dict[str, Depth]:
        queues = {group: self._queue(playground, group) for group in groups}
        return {
            group: Depth(len(q.ready), len(q.taken), len(q.delayed), len(q.dead))
            for group, q in queues.items()
        }

    def on_the_way(self, playground: str, groups: Sequence[str]) -> dict[str, int]:
        return {name: depth.on_the_way for name, depth in self.depths(playground, groups).items()}

    def unfinished(self) -> list[tuple[str, str]]:
        return [pair for pair, queue in self._queues.items() if not queue.is_finished]

    def peek(self, playground: str, group: str, limit: int) -> list[CloudEvent]:
        queue = self._queue(playground, group)
        taken = [delivery for delivery, _ in queue.taken.values()]
        delayed = [delivery for _, delivery in queue.delayed]
        return [delivery.event for delivery in (*taken, *queue.ready, *delayed)][:limit]

    def delete(self, playground: str, groups: Sequence[str]) -> None:
        for group in groups:
            self._queues.pop((playground, group), None)

    def _queue(self, playground: str, group: str) -> _Queue:
        return self._queues.setdefault((playground, group), _Queue())
