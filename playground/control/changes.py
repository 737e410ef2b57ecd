"""Change a playground's design, and what a lesson watches in it."""

from collections.abc import Mapping, Sequence
from typing import Any

from ..bootstrap import parts
from ..company.errors import StartedOver
from ..design.choices import Design
from ..flow.records import Kind, Record
from ..models import Playground
from ..storage.write_lock import write_transaction


def change_design(playground: Playground, choices: Mapping[str, Any], actor: str = "") -> Design:
    """Change some choices and keep the rest. Returns the design in force from now on.

    `actor`: the tab or the lesson's run that asks for it, for the record.

    Raises InvalidDesign, StartedOver (nothing has changed), StoreUnavailable (changed, but not
    recorded).
    """
    with write_transaction():
        locked = Playground.objects.select_for_update().filter(key=playground.key).first()
        if locked is None:
            raise StartedOver
        design = Design.of(locked.design).patched(choices)
        if design.choices() == locked.design:
            return design  # unchanged, so nothing is recorded
        locked.design = playground.design = design.choices()
        locked.save(update_fields=["design"])
    now = parts().clock.now()
    record = Record(Kind.NOTE, "DesignChanged", now, actor=actor, data=dict(choices))
    parts().log.append(playground.key, [record])
    return design


def watch_lines(playground: Playground, functions: Sequence[str], seconds: float) -> None:
    """For so many seconds, record which lines of these functions run."""
    playground.watched = list(functions)
    playground.watched_until = parts().clock.now() + seconds
    Playground.objects.filter(key=playground.key).update(
        watched=playground.watched, watched_until=playground.watched_until
    )
