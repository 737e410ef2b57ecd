"""The course: lessons and terms, each read from a file, as values; the glossary and the search."""

from ..language.mistakes import LessonMistake
from .lesson import Lesson
from .library import find, lesson_files, lessons
from .parsing import read

__all__ = ["Lesson", "LessonMistake", "find", "lesson_files", "lessons", "read"]
