"""The BatchWriter for log, queues and doorbells on one Redis: one script, one round trip.

All or nothing: wherever a process dies, no message is queued without its record, and none is
acked before its consequences are queued. Why: docs/adr/0014.
"""

from collections import defaultdict
from typing import Any

from redis import Redis
from redis.exceptions import NoScriptError

from ....bounds import KEPT_RECORDS
from ....company.envelope import to_json
from ....company.ports import Clock
from ....flow.records import encode
from ....flow.redis_log import MOST_AT_ONCE, RedisFlowLog, promises_key, stream_key
from ....storage.redis_adapter import StoreUnavailable, raises_instead_of_redis_errors
from ....storage.redis_per_thread import PerThread
from ...batch_writer import StepBatch
from ...doorbell import BELL_MS, Doorbell, bell_key
from .broker import UNFINISHED_KEY, queue_key, unfinished_member

_WRITE = f"""
local at, key = 0, 3
local function argument() at = at + 1 return ARGV[at] end
local function count() return tonumber(argument()) end
local function next_key() key = key + 1 return KEYS[key] end

for _ = 1, count() do
  local subject, promise = argument(), argument()
  redis.call('HSETNX', KEYS[2], subject, promise)
end
for _ = 1, count() do
  redis.call('XADD', KEYS[1], 'MAXLEN', '~', {KEPT_RECORDS}, '*', 'r', argument())
end
local now, silent = argument(), {{}}
for group = 1, count() do
  local queue, bell = next_key(), next_key()
  redis.call('SADD', KEYS[3], argument())
  for _ = 1, count() do
    redis.call('XADD', queue, '*', 'e', argument(), 'n', 1, 't', now)
  end
  if redis.call('SET', bell, 1, 'NX', 'PX', {BELL_MS}) then silent[#silent + 1] = group - 1 end
end
for _ = 1, count() do
  local queue, group = next_key(), argument()
  for _ = 1, count() do
    local receipt = argument()
    redis.call('XACK', queue, group, receipt)
    redis.call('XDEL', queue, receipt)
  end
end
return silent
"""


@raises_instead_of_redis_errors(StoreUnavailable)
class RedisBatchWriter:
    """The BatchWriter port. Never raises PartlyWritten: the script does everything or nothing."""

    def __init__(self, redis: Redis, clock: Clock, doorbell: Doorbell) -> None:
        self._own, self._clock, self._doorbell = PerThread(redis), clock, doorbell
        self._log = RedisFlowLog(redis)
        self._sha = redis.register_script(_WRITE).sha

    def write(self, playground: str, batch: StepBatch) -> None:
        assert not any(p.delay_s for p in batch.publications), (
            "a batch cannot hold delayed messages"
        )
        keys: list[Any] = [stream_key(playground), promises_key(playground), UNFINISHED_KEY]
        arguments: list[Any] = []
        self._load_records(playground, batch, arguments)
        groups = self._load_publications(playground, batch, keys, arguments)
        _load_acks(batch, keys, arguments)
        for silent in self._run(keys, arguments):
            self._doorbell.start(playground, groups[silent])

    def _load_records(self, playground: str, batch: StepBatch, arguments: list[Any]) -> None:
        records = batch.records
        if len(records) > MOST_AT_ONCE:
            self._log.append(playground, records[:-MOST_AT_ONCE])
            records = records[-MOST_AT_ONCE:]
        arguments.append(len(batch.promises))
        for promise in batch.promises:
            arguments += (promise.subject, promise.as_text())
        arguments.append(len(records))
        arguments += map(encode, records)

    def _load_publications(
        self, playground: str, batch: StepBatch, keys: list[Any], arguments: list[Any]
    ) -> list[str]:
        texts: dict[str, list[bytes]] = defaultdict(list)
        for publication in batch.publications:
            text = to_json(publication.event)
            for group in publication.groups:
                texts[group].append(text)
        arguments += (self._clock.now(), len(texts))
        for group, events in texts.items():
            keys += (queue_key(playground, group), bell_key(playground, group))
            arguments += (unfinished_member(playground, group), len(events), *events)
        return list(texts)

    def _run(self, keys: list[Any], arguments: list[Any]) -> list[int]:
        """Run the script. Returns the indices of the groups whose bell was silent.

        Without redis-py's Script, which takes twice as long.
        """
        run = self._own.client().execute_command
        try:
            silent: list[int] = run("EVALSHA", self._sha, len(keys), *keys, *arguments)
        except NoScriptError:  # Redis was restarted and has lost the script
            silent = run("EVAL", _WRITE, len(keys), *keys, *arguments)
        return silent


def _load_acks(batch: StepBatch, keys: list[Any], arguments: list[Any]) -> None:
    receipts: dict[tuple[str, str], list[str]] = defaultdict(list)
    for d in batch.finished:
        receipts[d.playground, d.group].append(d.receipt)
    arguments.append(len(receipts))
    for (playground, group), acked in receipts.items():
        keys.append(queue_key(playground, group))
        arguments += (group, len(acked), *acked)
