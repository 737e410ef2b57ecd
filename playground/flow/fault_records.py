"""The records that say that a fault was switched on or off."""

from ..faults.fault import Fault
from .records import Kind, Record


def switched_on(fault: Fault, now: float, actor: str = "") -> Record:
    """`actor`: the tab or the lesson's run that switched it on, if it has said so."""
    return Record(
        Kind.FAULT,
        f"{fault.kind.value} on",
        now,
        target=fault.target,
        actor=actor,
        fault=fault.mark(),
        data={
            "on": True,
            "says": fault.says,
            "scope": fault.scope.value,
            "limit": fault.limit,
        },
    )


def switched_off(fault: Fault, now: float, why: str, actor: str = "") -> Record:
    return Record(
        Kind.FAULT,
        f"{fault.kind.value} off",
        now,
        target=fault.target,
        actor=actor,
        fault=fault.mark(),
        data={"on": False, "says": fault.says, "why": why, "scope": fault.scope.value},
    )
