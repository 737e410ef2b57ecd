"""Read the evidence of a run from the flow log and the ledger of a playground."""

from collections.abc import Callable, Collection, Iterable, Sequence

from playground.bootstrap import parts
from playground.bounds import KEPT_RECORDS
from playground.design.choices import Design
from playground.flow.ledger import Row, ledger
from playground.flow.log import BEGINNING
from playground.flow.records import Record
from playground.models import Playground
from playground.twin.service import sides_of

from ..measuring.evidence import Evidence

_PAGE_RECORDS = 1000


def newest_cursor(playground: Playground) -> str:
    """The id of the newest record at this moment.  Raises StoreUnavailable."""
    return parts().log.last(playground.key)


def of_runs(playground: Playground, after: str, runs: Collection[str]) -> Evidence:
    """The evidence of these runs, from the records after the cursor `after`.

    Includes records that belong to no run, such as faults and changes of the design.
    Raises StoreUnavailable.
    """
    return _evidence(playground, after, lambda record: not record.run or record.run in runs, runs)


def since(playground: Playground, after: str) -> Evidence:
    """The evidence of everything after the cursor `after`.  Raises StoreUnavailable."""
    return _evidence(playground, after, lambda record: True, None)


def of_twin(playground: Playground) -> Evidence:
    """The evidence of the newest twin, by side. Each side is a playground of its own.

    Raises StoreUnavailable.
    """
    sides = {side: since(copy, BEGINNING) for side, copy in sides_of(playground).items()}
    is_partial = any(evidence.is_partial for evidence in sides.values())
    return Evidence([], sides=sides, is_partial=is_partial)


def _evidence(
    playground: Playground,
    after: str,
    belongs: Callable[[Record], bool],
    runs: Collection[str] | None,
) -> Evidence:
    """`runs` limits the ledger to what these runs promised; None: to the runs of the records."""
    everything = _read(playground, after)
    records = [record for record in everything if belongs(record)]
    ledger_runs = set(runs) if runs is not None else {record.run for record in records}
    return Evidence(
        records,
        around=everything,
        rows=lambda: _ledger(playground, ledger_runs),
        choices=lambda: Design.of(playground.design).as_json(),
        is_partial=len(everything) >= KEPT_RECORDS,
    )


def _read(playground: Playground, after: str) -> Sequence[Record]:
    records: list[Record] = []
    while len(records) < 2 * KEPT_RECORDS:
        cursor = records[-1].id if records else after
        page = parts().log.read(playground.key, cursor, _PAGE_RECORDS)
        records += page
        if len(page) < _PAGE_RECORDS:
            break
    return records


def _ledger(playground: Playground, runs: Collection[str]) -> Iterable[Row]:
    promises = parts().log.promises(playground.key)
    of_these_runs = [promise for promise in promises if promise.run in runs]
    return ledger(playground.key, of_these_runs, parts().broker)


def lines_that_ran(records: Iterable[Record]) -> dict[str, list[int]]:
    """The numbers of the lines that handlers executed, by the full name of the function."""
    numbers: dict[str, set[int]] = {}
    for record in records:
        if record.name == "LinesRan":
            for name, lines in record.data.get("lines", {}).items():
                numbers.setdefault(name, set()).update(lines)
    return {name: sorted(lines) for name, lines in numbers.items()}
