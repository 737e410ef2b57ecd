"""Guesses and observations: read from a form, laid over what was measured, said in words. Pure."""

from collections.abc import Mapping
from typing import Any

from .directives import Asked, AskedChoice, AskedLedger, AskedNumber, AskedOrder
from .measures import Evidence, parse_measurement

CONFIDENCES = {1: "a guess", 2: "rather unsure", 3: "fairly sure", 4: "certain"}


class BadGuess(ValueError):
    """It cannot be taken; the text says to the learner what to do."""


def read_guess(asked: Asked, form: Mapping[str, str]) -> Any:
    """The value of a guess as it is kept.  Raises BadGuess."""
    match asked:
        case AskedNumber():
            return _number(asked, form.get("value", ""))
        case AskedChoice():
            if form.get("value") not in [option.value for option in asked.options]:
                raise BadGuess("Choose one of the answers.")
            return form["value"]
        case AskedOrder():
            return _order(asked, form)
        case AskedLedger():
            return {e.key: _count(form.get(e.key, ""), e.word) for e in asked.effects}
    raise TypeError(asked)


def read_confidence(form: Mapping[str, str]) -> int:
    """Raises BadGuess."""
    told = form.get("confidence", "")
    if not told.isdigit() or int(told) not in CONFIDENCES:
        raise BadGuess("Say how sure you are.")
    return int(told)


def measured(asked: Asked, evidence: Evidence) -> Any:
    """The same kind of value, from what really happened; None if nothing did."""
    match asked:
        case AskedNumber():
            return asked.measure.of(evidence)
        case AskedChoice():
            if asked.measure:
                found = asked.measure.of(evidence)
                return None if found is None else plain(found)
            return next((case.value for case in asked.cases if case.when.holds(evidence)), None)
        case AskedOrder():
            return _measured_order(asked, evidence)
        case AskedLedger():
            return {e.key: parse_measurement(e.key).of(evidence) for e in asked.effects}
    raise TypeError(asked)


def is_near(asked: Asked, guess: Any, found: Any) -> bool | None:
    """Was the guess right? None if nothing was measured."""
    if found is None or found == []:
        return None
    match asked:
        case AskedNumber():
            return abs(guess - found) <= max(asked.tolerance * abs(found), 0.0)
        case AskedOrder():
            return [value for value in guess if value in found] == found
        case _:
            return bool(guess == found)


def in_words(asked: Asked, value: Any) -> str:
    """As a person would say it."""
    if value is None or value == []:
        return "nothing was measured"
    match asked:
        case AskedNumber():
            return f"{plain(value)} {asked.unit}".strip()
        case AskedChoice():
            known = {option.value: option.text for option in asked.options}
            return known.get(value, str(value)).removesuffix(".")  # it stands in a sentence
        case AskedOrder():
            texts = {item.value: item.text for item in asked.items}
            return " → ".join(texts[one] for one in value)
        case AskedLedger():
            return ", ".join(f"{plain(value[e.key])} {e.word}" for e in asked.effects)
    raise TypeError(asked)


def _number(asked: AskedNumber, text: str) -> float:
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        raise BadGuess("Write a number.") from None
    if not abs(value) < 1e9:  # nan and inf as well
        raise BadGuess("Write a number.")
    if asked.min is not None and value < asked.min:
        raise BadGuess(f"Not less than {plain(asked.min)}.")
    if asked.max is not None and value > asked.max:
        raise BadGuess(f"Not more than {plain(asked.max)}.")
    return value


def _order(asked: AskedOrder, form: Mapping[str, str]) -> list[str]:
    """From the place of each item, 1 to n."""
    places = {item.value: form.get(f"place.{item.value}", "") for item in asked.items}
    if sorted(places.values()) != [str(n) for n in range(1, len(asked.items) + 1)]:
        raise BadGuess(f"Give each a place of its own, from 1 to {len(asked.items)}.")
    return sorted(places, key=lambda value: int(places[value]))


def _measured_order(asked: AskedOrder, evidence: Evidence) -> list[str]:
    first: dict[str, int] = {}
    for position, record in enumerate(evidence.records):
        for item in asked.items:
            if item.value not in first and item.event.fits(record):
                first[item.value] = position
    return sorted(first, key=lambda value: first[value])


def _count(text: str, what: str) -> int:
    if not text.isdigit() or len(text) > 6:
        raise BadGuess(f"Write how many: {what}.")
    return int(text)


def plain(value: Any) -> str:
    """A number without needless decimals."""
    if isinstance(value, float):
        return f"{value:.0f}" if abs(value) >= 100 or value == int(value) else f"{value:.1f}"
    return "none measured" if value is None else str(value)
