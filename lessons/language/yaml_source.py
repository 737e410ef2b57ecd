"""YAML in a file, checked by a pydantic model; a mistake in it is told with its own line."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from .mistakes import LessonMistake, Wrong

_YAML_TAG = "tag:yaml.org,2002:"


def read_yaml(path: Path, text: str, first_line: int, what: str) -> dict[str, Any]:
    """The mapping in this piece of a file.  Raises LessonMistake."""
    try:
        values = yaml.safe_load(text)
    except yaml.MarkedYAMLError as error:
        line = first_line + (error.problem_mark.line if error.problem_mark else 0)
        remedy = "Mend that line; a text that holds `:`, `#`, `?` or a comma may need quotes."
        raise LessonMistake(path, line, f"{what} is not YAML: {error.problem}", remedy) from None
    if not isinstance(values, dict):
        raise LessonMistake(path, first_line, f"{what} is no list of fields", "Write `name: …`.")
    return values


def checked(
    model: Any, values: dict[str, Any], path: Path, text: str, first_line: int, what: str
) -> Any:
    """These values as the model has them.  Raises LessonMistake at the line of the first fault."""
    try:
        return TypeAdapter(model).validate_python(values)
    except ValidationError as invalid:
        error = invalid.errors()[0]
        where = [part for part in error["loc"] if isinstance(part, int | str)]
        line = first_line + line_of(text, where)
        said, remedy = _in_words(error, model, where)
        raise LessonMistake(path, line, f"{what}: {said}", remedy) from None


def line_of(text: str, where: Sequence[int | str]) -> int:
    """How far down (from 0) a value is that pydantic names by its path; its nearest parent's
    line if it is not there."""
    node = yaml.compose(text, Loader=yaml.SafeLoader)
    line = node.start_mark.line if node else 0
    for part in where:
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                if key.value == str(part):
                    node, line = value, key.start_mark.line
                    break
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int):
            node = node.value[part]
            line = node.start_mark.line
    return int(line)


def _in_words(error: ErrorDetails, model: Any, where: Sequence[int | str]) -> tuple[str, str]:
    name = ".".join(str(part) for part in where) or "it"
    cause = error.get("ctx", {}).get("error")
    match error["type"]:
        case "missing":
            return f"`{name}` is missing", f"Add a line `{where[-1]}: …`."
        case "extra_forbidden":
            return f"there is no field `{name}`", _fields_of(model)
        case "literal_error" | "enum" | "union_tag_invalid":
            told = error["msg"].removeprefix("Input should be ")
            return f"`{name}` is {error['input']!r}", f"Write {told}."
        case _ if isinstance(cause, Wrong):
            return str(cause), cause.remedy
        case _:
            told = error["msg"].removeprefix("Value error, ")
            return f"`{name}`: {told}", "See docs/authoring.md for what it takes."


def _fields_of(model: Any) -> str:
    if isinstance(model, type) and issubclass(model, BaseModel):
        return f"Remove it; there are {', '.join(model.model_fields)}."
    return "Remove it; docs/authoring.md lists what there is."
