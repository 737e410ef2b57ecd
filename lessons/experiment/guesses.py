"""Guesses and observations: read from a form, compared with what was measured, put in words. Pure.

A value has the shape of its question: a number; the value of an option; the values of the items
in their order; or, for the ledger, a count for each measure.
"""

import re
from collections.abc import Mapping
from typing import Any

from playground.parsing import decimal_number, whole_number

from ..directives import Asked, AskedChoice, AskedLedger, AskedNumber, AskedOrder
from ..measuring.evidence import Evidence
from ..measuring.measures import parse_measurement

LONG_MS = 10_000
_THOUSANDS = re.compile(r"-?\d+,\d{3}")
CONFIDENCES = {1: "a guess", 2: "rather unsure", 3: "fairly sure", 4: "certain"}


class InvalidGuess(ValueError):
    """The form cannot be accepted. The message tells the learner what to do."""


def read_guess(asked: Asked, form: Mapping[str, str]) -> Any:
    """The value that the form holds for this question.  Raises InvalidGuess."""
    match asked:
        case AskedNumber():
            return _number(asked, form.get("value", ""))
        case AskedChoice():
            if form.get("value") not in [option.value for option in asked.options]:
                raise InvalidGuess("Choose one of the answers.")
            return form["value"]
        case AskedOrder():
            return _order(asked, form)
        case AskedLedger():
            return {e.key: _count(form.get(e.key, ""), e.label) for e in asked.effects}
    raise TypeError(asked)


def read_confidence(form: Mapping[str, str]) -> int:
    """A key of CONFIDENCES.  Raises InvalidGuess."""
    confidence = {str(key): key for key in CONFIDENCES}.get(form.get("confidence", ""))
    if confidence is None:
        raise InvalidGuess("Say how sure you are.")
    return confidence


def measured(asked: Asked, evidence: Evidence) -> Any:
    """The value that the evidence gives to this question; None if nothing was measured."""
    match asked:
        case AskedNumber():
            return asked.measure.of(evidence)
        case AskedChoice():
            if asked.measure:
                value = asked.measure.of(evidence)
                return None if value is None else plain(value)
            return next((case.value for case in asked.cases if case.when.holds(evidence)), None)
        case AskedOrder():
            return _measured_order(asked, evidence)
        case AskedLedger():
            return {e.key: parse_measurement(e.key).of(evidence) for e in asked.effects}
    raise TypeError(asked)


def is_right(asked: Asked, guess: Any, measured: Any) -> bool | None:
    """Does the guess agree with what was measured? None if nothing was measured.

    A number need only be within the tolerance of its question.
    """
    if measured is None or measured == []:
        return None
    match asked:
        case AskedNumber():
            return abs(guess - measured) <= max(asked.tolerance * abs(measured), 0.0)
        case AskedOrder():
            return [value for value in guess if value in measured] == measured
        case _:
            return bool(guess == measured)


def in_words(asked: Asked, value: Any, beside: Any = None) -> str:
    """A value as a learner reads it; `beside`: the other value of the same sentence, if any."""
    if value is None or value == []:
        return "nothing was measured"
    match asked:
        case AskedNumber():
            return quantity(value, asked.unit, beside)
        case AskedChoice():
            texts = {option.value: option.text for option in asked.options}
            return texts.get(value, str(value)).removesuffix(".")  # it stands inside a sentence
        case AskedOrder():
            texts = {item.value: item.text for item in asked.items}
            return " → ".join(texts[item] for item in value)
        case AskedLedger():
            return ", ".join(f"{plain(value[e.key])} {e.label}" for e in asked.effects)
    raise TypeError(asked)


def plain(value: Any) -> str:
    """A measured value without needless decimals."""
    if not isinstance(value, float):
        return "none measured" if value is None else str(value)
    if abs(value) >= 100 or value == int(value):
        return f"{value:.0f}"
    return f"{value:.1f}" if abs(value) >= 1 else f"{value:.2g}"


def quantity(value: Any, unit: str, beside: Any = None) -> str:
    """A measured value with its unit. Ten seconds and more are not said in milliseconds.

    `beside`: a value that is read together with it. Both are said in one unit.
    """
    numbers = [abs(n) for n in (value, beside) if isinstance(n, int | float)]
    if unit == "ms" and isinstance(value, int | float) and max(numbers) >= LONG_MS:
        return f"{plain(value / 1000)} s"
    return f"{plain(value)} {unit}".strip() if value is not None else plain(value)


def _number(asked: AskedNumber, text: str) -> float:
    if _THOUSANDS.fullmatch(text.strip()):
        raise InvalidGuess("Write the number without a comma: 1000, or 1.5.")
    try:
        value = decimal_number(text.strip().replace(",", "."))
    except ValueError:
        raise InvalidGuess("Enter a number.") from None
    if not abs(value) < 1e9:
        raise InvalidGuess("Enter a number.")
    if asked.min is not None and value < asked.min:
        raise InvalidGuess(f"Enter a number of {plain(asked.min)} or more.")
    if asked.max is not None and value > asked.max:
        raise InvalidGuess(f"Enter a number of {plain(asked.max)} or less.")
    return value


def _order(asked: AskedOrder, form: Mapping[str, str]) -> list[str]:
    """The items by the place that the form gives to each, 1 to n."""
    places = {item.value: form.get(f"place.{item.value}", "") for item in asked.items}
    if sorted(places.values()) != [str(n) for n in range(1, len(asked.items) + 1)]:
        raise InvalidGuess(f"Give each a different place, from 1 to {len(asked.items)}.")
    return sorted(places, key=lambda value: int(places[value]))


def _measured_order(asked: AskedOrder, evidence: Evidence) -> list[str]:
    """The items by their first matching record; without those that have none."""
    first: dict[str, int] = {}
    for position, record in enumerate(evidence.records):
        for item in asked.items:
            if item.value not in first and item.event.fits(record):
                first[item.value] = position
    return sorted(first, key=lambda value: first[value])


def _count(text: str, label: str) -> int:
    try:
        return whole_number(text.strip(), digits=6)
    except ValueError:
        raise InvalidGuess(f"Enter how many: {label}.") from None
