"""The FlowLog port: a record of every hop, the only source of every picture and number."""

from collections.abc import Sequence
from typing import Protocol

from .promises import Promise
from .records import Record

BEGINNING = "0-0"  # the cursor before the first record


class FlowLog(Protocol):
    """One log for each playground. Every method raises StoreUnavailable."""

    def append(
        self, playground: str, records: Sequence[Record], promises: Sequence[Promise] = ()
    ) -> None:
        """Store the records in their order, and the promises.

        A promise about a subject that has one is ignored: a repeated answer promises nothing new.
        """

    def read(self, playground: str, after: str = BEGINNING, limit: int = 500) -> list[Record]:
        """Up to `limit` records after the cursor, oldest first."""

    def last(self, playground: str) -> str:
        """The cursor of the newest record; BEGINNING if there is none."""

    def promises(self, playground: str) -> list[Promise]:
        """What the customers of this playground have been promised."""

    def delete(self, playground: str) -> None:
        """Delete the playground's records and promises."""
