"""The evidence of a run: what every measure and every condition is computed from. Pure."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from playground.flow.ledger import Row
from playground.flow.records import Kind, Record


@dataclass
class Evidence:
    """The records of a run in order, its ledger, and the design at this moment.

    The ledger and the design are read only when something needs them: `rows` and `choices`
    are called at most once.
    """

    records: Sequence[Record]
    around: Sequence[Record] = ()  # all of the playground in that time, of other runs as well
    rows: Callable[[], Iterable[Row]] = tuple
    choices: Callable[[], Mapping[str, Any]] = dict
    is_partial: bool = False  # the log no longer holds the run's oldest records
    sides: Mapping[str, "Evidence"] = field(default_factory=dict)  # of a twin: "a" and "b"

    @cached_property
    def ledger(self) -> Mapping[str, Row]:
        """The ledger's rows by effect."""
        return {row.effect: row for row in self.rows()}

    @cached_property
    def design(self) -> Mapping[str, Any]:
        return self.choices()

    @cached_property
    def answers(self) -> list[Record]:
        """The answers to customers."""
        return [r for r in self.records if r.kind is Kind.RESPONSE and r.target == "customer"]
