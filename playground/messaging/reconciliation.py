"""The ledger of a playground: what its customers were promised against what came true.

What is on its way is looked up with the broker; why a row does not close is explained from
the records.
"""

from dataclasses import asdict
from typing import Any

from ..company.topology import possible_subscribers
from ..design.choices import Design
from ..flow.causes import explain, in_work
from ..flow.export import everything
from ..flow.ledger import Way, lines
from ..flow.records import Record
from ..models import Playground
from .parts import Parts


def reconcile(parts: Parts, playground: Playground, run: str = "") -> dict[str, Any]:
    """Of one run, or of all: {"rows": [Row], "differences": [what differs, and why]}.

    Raises StoreUnavailable, BrokerUnavailable.
    """
    promises = parts.log.promises(playground.id)
    wanted = [promise for promise in promises if run in ("", promise.run)]
    design = Design.of(playground.design)
    records: list[Record] = []

    def at_work() -> list[tuple[Way, str]]:
        """The messages that workers have acked early and still work on: no queue has them."""
        if design.ack != "early":
            return []
        records[:] = everything(parts.log, playground.id)
        held = {
            service: parts.slots.held(playground.id, service, design.replicas_of(service))
            for service in possible_subscribers()
        }
        return list(in_work(records, held))

    found = lines(playground.id, wanted, parts.broker, at_work, run=run)
    is_closed = not any(line.behind[column] for line in found for column in line.behind)
    if not is_closed:
        records = records or everything(parts.log, playground.id)
    differences = [] if is_closed else explain(found, records)
    return {
        "rows": [line.row for line in found],
        "differences": [asdict(difference) for difference in differences],
    }
