"""`task`: something to do that ticks itself."""

from typing import ClassVar

from ..conditions import ConditionField
from .values import Directive, Id, Text


class Task(Directive):
    kind_of_step: ClassVar[str] = "task"
    id: Id
    text: Text
    when: ConditionField
    hints: tuple[Text, ...] = ()
