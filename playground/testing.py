"""A company for tests: everything in memory, time under control, no threads."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any

from .api.door import GATEWAY
from .brokers.memory import MemoryBroker
from .company.ports import EventBroker
from .company.topology import SERVICES
from .company.trace import Span
from .delivery import world
from .delivery.clock import FakeClock
from .delivery.fault import Fault
from .delivery.outbox import PromptOutbox
from .delivery.perform import carry_out
from .delivery.runtime import Context, Runtime
from .delivery.serve import serve
from .delivery.sweep import sweep
from .delivery.waiting import NoLease
from .flow.recorder import Recorder
from .flow.records import Record
from .models import Playground
from .playgrounds import create

NO_SERVICE_TIME = {
    "service_time_ms": {name: 0 for name, s in SERVICES.items() if s.party.value != "actor"}
}


class MemoryLog:
    """The FlowLog port in a list per playground."""

    def __init__(self) -> None:
        self.records: dict[str, list[Record]] = {}

    def append(self, playground: str, records: Sequence[Record]) -> None:
        known = self.records.setdefault(playground, [])
        known += [replace(r, id=f"{len(known) + i}-0") for i, r in enumerate(records, 1)]

    def read(self, playground: str, after: str, limit: int) -> list[Record]:
        start = int(after.split("-")[0])
        return self.records.get(playground, [])[start : start + limit]


class CountingBell:
    """Remembers who was rung for; nobody comes by himself."""

    def __init__(self) -> None:
        self.rung: list[tuple[str, str]] = []

    def ring(self, playground: str, services: Iterable[str]) -> None:
        self.rung += [(playground, service) for service in services]

    def clear(self, playground: str, service: str) -> None:
        pass


class OneSlot:
    """Slots that expire with the clock, as Redis's do."""

    def __init__(self, clock: FakeClock, expires_s: float = 3.0) -> None:
        self._clock, self._expires_s = clock, expires_s
        self._taken: dict[tuple[str, str], float] = {}

    def take(self, playground: str, service: str) -> str | None:
        until = self._taken.get((playground, service), 0.0)
        if until > self._clock.now():
            return None
        self.keep(playground, service, "key")
        return "key"

    def keep(self, playground: str, service: str, key: str) -> None:
        self._taken[playground, service] = self._clock.now() + self._expires_s

    def release(self, playground: str, service: str, key: str) -> None:
        self._taken.pop((playground, service), None)


class CountedHits:
    """HitCounter without Redis."""

    def __init__(self) -> None:
        self.counts: dict[str, Counter[str]] = {}

    def count(self, playground: str, fault: Fault) -> None:
        self.counts.setdefault(playground, Counter())[fault.id] += 1

    def hits(self, playground: str) -> dict[str, int]:
        return dict(self.counts.get(playground, {}))

    def forget(self, playground: str) -> None:
        self.counts.pop(playground, None)


class SameThread(Executor):
    """Callees work while their caller stands still; the fake clock runs on."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:
            future.set_exception(error)
        return future


@dataclass
class Town:
    """One playground on a runtime of memory parts, and what can happen in it."""

    clock: FakeClock = field(default_factory=FakeClock)
    broker: EventBroker | None = None
    playground: Playground = field(init=False)
    runtime: Runtime = field(init=False)

    def __post_init__(self) -> None:
        self.playground = create()
        self.log, self.bell, self.hits = MemoryLog(), CountingBell(), CountedHits()
        self.runtime = Runtime(
            broker=self.broker or MemoryBroker(self.clock),
            log=self.log,
            clock=self.clock,
            bell=self.bell,
            slots=OneSlot(self.clock),
            outbox=PromptOutbox(),
            hits=self.hits,  # type: ignore[arg-type]
            callees=SameThread(),
            chance=Random(7),
        )

    def choose(self, **choices: Any) -> None:
        self.playground.design = {**self.playground.design, **choices}
        self.playground.save()

    def context(self) -> Context:
        now = self.clock.now()
        recorder = Recorder(self.log, self.playground.id, self.clock)
        return Context(self.runtime, world.of(self.playground, now), recorder, NoLease())

    def ask(self, command: Any) -> Any:
        """Let the gateway carry out a customer's command."""
        context = self.context()
        try:
            return carry_out(context, GATEWAY, command, Span.root(self.runtime.new_hex))
        finally:
            context.recorder.flush()

    def serve(self, service: str) -> None:
        serve(self.runtime, self.playground.id, service)

    def serve_all(self) -> None:
        """What the bells would make the workers do, until nobody is rung for any more."""
        while self.bell.rung:
            rung, self.bell.rung = self.bell.rung, []
            for _, service in dict.fromkeys(rung):
                self.serve(service)

    def sweep(self) -> None:
        sweep(self.runtime)
        self.serve_all()

    @property
    def records(self) -> list[Record]:
        return self.log.records.get(self.playground.id, [])

    def kinds(self, name: str, target: str = "") -> list[str]:
        """The kinds of the records of this name, in order."""
        return [
            r.kind.value
            for r in self.records
            if r.name == name and (not target or r.target == target)
        ]
