"""The directives, which a lesson may hold beside prose: each is a pydantic model of its fields.

    :::{predict}
    id: wait
    …
    :::

docs/authoring.md has an example of each.
"""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any

from pydantic import Field

from .asked import Asked, AskedChoice, AskedLedger, AskedNumber, AskedOrder, Observe, Predict
from .code import Code
from .faults import FaultButton, RequestedFault
from .questions import Question, Quiz, Transfer
from .run import Claim, Run, SecondCase, Verdict
from .steps import Step
from .task import Task
from .values import Directive


def _by_kind(models: Any) -> Any:
    return Annotated[models, Field(discriminator="kind")]


DIRECTIVES: Mapping[str, Any] = {
    "predict": _by_kind(Predict),
    "run": Run,
    "observe": _by_kind(Observe),
    "verdict": Verdict,
    "case": SecondCase,
    "fault": FaultButton,
    "code": Code,
    "transfer": Transfer,
    "quiz": Quiz,
    "task": Task,
}


def ids_of(directive: Directive) -> Iterator[str]:
    """The ids that this directive defines in its lesson."""
    if own := getattr(directive, "id", None):
        yield own
    if isinstance(directive, Quiz):
        yield from (question.id for question in directive.questions)


__all__ = [
    "DIRECTIVES", "Asked", "AskedChoice", "AskedLedger", "AskedNumber", "AskedOrder", "Claim", "Code",
    "Directive", "FaultButton", "Question", "Quiz", "RequestedFault", "Run", "SecondCase", "Step",
    "Task", "Transfer", "Verdict", "ids_of",
]  # fmt: skip
