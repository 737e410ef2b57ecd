"""The questions that a lesson leaves behind, from its `quiz` directives."""

from ..course import Lesson
from ..directives import Quiz
from .question import Option, Question


def questions_of(lesson: Lesson) -> tuple[Question, ...]:
    return tuple(
        Question(
            id=f"{lesson.slug}.{asked.id}",
            lesson=lesson.slug,
            question=asked.question,
            options=tuple(Option(option.value, option.text) for option in asked.options),
            answer=asked.answer,
            why=asked.why,
        )
        for quiz in lesson.all_of(Quiz)
        for asked in quiz.questions
    )
