"""Numbers as learners write and read them."""

import pytest

from lessons.directives.asked import PredictNumber
from lessons.experiment.guesses import InvalidGuess, in_words, plain, quantity, read_guess

WAIT = PredictNumber(
    id="wait", question="How long?", run="first", kind="number", unit="ms",
    measure="answer_ms", max=20_000,
)  # fmt: skip


@pytest.mark.parametrize(
    ("written", "value"), [("60", 60), ("60,5", 60.5), (" 60.5 ", 60.5), ("0.001", 0.001)]
)
def test_a_comma_is_a_decimal_point_too(written: str, value: float) -> None:
    assert read_guess(WAIT, {"value": written}) == value


@pytest.mark.parametrize("written", ["1,000", "12,500"])
def test_a_comma_that_may_separate_thousands_is_asked_about(written: str) -> None:
    with pytest.raises(InvalidGuess, match="without a comma"):
        read_guess(WAIT, {"value": written})


@pytest.mark.parametrize(
    ("value", "says"), [(0.001, "0.001"), (0.25, "0.25"), (30.04, "30.0"), (421.7, "422"), (3, "3")]
)
def test_no_number_is_rounded_to_nothing(value: float, says: str) -> None:
    assert plain(value) == says


def test_two_numbers_of_one_sentence_have_one_unit() -> None:
    assert in_words(WAIT, 100.0, 15_583.2) == "0.1 s"
    assert in_words(WAIT, 15_583.2, 100.0) == "15.6 s"
    assert in_words(WAIT, 100.0, 421.7) == "100 ms"


def test_other_units_stay_and_nothing_measured_is_said() -> None:
    assert quantity(12_000, "") == "12000"
    assert quantity(None, "ms") == "none measured"
