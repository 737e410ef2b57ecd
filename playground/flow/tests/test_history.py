"""The figures of the last minutes, computed from records."""

from playground.flow.history import MOST_POINTS, history
from playground.flow.meter import Meter
from playground.flow.records import Kind, Record

EMPTY = {"crm": 0}


def a_text(began: float, waited_s: float = 2, *, status: str = "ok") -> list[Record]:
    hop = {"run": "r", "message": f"m{began}", "target": "crm", "attempt": 1}
    return [
        Record(Kind.ENQUEUE, "UserRegistered", began, "broker", **hop),  # type: ignore[arg-type]
        Record(Kind.DELIVER, "UserRegistered", began + waited_s, "broker", **hop),  # type: ignore[arg-type]
        Record(Kind.PROCESS, "UserRegistered", began + waited_s, status=status, **hop),  # type: ignore[arg-type]
        Record(Kind.ACK, "UserRegistered", began + waited_s, **hop),  # type: ignore[arg-type]
    ]


def test_the_history_has_a_point_per_second_from_the_first_record_and_one_for_now() -> None:
    points = history(a_text(100.2), EMPTY, now=110.5)
    assert [p.at for p in points] == [*map(float, range(101, 111)), 110.5]


def test_without_records_the_history_is_empty() -> None:
    assert history([], EMPTY, now=100) == []


def test_the_history_is_never_longer_than_the_chart() -> None:
    assert len(history(a_text(100), EMPTY, now=5000)) <= MOST_POINTS + 1


def test_each_point_has_the_figures_that_the_meter_had_at_that_moment() -> None:
    records = a_text(100, status="error")
    meter = Meter()
    for record in records:
        meter.feed(record)
    at_103 = next(p for p in history(records, EMPTY, now=106) if p.at == 103)
    assert at_103.figures == meter.figures(103)
    assert at_103.figures["errors_per_s"] == 0.2


def test_queue_lengths_are_counted_back_from_the_current_ones() -> None:
    records = a_text(100.5, waited_s=3) + a_text(104.5, waited_s=90)[:1]
    points = {p.at: p.waiting["crm"] for p in history(records, {"crm": 1}, now=106)}
    assert points == {101.0: 1, 102.0: 1, 103.0: 1, 104.0: 0, 105.0: 1, 106.0: 1}
