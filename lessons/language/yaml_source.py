"""Read YAML out of a file and validate it with pydantic; report a mistake with its line."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from .mistakes import InvalidValue, LessonMistake


def read_yaml(path: Path, text: str, first_line: int, part: str) -> dict[str, Any]:
    """The mapping that this piece of a file holds.

    `first_line` is the line of the file at which the text begins, counted from 1; `part` is what
    error messages call the piece.  Raises LessonMistake.
    """
    try:
        values = yaml.safe_load(text)
    except yaml.MarkedYAMLError as error:
        line = first_line + (error.problem_mark.line if error.problem_mark else 0)
        remedy = "Check that line: a text with `:`, `#`, `?` or a comma in it may need quotes."
        raise LessonMistake(path, line, f"{part} is not YAML: {error.problem}", remedy) from None
    if not isinstance(values, dict):
        raise LessonMistake(path, first_line, f"{part} has no fields", "Write `name: …`.")
    return values


def validated(
    model: Any, values: dict[str, Any], path: Path, text: str, first_line: int, part: str
) -> Any:
    """The values as an instance of the model.

    Raises LessonMistake for the first invalid value, with the line of that value.
    """
    try:
        return TypeAdapter(model).validate_python(values)
    except ValidationError as invalid:
        error = invalid.errors()[0]
        location = [key for key in error["loc"] if isinstance(key, int | str)]
        line = first_line + line_of(text, location)
        problem, remedy = _explain(error, model, location)
        raise LessonMistake(path, line, f"{part}: {problem}", remedy) from None


def line_of(text: str, location: Sequence[int | str]) -> int:
    """The line, counted from 0, of the value at a location as pydantic gives it.

    Where there is no such value, the line of its nearest parent.
    """
    node = yaml.compose(text, Loader=yaml.SafeLoader)
    line = node.start_mark.line if node else 0
    for part in location:
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                if key.value == str(part):
                    node, line = value, key.start_mark.line
                    break
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int):
            node = node.value[part]
            line = node.start_mark.line
    return int(line)


def _explain(error: ErrorDetails, model: Any, location: Sequence[int | str]) -> tuple[str, str]:
    """The problem and its remedy."""
    name = ".".join(str(key) for key in location) or "it"
    cause = error.get("ctx", {}).get("error")
    match error["type"]:
        case "missing":
            return f"`{name}` is missing", f"Add a line `{location[-1]}: …`."
        case "extra_forbidden":
            return f"there is no field `{name}`", _fields_of(model)
        case "literal_error" | "enum" | "union_tag_invalid":
            expected = error["msg"].removeprefix("Input should be ")
            return f"`{name}` is {error['input']!r}", f"Write {expected}."
        case _ if isinstance(cause, InvalidValue):
            return str(cause), cause.remedy
        case _:
            message = error["msg"].removeprefix("Value error, ")
            return f"`{name}`: {message}", "docs/authoring.md says what this field takes."


def _fields_of(model: Any) -> str:
    if isinstance(model, type) and issubclass(model, BaseModel):
        return f"Remove it. The fields are {', '.join(model.model_fields)}."
    return "Remove it. docs/authoring.md lists the fields."
