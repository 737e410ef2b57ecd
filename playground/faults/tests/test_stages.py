"""A fault is a row: what the catalogue says of a kind is what it does, in every style of hop."""

from collections.abc import Callable, Iterator
from itertools import product
from typing import Any

import pytest

from playground.api.ingress import InboundRequest
from playground.api.problems import Problem
from playground.company.commands import OrderLine, PlaceOrder
from playground.company.errors import CallBroke, CallFailed, CallTimedOut
from playground.company.topology import flippable
from playground.company.trace import Span
from playground.faults import catalogue
from playground.faults.catalogue import BROKER, CATALOGUE, SERVICES, FaultKind, kinds_at
from playground.faults.fault import Fault
from playground.faults.injection import NO_FAULTS, InjectedFaults, Injector, inject
from playground.faults.spec import Outcome, Spec, Stage
from playground.models import Effect
from playground.testing import InMemoryPlayground, MemoryHits

ORDER = PlaceOrder(1, 1, (OrderLine("margherita", 2),), "4242 4242 4242 4242")
STYLES = ["call", "text"]
# The stages at which `inject` looks; the code at the other stages asks for its own.
ON_A_HOP = (Stage.ARRIVAL, Stage.READING, Stage.TRANSIT, Stage.WORK, Stage.CONFIRMATION)
ENDING = (Stage.ARRIVAL, Stage.READING)


def a_fault(kind: FaultKind, target: str = "restaurant", **more: Any) -> Fault:
    spec = CATALOGUE[kind]
    usual = {"ms": spec.default_ms, "status": spec.default_status, "ends_at": 1e12}
    return Fault(**{"id": kind.value, "kind": kind, "target": target} | usual | more)


def hit(*faults: Fault, text: bool, message: str = "m1", attempt: int = 1) -> InjectedFaults:
    """What these do to a message from orders to the restaurant."""
    injector = Injector("pg", faults, MemoryHits())
    return inject(injector, "orders", "restaurant", message, attempt, text=text)


# Where each row is found


@pytest.mark.parametrize("kind", FaultKind)
def test_a_row_is_found_at_its_own_stage_and_at_no_other(kind: FaultKind) -> None:
    spec = CATALOGUE[kind]
    assert [stage for stage in Stage if kind in kinds_at(stage, text=True)] == [spec.stage]
    for_calls = [stage for stage in Stage if kind in kinds_at(stage, text=False)]
    assert for_calls == ([] if spec.texts_only else [spec.stage])


@pytest.mark.parametrize("stage", Stage)
@pytest.mark.parametrize("text", [True, False])
def test_at_one_stage_the_outcomes_stand_in_the_order_in_which_they_count(
    stage: Stage, text: bool
) -> None:
    places = [list(Outcome).index(CATALOGUE[kind].outcome) for kind in kinds_at(stage, text=text)]
    assert places == sorted(places)


@pytest.mark.parametrize("kind", FaultKind)
@pytest.mark.parametrize("style", STYLES)
def test_on_a_hop_a_row_hits_at_its_stage_if_it_can_hit_this_style_there(
    kind: FaultKind, style: str
) -> None:
    spec = CATALOGUE[kind]
    can_hit = spec.stage in ON_A_HOP and (style == "text" or not spec.texts_only)
    found = hit(a_fault(kind), text=style == "text")
    assert found.faults == ((a_fault(kind),) if can_hit else ())
    assert found.at(spec.stage) == (a_fault(kind) if can_hit else None)
    assert found.mark == ({"id": kind.value, "kind": kind.value} if can_hit else None)


@pytest.mark.parametrize("kind", [kind for kind in FaultKind if CATALOGUE[kind].texts_only])
def test_a_fault_for_texts_only_never_hits_a_call(kind: FaultKind) -> None:
    hits = MemoryHits()
    injector = Injector("pg", [a_fault(kind, target) for target in CATALOGUE[kind].places], hits)
    for target in (*SERVICES, BROKER):
        for n in range(5):
            assert not inject(injector, "orders", target, f"m{n}", 1, text=False).faults
    assert hits.by_fault("pg") == {}, "nor is it counted"


@pytest.mark.parametrize("kind", FaultKind)
def test_a_row_leaves_other_services_alone(kind: FaultKind) -> None:
    injector = Injector("pg", [a_fault(kind, "menu"), a_fault(kind, "users->crm")], MemoryHits())
    for text in (True, False):
        assert inject(injector, "orders", "restaurant", "m1", 1, text=text).faults == ()


def test_where_no_fault_is_on_nothing_is_looked_up() -> None:
    assert hit(text=True) is NO_FAULTS


# Several at once

ARRIVING = [kind for kind in FaultKind if CATALOGUE[kind].stage is Stage.ARRIVAL]


@pytest.mark.parametrize(("one", "other"), list(product(ARRIVING, ARRIVING)))
@pytest.mark.parametrize("style", STYLES)
def test_of_two_at_one_stage_the_earlier_outcome_counts_however_they_were_switched_on(
    one: FaultKind, other: FaultKind, style: str
) -> None:
    found = hit(a_fault(one), a_fault(other), text=style == "text")
    earlier = min(one, other, key=lambda kind: kinds_at(Stage.ARRIVAL, text=True).index(kind))
    assert [fault.kind for fault in found.by_stage[Stage.ARRIVAL]] == [earlier]


@pytest.mark.parametrize("ending", [k for k in FaultKind if CATALOGUE[k].stage in ENDING])
def test_what_ends_a_hop_spares_it_everything_behind_and_still_costs_the_way(
    ending: FaultKind,
) -> None:
    faults = [a_fault(k) for k in FaultKind if CATALOGUE[k].stage in (Stage.WORK, Stage.TRANSIT)]
    found = hit(a_fault(ending), *faults, a_fault(FaultKind.RESET), text=True)
    stages = {stage for stage, some in found.by_stage.items() if some}
    assert stages == {CATALOGUE[ending].stage, Stage.TRANSIT}
    assert found.latency_s == pytest.approx(CATALOGUE[FaultKind.LATENCY].default_ms / 1000)


def test_time_on_the_way_and_time_at_work_are_told_apart() -> None:
    slow = a_fault(FaultKind.SLOW, "restaurant", ms=200)
    late = a_fault(FaultKind.LATENCY, "orders->restaurant", ms=300)
    found = hit(slow, late, text=True)
    assert (found.extra_work_s, found.latency_s) == (0.2, 0.3)


def test_a_record_names_what_ended_the_hop_before_what_only_took_time() -> None:
    found = hit(a_fault(FaultKind.LATENCY), a_fault(FaultKind.RESET), text=True)
    assert found.mark == {"id": "reset", "kind": "reset"}
    decided = hit(a_fault(FaultKind.SLOW), a_fault(FaultKind.REJECTION), text=True)
    assert decided.mark == {"id": "rejection", "kind": "rejection"}


# Every attempt, or each for itself

ON_HOPS = [k for k in FaultKind if CATALOGUE[k].stage in ON_A_HOP]


@pytest.mark.parametrize("kind", [k for k in ON_HOPS if CATALOGUE[k].is_sticky])
@pytest.mark.parametrize("style", STYLES)
def test_a_sticky_row_decides_once_for_all_attempts_at_a_message(
    kind: FaultKind, style: str
) -> None:
    injector = Injector("pg", [a_fault(kind, percentage=50, seed=3)], MemoryHits())
    decided = set()
    for n in range(20):
        attempts = {
            bool(inject(injector, "orders", "restaurant", f"m{n}", a, text=style == "text").faults)
            for a in range(1, 6)
        }
        assert len(attempts) == 1, "the message is the cause"
        decided |= attempts
    assert decided == {True, False}, "it hits some messages and spares others"


@pytest.mark.parametrize("kind", [k for k in ON_HOPS if not CATALOGUE[k].is_sticky])
def test_any_other_row_may_spare_the_next_attempt(kind: FaultKind) -> None:
    injector = Injector("pg", [a_fault(kind, limit=1)], MemoryHits())
    attempts = [
        bool(inject(injector, "orders", "restaurant", "m1", attempt, text=True).faults)
        for attempt in (1, 2, 3)
    ]
    assert attempts == [True, False, False]


# What a row tells the handler and the reader

WITH_SETTINGS = [k for k in FaultKind if CATALOGUE[k].settings]
WITH_NEEDS = [k for k in FaultKind if CATALOGUE[k].needs]


@pytest.mark.parametrize("kind", WITH_SETTINGS)
def test_the_settings_of_a_row_hold_for_the_messages_it_hits(kind: FaultKind) -> None:
    assert hit(a_fault(kind), text=True).settings == dict(CATALOGUE[kind].settings)
    assert hit(a_fault(kind, "menu"), text=True).settings == {}


@pytest.mark.parametrize("style", STYLES)
def test_a_kitchen_without_capacity_rejects_one_order_and_cooks_the_next(
    shop: InMemoryPlayground, style: str
) -> None:
    shop.choose(styles={"orders->restaurant": style})
    shop.inject("rejection", "restaurant", limit=1)
    orders = [shop.ask(ORDER).id for _ in range(2)]
    shop.serve_all()
    effects = Effect.objects.filter(service="restaurant").order_by("id")
    assert list(effects.values_list("name", "subject")) == [
        ("OrderTurnedDown", f"order/{orders[0]}"), ("TicketPrinted", f"order/{orders[1]}"),
    ]  # fmt: skip


@pytest.mark.parametrize("kind", WITH_NEEDS)
def test_a_row_that_needs_a_field_makes_a_text_a_dead_letter_that_names_it(
    shop: InMemoryPlayground, kind: FaultKind
) -> None:
    shop.inject(kind, "restaurant")
    shop.ask(ORDER)
    shop.serve("restaurant")
    [letter] = shop.parts.broker.dead_letters(shop.playground.id, "restaurant", 10)
    for field in CATALOGUE[kind].needs:
        assert f"without the field '{field}'" in letter.reason
    assert not Effect.objects.filter(name="TicketPrinted").exists()


@pytest.mark.parametrize("kind", WITH_NEEDS)
def test_a_row_that_needs_a_field_makes_a_call_a_400(
    shop: InMemoryPlayground, kind: FaultKind
) -> None:
    shop.choose(styles={"orders->restaurant": "call"})
    shop.inject(kind, "restaurant")
    with pytest.raises(CallBroke) as broke:
        shop.ask(ORDER)
    assert broke.value.status == 400


# A new fault is a row. To show it, one kind gets another row: no code knows its name.

NEW = FaultKind.SURGE


@pytest.fixture
def add_row(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Fault]]:
    """Adds a row to the catalogue, and switches its fault on at the given place."""

    def add(
        shop: InMemoryPlayground, target: str, stage: Stage, outcome: Outcome, **columns: Any
    ) -> Fault:
        sentence = "{place} does something new."
        spec = Spec("New", *[sentence] * 4, ("ack",), SERVICES, stage, outcome, **columns)
        monkeypatch.setitem(CATALOGUE, NEW, spec)  # type: ignore[arg-type]
        monkeypatch.setattr(catalogue, "_TEXTS_AT", catalogue._by_stage(text=True))
        monkeypatch.setattr(catalogue, "_CALLS_AT", catalogue._by_stage(text=False))
        return shop.inject(NEW, target)

    yield add


def request(shop: InMemoryPlayground) -> Any:
    """A customer's request, as the API brings it to the gateway."""
    context = shop.context()
    span = Span.root(shop.parts.runtime.new_hex)
    return InboundRequest(context, span, "POST /api/orders").answer(ORDER, None, 202)


def marked(shop: InMemoryPlayground) -> set[str]:
    return {r.fault["kind"] for r in shop.records if r.fault}


def test_a_new_row_that_fails_at_arrival_fails_a_request_with_its_status(
    shop: InMemoryPlayground, add_row: Callable[..., Fault]
) -> None:
    fault = add_row(shop, "gateway", Stage.ARRIVAL, Outcome.FAILED, default_status=507)
    with pytest.raises(Problem, match="does something new") as problem:
        request(shop)
    assert problem.value.status == 507
    assert shop.hits.by_fault(shop.playground.id) == {fault.id: 1}
    assert marked(shop) == {NEW.value}


def test_a_new_row_that_fails_at_arrival_fails_a_call_with_its_status(
    shop: InMemoryPlayground, add_row: Callable[..., Fault]
) -> None:
    add_row(shop, "payments", Stage.ARRIVAL, Outcome.FAILED, default_status=507)
    with pytest.raises(CallBroke) as broke:
        shop.ask(ORDER)
    assert broke.value.status == 507
    assert marked(shop) == {NEW.value}


def test_a_new_row_that_fails_at_arrival_has_a_text_retried(
    shop: InMemoryPlayground, add_row: Callable[..., Fault]
) -> None:
    add_row(shop, "restaurant", Stage.ARRIVAL, Outcome.FAILED, default_status=507)
    shop.ask(ORDER)
    shop.serve("restaurant")
    assert shop.kinds("OrderPlaced", "restaurant") == ["enqueue", "deliver", "process", "retry"]
    assert marked(shop) == {NEW.value}


def test_a_new_row_without_an_answer_times_a_request_a_call_and_a_text_out(
    shop: InMemoryPlayground, add_row: Callable[..., Fault]
) -> None:
    add_row(shop, "gateway", Stage.ARRIVAL, Outcome.NO_ANSWER)
    with pytest.raises(Problem) as problem:
        request(shop)
    assert problem.value.status == 504

    shop.inject(NEW, "menu")
    with pytest.raises(CallTimedOut):
        shop.ask(ORDER)
    shop.clock.advance(1000)  # those two have ended
    shop.inject(NEW, "restaurant")
    shop.ask(ORDER)
    shop.serve("restaurant")
    [end] = [r for r in shop.records if r.kind == "process" and r.target == "restaurant"]
    assert end.status == "timeout"


@pytest.mark.parametrize("style", STYLES)
def test_a_new_row_that_delays_the_work_makes_it_take_so_much_longer(
    shop: InMemoryPlayground, add_row: Callable[..., Fault], style: str
) -> None:
    shop.choose(styles={c.id: style for c in flippable()}, service_time_ms={"restaurant": 100})
    add_row(shop, "restaurant", Stage.WORK, Outcome.DELAYED, default_ms=700)
    shop.ask(ORDER)
    shop.serve("restaurant")
    [work] = [
        r.duration_ms or r.work_ms
        for r in shop.records
        if r.kind in ("process", "response") and "restaurant" in (r.source, r.target)
    ]
    assert work == pytest.approx(800)


@pytest.mark.parametrize("style", STYLES)
def test_a_new_row_with_settings_decides_for_the_handler(
    shop: InMemoryPlayground, add_row: Callable[..., Fault], style: str
) -> None:
    shop.choose(styles={"orders->restaurant": style})
    add_row(
        shop, "restaurant", Stage.WORK, Outcome.DECIDED_OTHERWISE, settings={"kitchen_capacity": 0}
    )
    shop.ask(ORDER)
    shop.serve("restaurant")
    assert Effect.objects.filter(name="OrderTurnedDown").count() == 1


def test_a_new_row_with_needs_is_unreadable_to_a_caller_and_to_a_subscriber(
    shop: InMemoryPlayground, add_row: Callable[..., Fault]
) -> None:
    add_row(shop, "menu", Stage.READING, Outcome.UNREADABLE, needs=("allergens",))
    with pytest.raises(CallBroke, match="400"):
        shop.ask(ORDER)
    shop.clock.advance(1000)
    shop.inject(NEW, "crm")
    shop.inject(NEW, "restaurant")
    shop.ask(ORDER)
    shop.serve("restaurant")
    [letter] = shop.parts.broker.dead_letters(shop.playground.id, "restaurant", 10)
    assert "without the field 'allergens'" in letter.reason


def test_a_new_row_on_the_way_to_the_queue_loses_its_copy(
    shop: InMemoryPlayground, add_row: Callable[..., Fault]
) -> None:
    shop.choose(outbox=False)
    add_row(shop, "restaurant", Stage.PUBLISH, Outcome.LOST, texts_only=True)
    shop.ask(ORDER)
    broker = shop.parts.broker
    assert broker.on_the_way(shop.playground.id, ["restaurant", "dispatch"]) == {
        "restaurant": 0, "dispatch": 1,
    }  # fmt: skip


def test_a_new_row_that_stops_a_queue_pauses_its_subscriber(
    shop: InMemoryPlayground, add_row: Callable[..., Fault]
) -> None:
    add_row(shop, "restaurant", Stage.QUEUE, Outcome.STOPPED, is_whole=True, texts_only=True)
    shop.ask(ORDER)
    shop.serve("restaurant")
    assert shop.kinds("OrderPlaced", "restaurant") == ["enqueue"]


def test_a_new_row_after_the_commit_crashes_the_step(
    shop: InMemoryPlayground, add_row: Callable[..., Fault]
) -> None:
    add_row(shop, "orders", Stage.COMMITTED, Outcome.CRASHED)
    with pytest.raises(CallFailed, match="crashed"):
        shop.ask(ORDER)
    assert Effect.objects.filter(name="OrderStored").count() == 1


@pytest.mark.parametrize("style", STYLES)
def test_a_new_row_on_the_way_back_leaves_the_work_done_and_unconfirmed(
    shop: InMemoryPlayground, add_row: Callable[..., Fault], style: str
) -> None:
    shop.choose(styles={"orders->restaurant": style})
    add_row(shop, "restaurant", Stage.CONFIRMATION, Outcome.UNCONFIRMED)
    if style == "call":
        with pytest.raises(CallFailed):
            shop.ask(ORDER)
    else:
        shop.ask(ORDER)
        shop.serve("restaurant")
        assert "ack" not in shop.kinds("OrderPlaced", "restaurant")
    assert Effect.objects.filter(name="TicketPrinted").count() == 1
