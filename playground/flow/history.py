"""The figures of the last minutes, second by second, from the records that are kept.

The same meter that measures what passes is led through what has passed, so that a chart
that is opened now and one that was open all the time show the same. What the records do not
tell is None: a hole, not a zero.
"""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ..company.ports import Depth
from .meter import Meter
from .records import Kind, Record

MOST_POINTS = 300  # seconds


@dataclass(slots=True)
class Point:
    """What a `stats` frame would have said at this moment."""

    at: float  # unix seconds
    figures: dict[str, object]
    waiting: dict[str, int] = field(default_factory=dict)  # by subscriber: ready + delayed


def history(records: Sequence[Record], depths: Mapping[str, Depth], now: float) -> list[Point]:
    """A point per second, and one of now, oldest first; as far back as the records go.

    `depths` are those after the last record: earlier ones are counted back from there.
    """
    if not records:
        return []
    first = max(math.ceil(records[0].at), math.ceil(now) - MOST_POINTS)
    moments = [*map(float, range(first, math.ceil(now))), now]
    meter, points, fed = Meter(), [], 0
    for moment in moments:
        while fed < len(records) and records[fed].at <= moment:
            meter.feed(records[fed])
            fed += 1
        points.append(Point(moment, meter.figures(moment)))
    _count_back(points, records, depths)
    return points


def _count_back(
    points: list[Point], records: Sequence[Record], depths: Mapping[str, Depth]
) -> None:
    waiting = Counter({service: d.ready + d.delayed for service, d in depths.items()})
    later = len(records)
    for point in reversed(points):
        while later and records[later - 1].at > point.at:
            later -= 1
            waiting[records[later].target] -= _came_to_wait(records[later])
        point.waiting = {service: max(0, waiting[service]) for service in depths}


def _came_to_wait(record: Record) -> int:
    """By how much a record makes the queue of its target longer."""
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
