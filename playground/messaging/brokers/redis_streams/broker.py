"""The EventBroker on Redis Streams: one stream and one consumer group per subscriber.

    XADD          publish         once Redis answers, the append-only file has the message
    XREADGROUP    receive         the entry is now pending: received, not acked
    XCLAIM        receive         takes over entries that have been pending for too long
    XACK + XDEL   ack             so the stream holds only unfinished messages
    ZADD          retry           a sorted set by due time; back to the stream when due

Why a stream per subscriber and not per topic: docs/adr/0003.
"""

import json
import os
import socket
from collections import defaultdict
from collections.abc import Sequence
from typing import Any
from uuid import uuid4

from cloudevents.core.v1.event import CloudEvent
from redis import Redis
from redis.exceptions import ResponseError

from ....company.envelope import from_json, to_json
from ....company.ports import Clock
from ....storage.redis_adapter import raises_instead_of_redis_errors
from ...port import LONGEST_DELAY_S, BrokerUnavailable, DeadLetter, Delivery, Depth, Publication

UNFINISHED_KEY = "inflight:unfinished"

# A message that its consumer has not extended for this long goes to another consumer. Living
# consumers extend their messages every second.
STALE_AFTER_S = 3.5

# Move due messages to the end of the queue; return stale and new ones.
# ARGV: now, limit, group, consumer, idle time in ms after which a message is stale, longest delay.
_RECEIVE = """
local due = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ARGV[1], 'LIMIT', 0, ARGV[2])
if #due == 0 then
  local latest = '(' .. (ARGV[1] + ARGV[6])
  due = redis.call('ZRANGEBYSCORE', KEYS[1], latest, '+inf', 'LIMIT', 0, ARGV[2])
end
for _, member in ipairs(due) do
  redis.call('ZREM', KEYS[1], member)
  local entry = cjson.decode(member)
  redis.call('XADD', KEYS[2], '*', 'e', entry.e, 'n', entry.n, 't', ARGV[1])
end
local stale = redis.pcall('XPENDING', KEYS[2], ARGV[3], 'IDLE', ARGV[5], '-', '+', ARGV[2])
if stale.err then
  redis.call('XGROUP', 'CREATE', KEYS[2], ARGV[3], '0', 'MKSTREAM')
  stale = {}
end
local new = redis.call(
  'XREADGROUP', 'GROUP', ARGV[3], ARGV[4], 'COUNT', ARGV[2], 'STREAMS', KEYS[2], '>')
return {stale, new and new[1][2] or {}}
"""

_REPLAY = """
if redis.call('XDEL', KEYS[1], ARGV[1]) == 0 then return 0 end
redis.call('XADD', KEYS[2], '*', 'e', ARGV[2], 'n', 1, 't', ARGV[3])
redis.call('SADD', KEYS[3], ARGV[4])
return 1
"""

_REMOVE_IF_FINISHED = """
if redis.call('XLEN', KEYS[1]) == 0 and redis.call('ZCARD', KEYS[2]) == 0 then
  return redis.call('SREM', KEYS[3], ARGV[1])
end
return 0
"""


@raises_instead_of_redis_errors(BrokerUnavailable)
class RedisStreamsBroker:
    """The EventBroker port."""

    def __init__(self, redis: Redis, clock: Clock, *, stale_after_s: float = STALE_AFTER_S) -> None:
        self._redis = redis
        self._clock = clock
        self._stale_ms = int(stale_after_s * 1000)
        self._consumer = f"{socket.gethostname()}-{os.getpid()}"
        self._receive = redis.register_script(_RECEIVE)
        self._replay = redis.register_script(_REPLAY)
        self._remove_if_finished = redis.register_script(_REMOVE_IF_FINISHED)

    def publish(self, playground: str, publications: Sequence[Publication]) -> None:
        now = self._clock.now()
        pipeline = self._redis.pipeline()  # a transaction: all groups get a copy, or none
        for publication in publications:
            text = to_json(publication.event)
            for group in publication.groups:
                if publication.delay_s:
                    member = _delayed_member(text, 1)
                    due = now + publication.delay_s
                    pipeline.zadd(_delayed(playground, group), {member: due})
                    continue
                entry: dict[Any, Any] = {"e": text, "n": 1, "t": now}
                pipeline.xadd(queue_key(playground, group), entry)
        for group in {group for p in publications for group in p.groups}:
            pipeline.sadd(UNFINISHED_KEY, unfinished_member(playground, group))
        pipeline.execute()

    def receive(self, playground: str, group: str, limit: int) -> list[Delivery]:
        answer: Any = self._receive(
            keys=[_delayed(playground, group), queue_key(playground, group)],
            args=[self._clock.now(), limit, group, self._consumer, self._stale_ms, LONGEST_DELAY_S],
        )
        stale, new = answer
        deliveries = self._take_over(playground, group, stale) if stale else []
        for entry_id, fields in new:
            entry = dict(zip(fields[::2], fields[1::2], strict=True))
            deliveries.append(_delivery(playground, group, entry_id, entry, earlier=0))
        return deliveries

    def extend(self, deliveries: Sequence[Delivery]) -> None:
        pipeline: Any = self._redis.pipeline(transaction=False)
        for d in deliveries:
            queue = queue_key(d.playground, d.group)
            pipeline.xclaim(queue, d.group, self._consumer, 0, [d.receipt], justid=True)
        pipeline.execute()

    def ack(self, deliveries: Sequence[Delivery]) -> None:
        receipts: dict[tuple[str, str], list[str]] = defaultdict(list)
        for d in deliveries:
            receipts[queue_key(d.playground, d.group), d.group].append(d.receipt)
        pipeline = self._redis.pipeline()
        for (queue, group), acked in receipts.items():
            pipeline.xack(queue, group, *acked)
            pipeline.xdel(queue, *acked)
        pipeline.execute()

    def retry(self, delivery: Delivery, delay_s: float) -> None:
        member = _delayed_member(to_json(delivery.event), delivery.attempt + 1)
        pipeline = self._redis.pipeline()
        due = self._clock.now() + delay_s
        pipeline.zadd(_delayed(delivery.playground, delivery.group), {member: due})
        # Acked early, it may have left its group finished: then nobody would ring for it.
        pipeline.sadd(UNFINISHED_KEY, unfinished_member(delivery.playground, delivery.group))
        _remove(pipeline, delivery)
        pipeline.execute()

    def dead_letter(self, delivery: Delivery, reason: str) -> None:
        pipeline = self._redis.pipeline()
        entry: dict[Any, Any] = {
            "e": to_json(delivery.event),
            "n": delivery.attempt,
            "t": self._clock.now(),
            "reason": reason,
        }
        pipeline.xadd(_dead(delivery.playground, delivery.group), entry)
        _remove(pipeline, delivery)
        pipeline.execute()

    def dead_letters(self, playground: str, group: str, limit: int) -> list[DeadLetter]:
        entries: Any = self._redis.xrange(_dead(playground, group), count=limit)
        return [_dead_letter(playground, group, *entry) for entry in entries]

    def replay(self, dead_letter: DeadLetter) -> bool:
        playground, group = dead_letter.playground, dead_letter.group
        replayed: Any = self._replay(
            keys=[_dead(playground, group), queue_key(playground, group), UNFINISHED_KEY],
            args=[
                dead_letter.id,
                to_json(dead_letter.event),
                self._clock.now(),
                unfinished_member(playground, group),
            ],
        )
        return bool(replayed)

    def discard(self, dead_letter: DeadLetter) -> bool:
        dead = _dead(dead_letter.playground, dead_letter.group)
        return bool(self._redis.xdel(dead, dead_letter.id))

    def depths(self, playground: str, groups: Sequence[str]) -> dict[str, Depth]:
        pipeline: Any = self._redis.pipeline()
        for group in groups:
            pipeline.xlen(queue_key(playground, group))
            pipeline.xpending(queue_key(playground, group), group)
            pipeline.zcard(_delayed(playground, group))
            pipeline.xlen(_dead(playground, group))
        answers = iter(pipeline.execute(raise_on_error=False))
        depths = {}
        for group in groups:
            length, pending, delayed, dead = (next(answers) for _ in range(4))
            unacked = 0 if isinstance(pending, ResponseError) else pending["pending"]
            depths[group] = Depth(length - unacked, unacked, delayed, dead)
        return depths

    def on_the_way(self, playground: str, groups: Sequence[str]) -> dict[str, int]:
        pipeline: Any = self._redis.pipeline(transaction=False)
        for group in groups:
            pipeline.xlen(queue_key(playground, group))
            pipeline.zcard(_delayed(playground, group))
        answers = iter(pipeline.execute())
        return {group: next(answers) + next(answers) for group in groups}

    def unfinished(self) -> list[tuple[str, str]]:
        members: Any = self._redis.smembers(UNFINISHED_KEY)
        pairs = [tuple(member.decode().split(" ", 1)) for member in members]
        finished = self._remove_finished(pairs)
        return [pair for pair in pairs if pair not in finished]

    def peek(self, playground: str, group: str, limit: int) -> list[CloudEvent]:
        pipeline: Any = self._redis.pipeline()
        pipeline.xrange(queue_key(playground, group), count=limit)
        pipeline.zrange(_delayed(playground, group), 0, limit - 1)
        entries, delayed = pipeline.execute()
        texts = [fields[b"e"] for _, fields in entries]
        texts += [json.loads(member)["e"].encode() for member in delayed]
        return [from_json(text) for text in texts[:limit]]

    def delete(self, playground: str, groups: Sequence[str]) -> None:
        pipeline = self._redis.pipeline()
        for group in groups:
            for key in (queue_key, _delayed, _dead):
                pipeline.delete(key(playground, group))
            pipeline.srem(UNFINISHED_KEY, unfinished_member(playground, group))
        pipeline.execute()

    def _take_over(self, playground: str, group: str, stale: list[Any]) -> list[Delivery]:
        earlier = {entry_id: times for entry_id, _consumer, _idle_ms, times in stale}
        entries: Any = self._redis.xclaim(
            queue_key(playground, group), group, self._consumer, self._stale_ms, list(earlier)
        )
        return [
            _delivery(playground, group, entry_id, fields, earlier=earlier[entry_id])
            for entry_id, fields in entries
            if fields  # XCLAIM returns no fields for an entry that was deleted meanwhile
        ]

    def _remove_finished(self, pairs: list[tuple[str, ...]]) -> set[tuple[str, ...]]:
        pipeline: Any = self._redis.pipeline(transaction=False)
        for playground, group in pairs:
            keys = [queue_key(playground, group), _delayed(playground, group), UNFINISHED_KEY]
            self._remove_if_finished(
                keys=keys, args=[unfinished_member(playground, group)], client=pipeline
            )
        return {pair for pair, gone in zip(pairs, pipeline.execute(), strict=True) if gone}


def queue_key(playground: str, group: str) -> str:
    return f"inflight:{playground}:queue:{group}"


def unfinished_member(playground: str, group: str) -> str:
    return f"{playground} {group}"


def _delayed(playground: str, group: str) -> str:
    return f"inflight:{playground}:delayed:{group}"


def _dead(playground: str, group: str) -> str:
    return f"inflight:{playground}:dead:{group}"


def _delayed_member(text: bytes, attempt: int) -> str:
    # A sorted set stores equal members once, so each gets an id of its own.
    return json.dumps({"e": text.decode(), "n": attempt, "receipt": uuid4().hex})


def _dead_letter(
    playground: str, group: str, entry_id: bytes, fields: dict[bytes, bytes]
) -> DeadLetter:
    return DeadLetter(
        playground,
        group,
        id=entry_id.decode(),
        event=from_json(fields[b"e"]),
        attempts=int(fields[b"n"]),
        reason=fields[b"reason"].decode(),
        at=float(fields[b"t"]),
    )


def _remove(pipeline: Any, delivery: Delivery) -> None:
    queue = queue_key(delivery.playground, delivery.group)
    pipeline.xack(queue, delivery.group, delivery.receipt)
    pipeline.xdel(queue, delivery.receipt)


def _delivery(
    playground: str, group: str, entry_id: bytes, fields: dict[bytes, bytes], *, earlier: int
) -> Delivery:
    return Delivery(
        playground,
        group,
        receipt=entry_id.decode(),
        event=from_json(fields[b"e"]),
        attempt=int(fields[b"n"]) + earlier,
        enqueued_at=float(fields[b"t"]),
        redelivered=earlier > 0,
    )
