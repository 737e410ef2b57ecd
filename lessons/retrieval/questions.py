"""The questions of a lesson, from its `quiz` directives."""

from ..course import Lesson
from ..directives import Quiz
from .question import Option, Question


def questions_of(lesson: Lesson) -> tuple[Question, ...]:
    return tuple(
        Question(
            id=f"{lesson.slug}.{item.id}",
            lesson=lesson.slug,
            question=item.question,
            options=tuple(Option(option.value, option.text) for option in item.options),
            answer=item.answer,
            why=item.why,
        )
        for quiz in lesson.all_of(Quiz)
        for item in quiz.questions
    )
