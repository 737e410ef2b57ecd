"""Change a playground's design, and what a lesson watches in it."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from ..bootstrap import parts
from ..design.choices import Design
from ..flow.records import Kind, Record
from ..models import Playground


def change_design(playground: Playground, choices: Mapping[str, Any]) -> Design:
    """Change some choices and keep the rest. Returns the design in force from now on.

    Raises InvalidDesign (nothing has changed), StoreUnavailable (changed, but not recorded).
    """
    with transaction.atomic():
        locked = Playground.objects.select_for_update().get(id=playground.id)
        design = Design.of(locked.design).patched(choices)
        if design.choices() == locked.design:
            return design  # unchanged, so nothing is recorded
        locked.design = playground.design = design.choices()
        locked.save(update_fields=["design"])
    now = parts().clock.now()
    record = Record(Kind.NOTE, "DesignChanged", now, data=dict(choices))
    parts().log.append(playground.id, [record])
    return design


def watch_lines(playground: Playground, functions: Sequence[str], seconds: float) -> None:
    """For so many seconds, record which lines of these functions run."""
    playground.watched = list(functions)
    playground.watched_until = parts().clock.now() + seconds
    playground.save(update_fields=["watched", "watched_until"])
