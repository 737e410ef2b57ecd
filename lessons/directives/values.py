"""Types that all directives are made of."""

from typing import Annotated, ClassVar

from pydantic import BaseModel, ConfigDict, Field

from ..language.mistakes import unknown

Id = Annotated[str, Field(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=40)]
Text = Annotated[str, Field(min_length=1)]
Choice = Annotated[str, Field(coerce_numbers_to_str=True)]  # the value of one option


class Values(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)


class Directive(Values):
    """A fenced block of a lesson. `kind_of_step` names its template."""

    kind_of_step: ClassVar[str]

    @property
    def template(self) -> str:
        return f"lessons/steps/_{self.kind_of_step}.html"


class Option(Values):
    """One answer to choose: what is stored, and what is shown."""

    value: Choice
    text: Text


def check_among(values: list[str], options: tuple[Option, ...]) -> None:
    """Raises InvalidValue for a value that is not among the options."""
    known = [option.value for option in options]
    for value in values:
        if value not in known:
            raise unknown("option", value, known)
