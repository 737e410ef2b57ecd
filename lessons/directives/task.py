"""`task`: something to achieve in the playground. It is ticked when its condition holds."""

from typing import ClassVar

from ..measuring.condition_parser import ConditionField
from .values import Directive, Id, Text


class Task(Directive):
    kind_of_step: ClassVar[str] = "task"
    id: Id
    text: Text
    when: ConditionField
    hints: tuple[Text, ...] = ()
