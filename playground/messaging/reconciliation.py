"""Compute the ledger of a playground, and explain its differences.

The broker is asked which messages are still on their way; the records explain why expected
and actual effects differ.
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
    """The ledger of one run (or all): {"rows": [Row], "differences": [Difference as a dict]}.

    Raises StoreUnavailable, BrokerUnavailable.
    """
    promises = parts.log.promises(playground.key)
    of_run = [promise for promise in promises if run in ("", promise.run)]
    design = Design.of(playground.design)
    records: list[Record] = []

    def at_work() -> list[tuple[Way, str]]:
        """The messages that workers acked early and still work on. No queue holds them."""
        if design.ack != "early":
            return []
        records[:] = everything(parts.log, playground.key)
        held = {
            service: parts.slots.held(playground.key, service, design.replicas_of(service))
            for service in possible_subscribers()
        }
        return list(in_work(records, held))

    ledger_lines = lines(playground.key, of_run, parts.broker, at_work, run=run)
    is_closed = not any(line.behind[column] for line in ledger_lines for column in line.behind)
    if not is_closed:
        records = records or everything(parts.log, playground.key)
    differences = [] if is_closed else explain(ledger_lines, records)
    return {
        "rows": [line.row for line in ledger_lines],
        "differences": [asdict(difference) for difference in differences],
    }
