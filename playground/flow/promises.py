"""Promises to customers: the answers 201 and 202 that left the gateway.

The ledger compares effects with promises, so a promise is noted when the answer is sent, not
when the work is stored.
"""

import json
from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True, slots=True)
class Promise:
    subject: str  # "order/7Q2K" or "user/4"
    run: str
    absent: tuple[str, ...] = ()  # optional services that were not in the company at that time

    def as_text(self) -> str:
        """The form in which a log stores it, under its subject."""
        return json.dumps([self.run, *self.absent])

    @classmethod
    def of(cls, subject: str, text: str | bytes) -> Self:
        run, *absent = json.loads(text)
        return cls(subject, run, tuple(absent))
