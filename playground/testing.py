"""A playground for tests: in memory, with a fake clock and without threads."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from random import Random
from threading import Barrier
from typing import Any, TypeVar

from django.db import connections

from .calls.circuit_breaker import BreakerState, Phase, change
from .calls.in_process import InProcessCalls
from .company.topology import SERVICES
from .company.trace import Span
from .design.choices import Breaker
from .faults import switching
from .faults.fault import Fault, FaultRequest
from .flow.log import BEGINNING
from .flow.promises import Promise
from .flow.records import Record
from .handling import conditions
from .handling.clock import FakeClock
from .handling.handle import carry_out
from .handling.lease import NoLease
from .handling.runtime import Context, Runtime
from .messaging.batch_writer import SequentialBatchWriter
from .messaging.brokers.memory import MemoryBroker
from .messaging.consumer import serve
from .messaging.outbox_cleaner import ImmediateCleaner
from .messaging.parts import Parts
from .messaging.port import Delivery, EventBroker
from .messaging.processing import Processing
from .messaging.recovery import sweep
from .messaging.relay import OutboxRelay
from .messaging.step_buffer import StepBuffer
from .models import Playground
from .storage.playgrounds import create

Answer = TypeVar("Answer")

NO_SERVICE_TIME = {
    "service_time_ms": {name: 0 for name, s in SERVICES.items() if s.party.value != "actor"}
}


def at_once(jobs: Sequence[Callable[[], Answer]]) -> list[Answer | Exception]:
    """Run each job in a thread of its own, all at the same moment: what each returns, or raises."""
    all_there = Barrier(len(jobs))

    def run(job: Callable[[], Answer]) -> Answer | Exception:
        all_there.wait(30)
        try:
            return job()
        except Exception as error:
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(jobs)) as threads:
        return list(threads.map(run, jobs))


class MemoryLog:
    """The FlowLog port in a list per playground."""

    def __init__(self) -> None:
        self.records: dict[str, list[Record]] = {}
        self._promises: dict[str, dict[str, Promise]] = {}

    def append(
        self, playground: str, records: Sequence[Record], promises: Sequence[Promise] = ()
    ) -> None:
        stored = self.records.setdefault(playground, [])
        stored += [replace(r, id=f"{len(stored) + i}-0") for i, r in enumerate(records, 1)]
        for promise in promises:
            self._promises.setdefault(playground, {}).setdefault(promise.subject, promise)

    def read(self, playground: str, after: str = BEGINNING, limit: int = 500) -> list[Record]:
        start = int(after.split("-")[0])
        return self.records.get(playground, [])[start : start + limit]

    def last(self, playground: str) -> str:
        return f"{len(self.records.get(playground, []))}-0"

    def promises(self, playground: str) -> list[Promise]:
        return list(self._promises.get(playground, {}).values())

    def delete(self, playground: str) -> None:
        self.records.pop(playground, None)
        self._promises.pop(playground, None)


class CountingDoorbell:
    """The Doorbell port. Notes which services were rung for; a test serves them."""

    def __init__(self) -> None:
        self.rung: list[tuple[str, str]] = []

    def ring(self, playground: str, services: Iterable[str]) -> None:
        self.rung += [(playground, service) for service in services]

    def clear(self, playground: str, service: str) -> None:
        pass

    def start(self, playground: str, service: str) -> None:
        self.rung.append((playground, service))


class ClockReplicaSlots:
    """The ReplicaSlots port in memory. Slots expire by the fake clock."""

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


class MemoryHits:
    """The FaultHits port in memory."""

    def __init__(self) -> None:
        self.counts: dict[str, Counter[str]] = {}
        self._ordinals: dict[str, dict[str, int]] = {}

    def strike(self, playground: str, fault: Fault, key: str) -> bool:
        if fault.picks:
            ordinals = self._ordinals.setdefault(fault.id, {})
            if not fault.hits_nth(ordinals.setdefault(key, len(ordinals) + 1)):
                return False
        self.count(playground, fault)
        return True

    def count(self, playground: str, fault: Fault) -> None:
        self.counts.setdefault(playground, Counter())[fault.id] += 1

    def by_fault(self, playground: str) -> dict[str, int]:
        return dict(self.counts.get(playground, {}))

    def delete(self, playground: str) -> None:
        self.counts.pop(playground, None)


class MemoryBreakers:
    """The Breakers port in memory."""

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

    def delete(self, playground: str) -> None:
        self._states = {key: s for key, s in self._states.items() if key[0] != playground}

    def _state(self, playground: str, service: str) -> BreakerState:
        return self._states.get((playground, service), BreakerState())


class Killed(BaseException):
    """Ends the step as the death of its process would."""


class FakeKillableWorkers:
    """The KillableWorkers port: raises Killed instead of dying, and serves at once."""

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


class SameThread:
    """The Callees port: a callee works in its caller's thread; the fake clock moves on meanwhile."""

    def submit(
        self, playground: str, fn: Callable[..., Any], /, *args: Any, **kwargs: Any
    ) -> Future[Any]:
        future: Future[Any] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:
            future.set_exception(error)
        return future


@dataclass
class InMemoryPlayground:
    """One playground whose adapters are in memory. Tests drive it step by step."""

    clock: FakeClock = field(default_factory=FakeClock)
    broker: EventBroker | None = None
    playground: Playground = field(init=False)
    parts: Parts = field(init=False)

    def __post_init__(self) -> None:
        self.playground = create()
        self.log, self.doorbell, self.hits = MemoryLog(), CountingDoorbell(), MemoryHits()
        self.killable_workers = FakeKillableWorkers(self._serve_killable)
        broker = self.broker or MemoryBroker(self.clock)
        breakers, cleaner = MemoryBreakers(), ImmediateCleaner()
        writer = SequentialBatchWriter(self.log, broker, self.doorbell)

        def new_relay() -> OutboxRelay:
            return OutboxRelay(StepBuffer(writer, cleaner), broker, self.doorbell, cleaner)

        self.parts = Parts(
            runtime=Runtime(
                clock=self.clock,
                random=Random(7),
                hits=self.hits,
                killable_workers=self.killable_workers,
                calls=partial(InProcessCalls, breakers, SameThread()),
                new_output=new_relay,
            ),
            broker=broker,
            log=self.log,
            doorbell=self.doorbell,
            slots=ClockReplicaSlots(self.clock),
            breakers=breakers,
            new_relay=new_relay,
        )

    def choose(self, **choices: Any) -> None:
        """Set these choices of the design, replacing earlier values."""
        self.playground.design = {**self.playground.design, **choices}
        self.playground.save()

    def context(self) -> Context:
        in_force = conditions.of(self.playground, self.clock.now())
        return Context.begin(self.parts.runtime, in_force, NoLease())

    def ask(self, command: Any) -> Any:
        """Have the gateway carry out a customer's command."""
        context = self.context()
        try:
            return carry_out(context, "gateway", command, Span.root(self.parts.runtime.new_hex))
        finally:
            context.recorder.flush()

    def serve(self, service: str) -> None:
        serve(self.parts, self.playground.key, service)

    def process(self, service: str, deliveries: Sequence[Delivery]) -> None:
        """Have the service process deliveries that the test has received."""
        relay = self.parts.new_relay()
        in_force = conditions.of(self.playground, self.clock.now())
        context = Context.begin(self.parts.runtime, in_force, NoLease(), relay)
        Processing(context, self.parts.broker, relay, service, replica=1).run(deliveries)

    def _serve_killable(self, service: str) -> None:
        with suppress(Killed):
            serve(self.parts, self.playground.key, service, killable=True)

    def inject(self, kind: str, target: str, **fields: Any) -> Fault:
        request = FaultRequest(kind, target, **fields)
        return switching.switch_on(self.playground, request, self.clock.now())

    def serve_all(self) -> None:
        """Serve every service whose doorbell rang, until none rings any more."""
        while self.doorbell.rung:
            rung, self.doorbell.rung = self.doorbell.rung, []
            for _, service in dict.fromkeys(rung):
                self.serve(service)

    def sweep(self) -> None:
        sweep(self.parts)
        self.serve_all()

    @property
    def records(self) -> list[Record]:
        return self.log.records.get(self.playground.key, [])

    def kinds(self, name: str, target: str = "") -> list[str]:
        """The kinds of the records with this name, in order."""
        return [
            r.kind.value
            for r in self.records
            if r.name == name and (not target or r.target == target)
        ]
