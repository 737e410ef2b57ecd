"""A question of a lesson, to be asked again later."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Option:
    value: str
    text: str


@dataclass(frozen=True, slots=True)
class Question:
    id: str  # unique in the course
    lesson: str  # the slug of the lesson that teaches it
    question: str
    options: tuple[Option, ...]
    answer: str  # the value of the right option
    why: str

    def is_right(self, choice: str) -> bool:
        return choice == self.answer

    def has(self, choice: str) -> bool:
        return any(option.value == choice for option in self.options)
