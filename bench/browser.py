"""The page under load, in a real Chromium: frames and long tasks against an empty page and
against redrawing the Mermaid diagram, memory, weight of the page, press to first dot.

The load is a recorded order (tests/js/streams), repeated with new ids each time,
appended to the flow log of the page's playground: the way a real record takes.
"""

import gzip
import json
import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from threading import Event, Thread
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright
from redis import Redis

from playground.flow.records import Record, decode
from playground.flow.redis_log import RedisFlowLog
from tests.browser import FLAGS, find_browser
from tests.stack import ROOT, Stack

STORY = json.loads((ROOT / "tests" / "js" / "streams" / "order.json").read_text())
RECORDED_LINES = [json.dumps(line) for line in STORY]
ORDER_ID = next(line["data"]["order"] for line in STORY if line["kind"] == "state")
AT_ONCE = 8  # stories
BATCH_S = 0.02
WARM_S = 3.0

MEASURE = """(seconds) => new Promise((done) => {
  const tasks = [];
  const observer = new PerformanceObserver((list) => {
    for (const task of list.getEntries()) tasks.push(task.duration);
  });
  observer.observe({ type: 'longtask' });
  const began = performance.now();
  let frames = 0;
  requestAnimationFrame(function nextFrame(now) {
    frames += 1;
    if (now - began < seconds * 1000) return requestAnimationFrame(nextFrame);
    observer.disconnect();
    done({ fps: frames / ((now - began) / 1000), tasks });
  });
})"""

# The alternative that redraws the diagram at every event: one drawing at a time, newest next.
REDRAW = """() => {
  const place = document.body.appendChild(document.createElement('div'));
  let source = '', counted = 0, isDrawing = false;
  window.drawn = 0;
  const draw = () => {
    isDrawing = true;
    window.wanted = counted;
    postMessage({ drawing: 1, source: source.replaceAll('0 ready', `${counted} ready`) }, '*');
  };
  addEventListener('message', ({ data }) => {
    if (!data.svg) return;
    place.replaceChildren(new DOMParser().parseFromString(data.svg, 'image/svg+xml').documentElement);
    window.drawn += 1;
    isDrawing = false;
    if (counted > window.wanted) draw();
  });
  const socket = new WebSocket(location.origin.replace('http', 'ws') + '/ws/playground/');
  socket.onopen = () => socket.send(JSON.stringify({ type: 'hello', after: null }));
  socket.onmessage = (event) => {
    const frame = JSON.parse(event.data);
    if (frame.diagram === 'topology') source = frame.source;
    if (frame.type !== 'records') return;
    counted += frame.records.length;
    if (!isDrawing) draw();
  };
}"""


@dataclass(frozen=True)
class Smoothness:
    name: str
    fps: float
    longest_ms: float  # 0: no task of more than 50 ms
    long_tasks: int
    note: str = ""


@dataclass(frozen=True)
class Memory:
    minutes: float
    rate: int
    before_mb: float  # with the history already full
    after_mb: float


@dataclass(frozen=True)
class Weight:
    own_kb: float  # JavaScript and CSS of ours, gzip
    first_dot_ms: float  # from the press, median of five


class Load:
    """Writes records at a steady rate into one playground's log."""

    def __init__(self, stack: Stack, playground: str, rate: int) -> None:
        redis = Redis.from_url((stack.data_dir / "redis.url").read_text())
        self._log, self._playground, self._rate = RedisFlowLog(redis), playground, rate
        self._ended = Event()
        self._thread = Thread(target=self._run, daemon=True)
        self.sent = 0

    def __enter__(self) -> "Load":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join(10)

    def _run(self) -> None:
        records, started = stories(), time.perf_counter()
        while not self._ended.is_set():
            due = int((time.perf_counter() - started) * self._rate) - self.sent
            batch = [next(records) for _ in range(due)]
            self._log.append(self._playground, batch)
            self.sent += len(batch)
            time.sleep(BATCH_S)


def stories() -> Iterator[Record]:
    """Repeat the recorded order for ever, each time with other ids.

    So many are under way at once, each at another place in its story, as in a rush: in step with
    each other they would pass along the same arrow at the same moment, and be drawn as one dot.
    """
    numbers = count()
    under_way: list[Iterator[Record]] = []
    for n in count():
        if n % (len(STORY) // AT_ONCE) == 0 and len(under_way) < AT_ONCE:
            under_way.append(iter(()))
        for place, story in enumerate(under_way):
            record = next(story, None)
            if record is None:
                under_way[place] = iter(_retold(next(numbers)))
                record = next(under_way[place])
            yield record


def _retold(number: int) -> list[Record]:
    now, records = time.time(), []
    mark = f"{number:08x}"
    for line in RECORDED_LINES:
        # Another order's id, too: otherwise one order's history would grow for ever.
        record = decode("", line.replace(ORDER_ID, mark.upper().rjust(len(ORDER_ID), "0")).encode())
        record.at = now
        record.run, record.trace = record.run and mark + "0000", record.trace and mark * 4
        record.message = record.message and mark + record.message[8:]
        records.append(record)
    return records


def smoothness(stack: Stack, rate: int, seconds: float) -> list[Smoothness]:
    with _chromium() as browser:
        return [
            _empty(browser, stack, min(seconds, 10)),
            _ours(browser, stack, rate, seconds),
            _redrawn(browser, stack, rate, seconds),
        ]


def _empty(browser: Browser, stack: Stack, seconds: float) -> Smoothness:
    page = browser.new_page()
    page.goto(f"{stack.url}/healthz")
    found = _measured(page, "an empty page", seconds)
    page.close()  # so that it does not slow down the next one
    return found


def _ours(browser: Browser, stack: Stack, rate: int, seconds: float) -> Smoothness:
    page = _lesson(browser, stack)
    with Load(stack, _playground_of(page), rate) as load:
        page.wait_for_timeout(WARM_S * 1000)
        found = _measured(page, "ours", seconds)
        sent = load.sent
    page.wait_for_timeout(1500)
    kept = int(page.get_attribute("[data-time-range]", "max") or 0)
    page.close()
    note = f"{kept:,} records reached the page, {sent:,} sent by the end of the measurement"
    return Smoothness(found.name, found.fps, found.longest_ms, found.long_tasks, note)


def _redrawn(browser: Browser, stack: Stack, rate: int, seconds: float) -> Smoothness:
    page = _lesson(browser, stack)
    playground = _playground_of(page)
    page.goto(f"{stack.url}/mermaid-frame/")
    page.wait_for_timeout(3000)
    page.evaluate(REDRAW)
    with Load(stack, playground, rate) as load:
        page.wait_for_timeout(WARM_S * 1000)
        before = page.evaluate("() => window.drawn")
        found = _measured(page, "the Mermaid diagram redrawn", min(seconds, 15))
        drawn = page.evaluate("() => window.drawn") - before
        note = f"{drawn / min(seconds, 15):.1f} drawings/s for {rate} events/s ({load.sent:,} sent)"
    return Smoothness(found.name, found.fps, found.longest_ms, found.long_tasks, note)


def memory(stack: Stack, rate: int, seconds: float) -> Memory:
    """Memory over time, measured once the page's history is full: then nothing may grow."""
    with _chromium() as browser:
        page = _lesson(browser, stack)
        playground = _playground_of(page)
        with Load(stack, playground, 400):
            page.wait_for_timeout(16_000)
        page.wait_for_timeout(8_000)
        before = _heap_mb(page)
        with Load(stack, playground, rate):
            page.wait_for_timeout(seconds * 1000)
        page.wait_for_timeout(8_000)
        return Memory(seconds / 60, rate, before, _heap_mb(page))


def weight(stack: Stack) -> Weight:
    with _chromium() as browser:
        page, sizes = browser.new_page(), []

        def take(response: Any) -> None:
            path = response.url.split("?")[0]
            if path.endswith((".js", ".css")) and "/vendor/" not in path:
                sizes.append(len(gzip.compress(response.body(), 9)))

        page.on("response", take)
        page.goto(stack.lesson_url)
        _wait_until_ready(page)
        own_kb = sum(sizes) / 1024
        return Weight(own_kb, statistics.median(_press(page) for _ in range(5)))


def _press(page: Page) -> float:
    page.wait_for_function("() => document.querySelector('.dot') === null")
    page.wait_for_timeout(500)
    took: float = page.evaluate(
        """() => new Promise((done) => {
          const began = performance.now();
          const observer = new MutationObserver((changes) => {
            if (!changes.some(({ addedNodes }) => [...addedNodes].some((n) => n.dataset?.record))) return;
            observer.disconnect();
            done(performance.now() - began);
          });
          observer.observe(document.querySelector('.over.dots'), { childList: true });
          document.querySelector(".act[data-key='1']").click();
        })"""
    )
    return took


class _chromium:
    def __enter__(self) -> Browser:
        self._playwright = sync_playwright().start()
        self._browser = self._playwright.chromium.launch(
            executable_path=find_browser(), args=list(FLAGS)
        )
        return self._browser

    def __exit__(self, *_: object) -> None:
        self._browser.close()
        self._playwright.stop()


def _lesson(browser: Browser, stack: Stack) -> Page:
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    page.goto(stack.lesson_url)
    _wait_until_ready(page)
    return page


def _wait_until_ready(page: Page) -> None:
    page.wait_for_selector(".topo [data-node=customer]")
    page.wait_for_selector("[data-connection][data-state=live]")
    page.wait_for_timeout(1000)


def _playground_of(page: Page) -> str:
    return page.get_attribute("[data-playground]", "data-playground") or ""


def _measured(page: Page, name: str, seconds: float) -> Smoothness:
    found = page.evaluate(MEASURE, seconds)
    tasks = found["tasks"]
    return Smoothness(name, found["fps"], max(tasks, default=0.0), len(tasks))


def _heap_mb(page: Page) -> float:
    session = page.context.new_cdp_session(page)
    session.send("HeapProfiler.collectGarbage")
    used: float = session.send("Runtime.getHeapUsage")["usedSize"]
    session.detach()
    return used / 1024 / 1024
