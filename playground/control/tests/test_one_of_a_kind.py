"""Faults switched on and off at the same moment: of each kind and target one is on."""

from functools import partial

import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from playground.faults import switching
from playground.faults.fault import Fault, FaultRequest
from playground.faults.storm import Storm
from playground.models import Fault as Row
from playground.models import Playground
from playground.storage.playgrounds import create
from playground.testing import at_once

NOW = 1_800_000_000.0
pytestmark = pytest.mark.django_db(transaction=True)

KINDS = st.sampled_from([("latency", "payments"), ("kill", "restaurant"), ("hang", "payments")])
few = settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def switch_on(playground: Playground | None, kind: str, target: str) -> Fault:
    return switching.switch_on(playground, FaultRequest(kind, target), NOW)


@few
@given(st.lists(KINDS, min_size=2, max_size=8), st.booleans())
def test_of_each_kind_and_target_one_fault_is_on(
    wanted: list[tuple[str, str]], everywhere: bool
) -> None:
    Row.objects.all().delete()
    playground = create()
    where = None if everywhere else playground
    answers = at_once([partial(switch_on, where, *place) for place in wanted])
    assert all(isinstance(answer, Fault) for answer in answers), answers
    on = [(str(f.kind), f.target) for f in switching.active(playground.key, NOW)]
    assert sorted(on) == sorted(set(wanted))


def test_the_database_refuses_a_second_fault_of_a_kind_at_a_target() -> None:
    fields = {"kind": "kill", "target": "orders", "starts_at": NOW, "ends_at": NOW + 9}
    for playground in (create(), None):
        Row.objects.create(id=f"first{playground}"[:12], playground=playground, **fields)
        with pytest.raises(IntegrityError), transaction.atomic():
            Row.objects.create(id="second", playground=playground, **fields)


def test_a_fault_is_switched_off_by_one_of_those_who_want_to() -> None:
    playground = create()
    fault = switch_on(playground, "kill", "orders")
    answers = at_once([partial(switching.clear, playground, fault.id)] * 6)
    assert sorted(len(cleared) for cleared in answers if isinstance(cleared, list)) == [0] * 5 + [1]


def test_the_begin_and_the_end_of_a_fault_are_each_recorded_by_one_sweep() -> None:
    playground = create()
    switching.schedule(playground, Storm(seed=4, seconds=60), NOW)
    planned = Row.objects.count()
    begun = at_once([partial(switching.take_begun, NOW + 30)] * 4)
    expired = at_once([partial(switching.take_expired, NOW + 4000)] * 4)
    ids = [fault.id for taken in begun if isinstance(taken, list) for _, fault in taken]
    assert ids
    assert len(ids) == len(set(ids))
    ended = [fault.id for taken in expired if isinstance(taken, list) for _, fault in taken]
    assert len(ended) == len(set(ended)) <= planned


def test_of_two_storms_at_once_one_is_scheduled() -> None:
    playground = create()
    storms = [Storm(seed=seed, seconds=60) for seed in (1, 2, 3, 4)]
    counts = at_once([partial(switching.schedule, playground, storm, NOW) for storm in storms])
    assert Row.objects.filter(playground=playground).count() in counts


def test_a_fault_of_a_storm_takes_the_place_of_one_that_is_on() -> None:
    playground = create()
    switch_on(playground, "kill", "orders")
    Row.objects.create(
        id="planned", playground=playground, kind="kill", target="orders", is_recorded=False,
        starts_at=NOW + 5, ends_at=NOW + 60,
    )  # fmt: skip
    [(where, begun)] = switching.take_begun(NOW + 6)
    assert (where, begun.id) == (playground.key, "planned")
    assert [fault.id for fault in switching.active(playground.key, NOW + 6)] == ["planned"]
