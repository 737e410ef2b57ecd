"""The records of one trace, read from the log."""

from ..bounds import KEPT_RECORDS
from .log import BEGINNING, FlowLog
from .records import Record

_PAGE = 1000


def records_of(log: FlowLog, playground: str, trace: str) -> list[Record]:
    """The trace's records, oldest first; empty if the log holds none (any more)."""
    records: list[Record] = []
    cursor, read = BEGINNING, 0
    while read < 2 * KEPT_RECORDS:  # the log is capped, but a little above KEPT_RECORDS
        page = log.read(playground, cursor, _PAGE)
        records += [record for record in page if record.trace == trace]
        if len(page) < _PAGE:
            break
        cursor, read = page[-1].id, read + len(page)
    return records
