"""A company for tests: everything in memory, time under control, no threads."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Executor, Future
from contextlib import suppress
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any

from .api.ingress import GATEWAY
from .calls.circuit_breaker import BreakerState, Phase, change
from .company.ports import EventBroker
from .company.topology import SERVICES
from .company.trace import Span
from .design.choices import Breaker
from .faults import switching as faults
from .faults.fault import Fault, FaultRequest
from .flow.promises import Promise
from .flow.records import Record
from .handling import conditions as world
from .handling.clock import FakeClock
from .handling.handle import carry_out
from .handling.lease import NoLease
from .handling.runtime import Context, Runtime
from .messaging.batch_writer import SequentialBatchWriter
from .messaging.brokers.memory import MemoryBroker
from .messaging.consumer import serve
from .messaging.outbox import PromptOutbox
from .messaging.recovery import sweep
from .models import Playground
from .storage.playgrounds import create

NO_SERVICE_TIME = {
    "service_time_ms": {name: 0 for name, s in SERVICES.items() if s.party.value != "actor"}
}


class MemoryLog:
    """The FlowLog port in a list per playground."""

    def __init__(self) -> None:
        self.records: dict[str, list[Record]] = {}

    def append(
        self, playground: str, records: Sequence[Record], promises: Sequence[Promise] = ()
    ) -> None:
        known = self.records.setdefault(playground, [])
        known += [replace(r, id=f"{len(known) + i}-0") for i, r in enumerate(records, 1)]

    def read(self, playground: str, after: str, limit: int) -> list[Record]:
        start = int(after.split("-")[0])
        return self.records.get(playground, [])[start : start + limit]


class CountingDoorbell:
    """Remembers who was rung for; nobody comes by himself."""

    def __init__(self) -> None:
        self.rung: list[tuple[str, str]] = []

    def ring(self, playground: str, services: Iterable[str]) -> None:
        self.rung += [(playground, service) for service in services]

    def clear(self, playground: str, service: str) -> None:
        pass


class ClockReplicaSlots:
    """ReplicaSlots that expire with the clock, as Redis's do."""

    def __init__(self, clock: FakeClock, expires_s: float = 3.0) -> None:
        self._clock, self._expires_s = clock, expires_s
        self._taken: dict[tuple[str, str, str], float] = {}

    def take(self, playground: str, service: str, replicas: int) -> str | None:
        for key in map(str, range(replicas)):
            if self._taken.get((playground, service, key), 0.0) <= self._clock.now():
                self.keep(playground, service, key)
                return key
        return None

    def keep(self, playground: str, service: str, key: str) -> None:
        self._taken[playground, service, key] = self._clock.now() + self._expires_s

    def release(self, playground: str, service: str, key: str) -> None:
        self._taken.pop((playground, service, key), None)

    def held(self, playground: str, service: str, replicas: int) -> int:
        ends = [self._taken.get((playground, service, str(n)), 0.0) for n in range(replicas)]
        return sum(end > self._clock.now() for end in ends)


class CountedHits:
    """HitCounter without Redis."""

    def __init__(self) -> None:
        self.counts: dict[str, Counter[str]] = {}
        self._ordinals: dict[str, dict[str, int]] = {}

    def meet(self, playground: str, fault: Fault, key: str) -> bool:
        if fault.picks:
            known = self._ordinals.setdefault(fault.id, {})
            if not fault.hits_nth(known.setdefault(key, len(known) + 1)):
                return False
        self.count(playground, fault)
        return True

    def count(self, playground: str, fault: Fault) -> None:
        self.counts.setdefault(playground, Counter())[fault.id] += 1

    def hits(self, playground: str) -> dict[str, int]:
        return dict(self.counts.get(playground, {}))

    def forget(self, playground: str) -> None:
        self.counts.pop(playground, None)


class MemoryBreakers:
    """Breakers without Redis."""

    def __init__(self) -> None:
        self._states: dict[tuple[str, str], BreakerState] = {}

    def admit(
        self, playground: str, service: str, rules: Breaker, now: float, probe_s: float
    ) -> bool:
        admitted = self._state(playground, service).admit(rules, now, probe_s)
        if admitted is not None:
            self._states[playground, service] = admitted
        return admitted is not None

    def note(
        self, playground: str, service: str, success: bool, rules: Breaker, now: float
    ) -> Phase | None:
        before = self._state(playground, service)
        after = self._states[playground, service] = before.after(success, rules, now)
        return change(before, after, rules, now)

    def states(self, playground: str) -> dict[str, BreakerState]:
        return {service: s for (pg, service), s in self._states.items() if pg == playground}

    def forget(self, playground: str) -> None:
        self._states = {key: s for key, s in self._states.items() if key[0] != playground}

    def _state(self, playground: str, service: str) -> BreakerState:
        return self._states.get((playground, service), BreakerState())


class Killed(BaseException):
    """What a process that was killed would do next: nothing."""


class FakeKillableWorkers:
    """KillableWorkers that raise instead of dying, and take over at once."""

    __test__ = False

    def __init__(self, serve_killable: Callable[[str], None]) -> None:
        self._serve, self.killed = serve_killable, 0

    def serve(self, playground: str, service: str) -> None:
        self._serve(service)

    def work_and_die(self, work_s: float) -> None:
        self.killed += 1

    def die(self) -> None:
        self.killed += 1
        raise Killed


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
        self.log, self.bell, self.hits = MemoryLog(), CountingDoorbell(), CountedHits()
        self.killable_workers = FakeKillableWorkers(self._serve_killable)
        broker = self.broker or MemoryBroker(self.clock)
        self.runtime = Runtime(
            broker=broker,
            log=self.log,
            clock=self.clock,
            bell=self.bell,
            batch_writer=SequentialBatchWriter(self.log, broker, self.bell),
            slots=ClockReplicaSlots(self.clock),
            outbox=PromptOutbox(),
            hits=self.hits,  # type: ignore[arg-type]
            breakers=MemoryBreakers(),
            killable_workers=self.killable_workers,
            callees=SameThread(),
            chance=Random(7),
        )

    def choose(self, **choices: Any) -> None:
        self.playground.design = {**self.playground.design, **choices}
        self.playground.save()

    def context(self) -> Context:
        now = self.clock.now()
        return Context.begin(self.runtime, world.of(self.playground, now), NoLease())

    def ask(self, command: Any) -> Any:
        """Let the gateway carry out a customer's command."""
        context = self.context()
        try:
            return carry_out(context, GATEWAY, command, Span.root(self.runtime.new_hex))
        finally:
            context.recorder.flush()

    def serve(self, service: str) -> None:
        serve(self.runtime, self.playground.id, service)

    def _serve_killable(self, service: str) -> None:
        with suppress(Killed):
            serve(self.runtime, self.playground.id, service, killable=True)

    def inject(self, kind: str, target: str, **more: Any) -> Fault:
        return faults.inject(self.playground, FaultRequest(kind, target, **more), self.clock.now())

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
