"""Conditions: statements about a run that hold, do not hold, or were not measured. Pure.

condition_parser.py reads them from a lesson.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .design_choices import in_words
from .evidence import Evidence
from .matching import Match
from .measures import Measurement, Value

_NEEDED = {
    "gt": "more than", "gte": "at least", "lt": "less than", "lte": "at most", "eq": "exactly",
}  # fmt: skip


class Condition(ABC):
    """A statement about a run."""

    @abstractmethod
    def found(self, evidence: Evidence) -> bool | None:
        """Whether it holds; None if nothing was measured that could tell."""

    def holds(self, evidence: Evidence) -> bool:
        """Whether it was measured, and holds."""
        return self.found(evidence) is True

    @abstractmethod
    def missing(self, evidence: Evidence) -> list[str]:
        """What would have to happen for it to hold, in words; empty if it holds."""


@dataclass(frozen=True, slots=True)
class AllOf(Condition):
    conditions: tuple[Condition, ...]

    def found(self, evidence: Evidence) -> bool | None:
        found = {condition.found(evidence) for condition in self.conditions}
        return False if False in found else None if None in found else True

    def missing(self, evidence: Evidence) -> list[str]:
        return [words for condition in self.conditions for words in condition.missing(evidence)]


@dataclass(frozen=True, slots=True)
class AnyOf(Condition):
    conditions: tuple[Condition, ...]

    def found(self, evidence: Evidence) -> bool | None:
        found = {condition.found(evidence) for condition in self.conditions}
        return True if True in found else None if None in found else False

    def missing(self, evidence: Evidence) -> list[str]:
        each = ["; ".join(condition.missing(evidence)) for condition in self.conditions]
        return [] if "" in each else [", or: ".join(each)]


@dataclass(frozen=True, slots=True)
class Compared(Condition):
    """Compare a measure with a number, or with a word if the operator is `eq`."""

    measurement: Measurement
    operator: str
    expected: Value

    def found(self, evidence: Evidence) -> bool | None:
        measured = self.measurement.of(evidence)
        if measured is None:
            return None
        if self.operator == "eq":
            return measured == self.expected
        a, b = float(measured), float(self.expected)
        return {"gt": a > b, "gte": a >= b, "lt": a < b, "lte": a <= b}[self.operator]

    def missing(self, evidence: Evidence) -> list[str]:
        if self.holds(evidence):
            return []
        measured = self.measurement.of(evidence)
        now = (
            "not measured yet"
            if measured is None
            else f"{measured:g} now"
            if isinstance(measured, float)
            else f"{measured} now"
        )
        says = self.measurement.says.rstrip(".")
        return [f"{says}: {now}, {_NEEDED[self.operator]} {self.expected} needed"]


@dataclass(frozen=True, slots=True)
class Happened(Condition):
    """At least `times` records match."""

    match: Match
    times: int = 1

    def found(self, evidence: Evidence) -> bool | None:
        has_happened = sum(map(self.match.fits, evidence.records)) >= self.times
        return has_happened or _not_seen(evidence)

    def missing(self, evidence: Evidence) -> list[str]:
        count = sum(map(self.match.fits, evidence.records))
        if count >= self.times:
            return []
        so_far = f" ({count} of {self.times} so far)" if self.times > 1 else ""
        return [f"{self.match.says}{so_far}"]


@dataclass(frozen=True, slots=True)
class Never(Condition):
    """No record matches."""

    match: Match

    def found(self, evidence: Evidence) -> bool | None:
        if any(map(self.match.fits, evidence.records)):
            return False
        return None if _not_seen(evidence) is None else True

    def missing(self, evidence: Evidence) -> list[str]:
        return [] if self.holds(evidence) else [f"not: {self.match.says}"]


@dataclass(frozen=True, slots=True)
class InOrder(Condition):
    """Records match one after the other, in this order; other records may lie between."""

    matches: tuple[Match, ...]

    def found(self, evidence: Evidence) -> bool | None:
        records = iter(evidence.records)
        has_happened = all(any(match.fits(record) for record in records) for match in self.matches)
        return has_happened or _not_seen(evidence)

    def missing(self, evidence: Evidence) -> list[str]:
        records = iter(evidence.records)
        for number, match in enumerate(self.matches):
            if not any(match.fits(record) for record in records):
                before = f"after {self.matches[number - 1].says}: " if number else ""
                return [f"{before}{match.says}"]
        return []


def _not_seen(evidence: Evidence) -> bool | None:
    """What there is no record of has not happened, if there are records, and all of them."""
    return None if evidence.is_partial or not any(r.run for r in evidence.records) else False


@dataclass(frozen=True, slots=True)
class DesignIs(Condition):
    """The design has these choices at this moment."""

    choices: Mapping[str, Any]

    def found(self, evidence: Evidence) -> bool:
        return _includes(evidence.design, self.choices)

    def missing(self, evidence: Evidence) -> list[str]:
        return [] if self.found(evidence) else [f"the design with {in_words(self.choices)}"]


def _includes(design: Any, expected: Any) -> bool:
    if isinstance(expected, Mapping):
        return isinstance(design, Mapping) and all(
            _includes(design.get(name), value) for name, value in expected.items()
        )
    return bool(design == expected)
