"""Class fan-out: many sockets watch one playground. Measures losses and delays."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

from asgiref.sync import async_to_sync
from redis import Redis

from playground.flow.records import Kind, Record
from playground.flow.redis_log import RedisFlowLog
from tests.stack import Stack
from webapp.ports import free_port

from .servers import ROOT, percentile, running, wait_for_port

GRACE_S = 6.0  # how long the sockets listen after the last event


@dataclass(frozen=True)
class Outcome:
    name: str
    expected: int
    delivered: int
    doubled: int
    p50_ms: float
    p99_ms: float


def ours(stack: Stack, sockets: int, rate: int, seconds: float) -> Outcome:
    script = stack.script()
    playground = script("GET", "/api/playground").json()["id"]
    log = RedisFlowLog(Redis.from_url((stack.data_dir / "redis.url").read_text()))

    def publish(n: int) -> None:
        now = time.time()
        # As large as a real delivery's record.
        record = Record(
            Kind.DELIVER, "OrderPlaced", now, source="broker", target="notification",
            style="text", run="f" * 12, trace="f" * 32, span="f" * 16, parent="f" * 16,
            message="f" * 16, attempt=1, wait_ms=12.5, data={"n": n, "t": now},
        )  # fmt: skip
        log.append(playground, [record])

    url = script.websocket.replace("localhost", "127.0.0.1")
    return _measure("pump (ours)", url, sockets, rate, seconds, publish)


def group_send(stack: Stack, sockets: int, rate: int, seconds: float) -> Outcome:
    port = free_port()
    environment = {"REDIS_URL": (stack.data_dir / "redis.url").read_text()}
    os.environ.update(environment)
    command = ("daphne", "-p", str(port), "-v", "0", "bench.rivals.group_send:application")
    with running(command, environment):
        wait_for_port(port)
        from channels_redis.core import RedisChannelLayer

        from .rivals.group_send import GROUP, LAYERS

        layer = RedisChannelLayer(hosts=LAYERS["default"]["CONFIG"]["hosts"])  # type: ignore[index]

        def publish(n: int) -> None:
            data = {"n": n, "t": time.time()}
            text = json.dumps({"data": data, "name": "OrderPlaced", "fill": "f" * 250})
            async_to_sync(layer.group_send)(GROUP, {"type": "record", "text": text})

        url = f"ws://127.0.0.1:{port}/ws/"
        return _measure("group_send", url, sockets, rate, seconds, publish)


def _measure(
    name: str, url: str, sockets: int, rate: int, seconds: float, publish: Callable[[int], None]
) -> Outcome:
    events = int(rate * seconds)
    listeners = subprocess.Popen(
        [sys.executable, "-m", "bench.sockets", url, str(sockets), str(seconds + GRACE_S)],
        cwd=ROOT, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert listeners.stdout
    if listeners.stdout.readline().strip() != "ready":
        raise RuntimeError(f"{name}: the sockets did not open")
    started = time.time()
    for n in range(events):
        if time.time() > started + seconds + GRACE_S:
            break  # the publisher cannot keep up; what it did not send counts as lost
        time.sleep(max(0.0, started + n / rate - time.time()))
        publish(n)
    report = json.loads(listeners.stdout.readline())
    listeners.wait(10)
    if report["closed"]:
        print(f"({name}: {report['closed']} sockets were closed on the way)", file=sys.stderr)
    delays = report["delays_ms"]
    return Outcome(
        name, events * sockets, len(delays), report["doubled"],
        percentile(delays, 50), percentile(delays, 99),
    )  # fmt: skip
