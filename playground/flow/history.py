"""The figures of the last minutes, one point per second, computed from the stored records.

It feeds them to the meter that measures live records, so a chart that is opened now shows
what one that was open all the time shows. A figure without records is None: a gap, not a zero.
"""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from .meter import Meter
from .records import Kind, Record

MOST_POINTS = 300  # seconds


@dataclass(slots=True)
class Point:
    """The figures that a `stats` frame had at this moment."""

    at: float  # unix seconds
    figures: dict[str, object]
    waiting: dict[str, int] = field(default_factory=dict)  # by subscriber: ready + delayed


def history(records: Sequence[Record], waiting: Mapping[str, int], now: float) -> list[Point]:
    """One point per second and one for `now`, oldest first, as far back as the records go.

    `waiting`: how many messages are ready or delayed after the last record, by subscriber;
    earlier numbers are counted back from these.
    """
    if not records:
        return []
    first = max(math.ceil(records[0].at), math.ceil(now) - MOST_POINTS)
    moments = [*map(float, range(first, math.ceil(now))), now]
    meter, points, fed = Meter(), [], 0  # `fed`: how many records the meter has had
    for moment in moments:
        while fed < len(records) and records[fed].at <= moment:
            meter.feed(records[fed])
            fed += 1
        points.append(Point(moment, meter.figures(moment)))
    _count_back(points, records, waiting)
    return points


def _count_back(
    points: list[Point], records: Sequence[Record], waiting_now: Mapping[str, int]
) -> None:
    waiting = Counter(waiting_now)
    later = len(records)
    for point in reversed(points):
        while later and records[later - 1].at > point.at:
            later -= 1
            waiting[records[later].target] -= _growth(records[later])
        point.waiting = {service: max(0, waiting[service]) for service in waiting_now}


def _growth(record: Record) -> int:
    """How many messages this record adds to its target's queue (negative: removes)."""
    match record.kind:
        case Kind.ENQUEUE:
            is_twice = record.fault is not None and record.fault.get("kind") == "duplicate"
            return 0 if record.status == "lost" else 2 if is_twice else 1
        case Kind.RETRY:
            return 1
        case Kind.DELIVER:
            return -1
        case _:
            return 0
