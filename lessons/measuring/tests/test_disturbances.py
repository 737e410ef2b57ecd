"""What interferes with a run is named, and what belongs to it is not."""

import pytest

from lessons.measuring.disturbances import KnownFault, Mark, disturbances
from playground.faults.catalogue import FaultKind
from playground.faults.fault import Fault, Scope
from playground.flow.fault_records import switched_off, switched_on
from playground.flow.records import Kind, Record

RUN, TAB, OTHER = "aaaaaaaaaaaa", "bbbbbbbbbbbb", "cccccccccccc"
MARK = Mark(actor=RUN, tab=TAB, runs={"r1"})
KILL = Fault("f1", FaultKind.KILL, "restaurant", ends_at=99)
ERRORS = Fault("f2", FaultKind.ERRORS, "orders", ends_at=99, status=500)


def request(run: str = "r1", trace: str = "t1", name: str = "POST /api/orders") -> Record:
    return Record(Kind.REQUEST, name, 1, source="customer", target="gateway", run=run, trace=trace)


def hit(fault: Fault, trace: str = "t1") -> Record:
    return Record(
        Kind.RESPONSE, "x", 1, target="customer", run="r1", trace=trace, fault=fault.mark()
    )


def found(*records: Record, **in_force: KnownFault) -> list[str]:
    return disturbances(records, MARK, in_force)


def test_a_run_that_did_all_of_it_itself_was_not_disturbed() -> None:
    assert not found(
        Record(Kind.NOTE, "DesignChanged", 1, actor=RUN, data={"ack": "late"}),
        switched_on(KILL, 1, RUN), request(), hit(KILL), switched_off(KILL, 2, "switched off", RUN),
        Record(Kind.NOTE, "Reset", 3, actor=RUN),
        request(run="r2", name="GET /api/orders/7"),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("actor", "by"),
    [
        (TAB, "by hand"),
        (OTHER, "in another tab or by a script"),
        ("", "in another tab or by a script"),
    ],
)
def test_a_fault_of_others_is_named_with_those_whom_it_hit(actor: str, by: str) -> None:
    [sentence] = found(switched_on(ERRORS, 1, actor), hit(ERRORS), hit(ERRORS), hit(ERRORS, "t2"))
    assert sentence == f"*Orders: errors*, switched on {by}, hit 2 requests."


def test_a_fault_of_others_that_has_hit_nothing_is_no_disturbance() -> None:
    assert not found(switched_on(ERRORS, 1, OTHER), request())


def test_a_fault_of_the_instructor_is_named_also_if_it_was_on_before() -> None:
    everywhere = Fault("f3", FaultKind.HANG, "payments", ends_at=99, scope=Scope.CLASS)
    [sentence] = found(request(), hit(everywhere), f3=KnownFault.of(everywhere))
    assert sentence == "*Payments: hang*, switched on by the instructor, hit 1 request."


def test_a_fault_that_was_repaired_or_ran_out_before_the_run_had_ended_is_named() -> None:
    on = switched_on(KILL, 1, RUN)
    assert found(on, switched_off(KILL, 2, "switched off", TAB)) == [
        "*Restaurant: kill* was switched off by hand before the run did so."
    ]
    assert found(on, switched_off(KILL, 2, "it expired")) == [
        "*Restaurant: kill* ran out before the run had ended."
    ]


def test_a_fault_that_had_hit_all_it_may_can_be_switched_off_by_anybody() -> None:
    once = Fault("f1", FaultKind.KILL, "restaurant", ends_at=99, limit=1)
    off = switched_off(once, 2, "switched off", TAB)
    assert not found(switched_on(once, 1, RUN), hit(once), off)
    assert found(switched_on(once, 1, RUN), request(), off)


def test_other_requests_a_changed_design_and_a_reset_are_named() -> None:
    changed = Record(Kind.NOTE, "DesignChanged", 1, actor=TAB, data={"request_slots": 1})
    sentences = found(changed, Record(Kind.NOTE, "Reset", 2), request(run="r2", trace="t7"))
    assert [sentence.split(":")[0].split(".")[0] for sentence in sentences] == [
        "The design was changed by hand",
        "The playground was reset in another tab or by a script",
        "1 other request came in meanwhile",
    ]


def test_a_message_that_is_delivered_again_without_a_fault_tells_of_a_lost_worker() -> None:
    again = Record(Kind.REDELIVER, "OrderPlaced", 1, run="r1", message="m1")
    [sentence] = found(again)
    assert sentence.startswith("A worker was lost")
    killed = Record(Kind.NOTE, "Killed", 1, run="r1", message="m1", fault=KILL.mark())
    assert not found(switched_on(KILL, 1, RUN), killed, again)
