"""Questions that no run answers: `transfer` within the lesson, `quiz` for later reviews."""

from typing import Annotated, ClassVar, Self

from pydantic import Field, model_validator

from .values import Choice, Directive, Id, Option, Text, Values, check_among


class Transfer(Directive):
    kind_of_step: ClassVar[str] = "transfer"
    id: Id
    situation: Text
    options: Annotated[tuple[Option, ...], Field(min_length=2)]
    expert: Choice
    reasons: Text

    @model_validator(mode="after")
    def _expert_chooses_an_option(self) -> Self:
        check_among([self.expert], self.options)
        return self


class Question(Values):
    id: Id
    question: Text
    options: Annotated[tuple[Option, ...], Field(min_length=2)]
    answer: Choice
    why: Text

    @model_validator(mode="after")
    def _answer_is_an_option(self) -> Self:
        check_among([self.answer], self.options)
        return self


class Quiz(Directive):
    """Questions for the warm-ups of later lessons and for the review page; not shown here."""

    kind_of_step: ClassVar[str] = "quiz"
    questions: Annotated[tuple[Question, ...], Field(min_length=1)]
