"""The records that say that a fault was switched on or off."""

from ..faults.fault import Fault
from .records import Kind, Record


def switched_on(fault: Fault, now: float) -> Record:
    return Record(
        Kind.FAULT,
        f"{fault.kind.value} on",
        now,
        target=fault.target,
        fault=fault.mark(),
        data={
            "on": True,
            "says": fault.says,
            "scope": fault.scope.value,
            "limit": fault.limit,
        },
    )


def switched_off(fault: Fault, now: float, why: str) -> Record:
    return Record(
        Kind.FAULT,
        f"{fault.kind.value} off",
        now,
        target=fault.target,
        fault=fault.mark(),
        data={"on": False, "why": why, "scope": fault.scope.value},
    )
