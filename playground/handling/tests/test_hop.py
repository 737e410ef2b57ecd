"""One hop: how a fault ends it before the work, when, and in whose words."""

from collections.abc import Callable
from typing import Any

import pytest

from playground.company.trace import Span
from playground.faults.catalogue import CATALOGUE, FaultKind
from playground.faults.fault import Fault
from playground.faults.spec import Outcome, Stage
from playground.flow.records import Kind, Record
from playground.handling.conditions import Conditions
from playground.handling.hop import Hop, HopEnded
from playground.handling.lease import NoLease
from playground.handling.runtime import Context
from playground.testing import InMemoryPlayground

SPAN = Span("run", "a" * 32, "b" * 16)
TIMEOUT_S, WORK_S = 2.0, 0.4

StartHop = Callable[..., Hop]


@pytest.fixture
def start_hop(shop: InMemoryPlayground) -> StartHop:
    """A hop from orders to the restaurant into which these faults have been injected."""
    shop.choose(
        timeout_ms=int(TIMEOUT_S * 1000), service_time_ms={"restaurant": int(WORK_S * 1000)}
    )
    design = shop.context().conditions.design

    def start(*faults: Fault, style: str = "text", attempt: int | None = 2) -> Hop:
        in_force = Conditions(shop.playground.id, design, faults)
        context = Context.begin(shop.parts.runtime, in_force, NoLease())
        hop = Hop(context, SPAN, "orders", "restaurant", "OrderPlaced", style, "m1", attempt)
        hop.inject(attempt=attempt or 1)
        return hop

    return start


def a_fault(kind: str, **more: Any) -> Fault:
    spec = CATALOGUE[FaultKind(kind)]
    usual = {"ms": spec.default_ms, "status": spec.default_status, "ends_at": 1e12}
    return Fault(**{"id": kind, "kind": FaultKind(kind), "target": "restaurant"} | usual | more)


def ending(hop: Hop, kill: Callable[[], None] | None = None) -> tuple[HopEnded, float]:
    """How the hop was ended, and after how many seconds."""
    started = hop.context.now()
    with pytest.raises(HopEnded) as ended:
        hop.stop_if_blocked(kill)
    return ended.value, round(hop.context.now() - started, 6)


def recorded(shop: InMemoryPlayground, hop: Hop) -> list[Record]:
    hop.context.recorder.flush()
    return shop.records


def test_without_a_fault_nothing_stops_the_hop_and_no_time_passes(start_hop: StartHop) -> None:
    hop = start_hop()
    hop.stop_if_blocked()
    assert hop.duration_ms == 0


@pytest.mark.parametrize("kind", ["latency", "slow", "schema", "rejection", "ack_lost", "reset"])
def test_what_lies_elsewhere_than_at_arrival_does_not_stop_it(
    start_hop: StartHop, kind: str
) -> None:
    start_hop(a_fault(kind)).stop_if_blocked()


def test_an_unreachable_service_refuses_the_connection_at_once(start_hop: StartHop) -> None:
    end, waited_s = ending(start_hop(a_fault("unreachable"), a_fault("latency", ms=700)))
    assert (end.status, end.code, waited_s) == ("refused", 503, 0.0)
    assert end.is_connection_refused


@pytest.mark.parametrize(("latency_ms", "expected_s"), [(0, 0.0), (700, 0.7), (9000, TIMEOUT_S)])
@pytest.mark.parametrize(
    ("kind", "more", "status", "code"),
    [
        ("errors", {}, "error", 500),
        ("errors", {"status": 503}, "error", 503),
        ("poison", {}, "error", 500),
        ("throttled", {}, "refused", 429),
    ],
)
def test_an_answer_that_says_no_takes_the_latency_and_never_longer_than_the_time_out(
    start_hop: StartHop,
    kind: str,
    more: dict[str, int],
    status: str,
    code: int,
    latency_ms: int,
    expected_s: float,
) -> None:
    late = [a_fault("latency", ms=latency_ms)] if latency_ms else []
    end, waited_s = ending(start_hop(a_fault(kind, **more), *late))
    assert (end.status, end.code, waited_s) == (status, code, expected_s)
    assert not end.is_connection_refused, "it has answered"


def test_without_an_answer_the_time_out_passes(start_hop: StartHop) -> None:
    end, waited_s = ending(start_hop(a_fault("hang"), a_fault("latency", ms=700)))
    assert (end.status, end.code, waited_s) == ("timeout", 504, TIMEOUT_S)


def test_the_process_is_killed_first_and_then_nobody_answers(start_hop: StartHop) -> None:
    hop, killed_at = start_hop(a_fault("kill")), []
    started = hop.context.now()
    end, waited_s = ending(hop, kill=lambda: killed_at.append(hop.context.now()))
    assert killed_at == [started]
    assert (end.status, end.code, waited_s) == ("timeout", 504, TIMEOUT_S)


def test_a_process_that_dies_at_the_kill_waits_for_nothing(start_hop: StartHop) -> None:
    class Dead(BaseException):
        pass

    def die() -> None:
        raise Dead

    hop = start_hop(a_fault("kill"))
    with pytest.raises(Dead):
        hop.stop_if_blocked(die)
    assert hop.duration_ms == 0


def test_if_nobody_says_otherwise_a_process_that_does_nothing_else_is_killed(
    shop: InMemoryPlayground, start_hop: StartHop
) -> None:
    worked: list[float] = []
    shop.killable_workers.work_and_die = worked.append  # type: ignore[method-assign]
    ending(start_hop(a_fault("kill"), style="call"))
    assert worked == [WORK_S / 2]


ARRIVAL_OUTCOMES = {s.outcome for s in CATALOGUE.values() if s.stage is Stage.ARRIVAL}


@pytest.mark.parametrize("kind", [k for k, s in CATALOGUE.items() if s.stage is Stage.ARRIVAL])
def test_every_row_that_meets_a_message_at_arrival_ends_the_hop_in_its_own_words(
    start_hop: StartHop, kind: FaultKind
) -> None:
    fault = a_fault(kind.value)
    end, _ = ending(start_hop(fault), kill=lambda: None)
    assert (end.fault, str(end)) == (fault, fault.says)


def test_every_outcome_at_arrival_is_one_that_is_tested_here() -> None:
    assert {
        Outcome.REFUSED, Outcome.FAILED, Outcome.NO_ANSWER, Outcome.KILLED,
    } == ARRIVAL_OUTCOMES  # fmt: skip


def test_its_records_carry_style_message_attempt_and_span(
    shop: InMemoryPlayground, start_hop: StartHop
) -> None:
    hop = start_hop()
    hop.record(Kind.DELIVER, source="broker", target="restaurant", wait_ms=3.0)
    hop.record(Kind.NOTE, name="Killed", status="error")
    delivered, killed = recorded(shop, hop)
    assert (delivered.name, killed.name) == ("OrderPlaced", "Killed")
    for record in (delivered, killed):
        assert (record.style, record.message, record.attempt) == ("text", "m1", 2)
        assert (record.run, record.trace, record.span) == (SPAN.run, SPAN.trace, SPAN.span)


def test_a_record_may_name_another_attempt_than_its_hop(
    shop: InMemoryPlayground, start_hop: StartHop
) -> None:
    hop = start_hop(style="call", attempt=None)
    hop.record(Kind.REQUEST, attempt=3)
    [record] = recorded(shop, hop)
    assert (record.style, record.attempt) == ("call", 3)


def test_what_is_recorded_before_a_wait_can_be_seen_during_it(
    shop: InMemoryPlayground, start_hop: StartHop
) -> None:
    hop, seen = start_hop(a_fault("hang")), []
    sleep = shop.clock.sleep
    shop.clock.sleep = lambda s: (seen.append(len(shop.records)), sleep(s))  # type: ignore
    hop.record(Kind.DELIVER, target="restaurant")
    ending(hop)
    assert seen[0] == 1


@pytest.mark.parametrize(
    ("kind", "style", "expected"),
    [
        ("reset", "call", True), ("reset", "text", True),
        ("ack_lost", "text", True), ("ack_lost", "call", False),
        ("errors", "text", False), ("latency", "call", False),
    ],
)  # fmt: skip
def test_a_hop_is_unconfirmed_if_a_fault_swallows_its_answer_or_ack(
    start_hop: StartHop, kind: str, style: str, expected: bool
) -> None:
    assert start_hop(a_fault(kind), style=style).is_unconfirmed is expected


def test_latency_and_slowness_are_spent_on_the_way_and_at_work(start_hop: StartHop) -> None:
    hop = start_hop(a_fault("latency", ms=300), a_fault("slow", ms=500))
    hop.wait_for_latency()
    assert hop.duration_ms == pytest.approx(300)
    hop.work()
    assert hop.duration_ms == pytest.approx(300 + 400 + 500)


def test_all_attempts_at_one_request_share_an_identity(start_hop: StartHop) -> None:
    """A call's message is its span, a new one for every attempt; its identity is its caller's."""
    hop = start_hop(a_fault("poison", percentage=50), style="call", attempt=None)
    decided = set()
    for message, attempt in (("span-1", 1), ("span-2", 2), ("span-3", 3)):
        hop.message = message
        hop.inject("caller:restaurant", attempt)
        decided.add(hop.faults.at(Stage.ARRIVAL) is None)
    assert len(decided) == 1
