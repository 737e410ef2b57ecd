"""Choices of a design in a lesson's file: checked, and in words."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import PlainValidator

from playground.design.choices import Design, InvalidDesign

from ..language.mistakes import InvalidValue


def in_words(choices: Mapping[str, Any], prefix: str = "") -> str:
    """Choices of a design, for a learner: "ack late, outbox on"."""
    phrases = []
    for name, value in choices.items():
        choice = f"{prefix}{name.replace('_', ' ')}"
        if isinstance(value, Mapping):
            phrases.append(in_words(value, f"{choice} "))
        else:
            setting = {True: "on", False: "off", None: "none"}.get(value, value)
            phrases.append(f"{choice.removeprefix('styles ')} {setting}")
    return ", ".join(phrases)


def check_design(choices: Any) -> dict[str, Any]:
    """Return the choices.  Raises InvalidValue unless a design can be patched with them."""
    if not isinstance(choices, dict):
        raise InvalidValue("a design is a mapping of choices", "Write `{ack: early}`.")
    try:
        Design().patched(choices)
    except InvalidDesign as invalid:
        choice, reason = next(iter(invalid.errors.items()))
        raise InvalidValue(f"design: {choice}: {reason}", f"Correct `{choice}`.") from None
    return choices


DesignPatch = Annotated[dict[str, Any], PlainValidator(check_design)]
