"""What a run has left behind in a playground: its records, its ledger, the lines that ran."""

from collections.abc import Callable, Collection, Iterable, Sequence

from playground.bootstrap import redis_client, runtime
from playground.design.choices import Design
from playground.flow.ledger import Row, ledger
from playground.flow.log import BEGINNING, KEPT_RECORDS, RedisFlowLog
from playground.flow.promises import Promises
from playground.flow.records import Record
from playground.models import Playground
from playground.twin.service import sides_of

from .measures import Evidence

_PAGE = 1000


def cursor_of(playground: Playground) -> str:
    """The newest record now.  Raises RedisError."""
    return RedisFlowLog(redis_client()).last(playground.id)


def of_runs(playground: Playground, after: str, runs: Collection[str]) -> Evidence:
    """Of these runs, and what belongs to none (faults, changes of the design) since then."""
    return _evidence(playground, after, lambda record: not record.run or record.run in runs, runs)


def since(playground: Playground, after: str) -> Evidence:
    """Of all that has happened since then."""
    return _evidence(playground, after, lambda record: True, None)


def of_twin(playground: Playground) -> Evidence:
    """Of the newest twin's sides, each in a playground of its own."""
    sides = {letter: since(side, BEGINNING) for letter, side in sides_of(playground).items()}
    return Evidence([], sides=sides, is_partial=any(one.is_partial for one in sides.values()))


def _evidence(
    playground: Playground,
    after: str,
    belongs: Callable[[Record], bool],
    runs: Collection[str] | None,
) -> Evidence:
    everything = _read(playground, after)
    records = [record for record in everything if belongs(record)]
    told = set(runs) if runs is not None else {record.run for record in records}
    return Evidence(
        records,
        rows=lambda: _ledger(playground, told),
        choices=lambda: Design.of(playground.design).as_json(),
        is_partial=len(everything) >= KEPT_RECORDS,
    )


def _read(playground: Playground, after: str) -> Sequence[Record]:
    found: list[Record] = []
    while len(found) < 2 * KEPT_RECORDS:
        page = runtime().log.read(playground.id, found[-1].id if found else after, _PAGE)
        found += page
        if len(page) < _PAGE:
            break
    return found


def _ledger(playground: Playground, runs: Collection[str]) -> Iterable[Row]:
    promises = Promises(redis_client()).made(playground.id)
    wanted = [promise for promise in promises if promise.run in runs]
    return ledger(playground.id, wanted, runtime().broker)


def lines_that_ran(records: Iterable[Record]) -> dict[str, list[int]]:
    """By function, the numbers of the lines that handlers passed through."""
    found: dict[str, set[int]] = {}
    for record in records:
        if record.name == "LinesRan":
            for name, lines in record.data.get("lines", {}).items():
                found.setdefault(name, set()).update(lines)
    return {name: sorted(lines) for name, lines in found.items()}
