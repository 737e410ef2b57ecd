"""A load generator for WebSockets: many sockets in one process; notes each event's delay.

    python -m bench.sockets URL COUNT SECONDS

Prints "ready" when all sockets are open, listens until SECONDS have passed, then prints
one line of JSON: {"events": {n: deliveries}, "delays_ms": [...], "doubled": n, "closed": n}.
An event is any JSON object in a frame's `records` (or the frame itself) whose `data` holds
`n` and the time `t` at which it was published.
"""

import asyncio
import json
import sys
import time
from collections import Counter
from typing import Any

from picows import WSFrame, WSListener, WSMsgType, WSTransport, ws_connect

OPENING_AT_ONCE = 50


class Tally:
    """All sockets of this process get the same texts, so each text is parsed once."""

    def __init__(self) -> None:
        self.delays_ms: list[float] = []
        self.per_event: Counter[int] = Counter()
        self.doubled = 0
        self.closed = 0
        self._known: dict[bytes, list[tuple[int, float]]] = {}

    def events_in(self, text: bytes) -> list[tuple[int, float]]:
        if text not in self._known:
            if len(self._known) > 500:
                self._known.clear()
            frame = json.loads(text)
            records = frame.get("records", [frame])
            found = [r["data"] for r in records if "t" in r.get("data", {})]
            self._known[text] = [(data["n"], data["t"]) for data in found]
        return self._known[text]


class Watcher(WSListener):
    def __init__(self, tally: Tally, hello: str | None) -> None:
        self._tally, self._hello, self._seen = tally, hello, set[int]()

    def on_ws_connected(self, transport: WSTransport) -> None:
        if self._hello:
            transport.send(WSMsgType.TEXT, self._hello.encode())

    def on_ws_disconnected(self, transport: WSTransport) -> None:
        self._tally.closed += 1

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        if frame.msg_type == WSMsgType.PING:
            transport.send_pong(frame.get_payload_as_bytes())
        if frame.msg_type != WSMsgType.TEXT:
            return
        now = time.time()
        for n, published_at in self._tally.events_in(frame.get_payload_as_bytes()):
            if n in self._seen:
                self._tally.doubled += 1
                continue
            self._seen.add(n)
            self._tally.per_event[n] += 1
            self._tally.delays_ms.append((now - published_at) * 1000)


async def main(url: str, count: int, seconds: float) -> None:
    tally = Tally()
    hello = '{"type":"hello","after":null}' if "/playground/" in url else None
    gate = asyncio.Semaphore(OPENING_AT_ONCE)

    async def watch() -> Any:
        async with gate:
            _, listener = await ws_connect(lambda: Watcher(tally, hello), url)
            return listener

    feed = await asyncio.gather(*(watch() for _ in range(count)))
    await asyncio.sleep(1.0)
    print("ready", flush=True)
    await asyncio.sleep(seconds)
    report = {
        "events": tally.per_event, "delays_ms": tally.delays_ms, "doubled": tally.doubled,
        "closed": tally.closed,
        "feed": len(feed),
    }  # fmt: skip
    print(json.dumps(report), flush=True)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2]), float(sys.argv[3])))
