"""Numbers of a field, in the readable implementation; `test_native.py` holds the native core to it."""

import pytest

from nacomp.models.mixing.measured import Measures


def after(*numbers: str) -> Measures:
    """What has read a field of so many lines, and the last of them as far as it goes."""
    measures = Measures()
    for number in numbers[:-1]:
        for byte in number.encode():
            measures.read(byte, 3, ends=False)
        measures.read(10, 3, ends=True)
    for byte in numbers[-1].encode():
        measures.read(byte, 3, ends=False)
    return measures


def likeliest(measures: Measures) -> int:
    """The digit that the inputs lead to."""
    bits = 0x13
    for done in range(4, 8):
        bits = 2 * bits + (measures.predict(3, bits, done) > 0)
    return bits - 0x130


@pytest.mark.parametrize(
    ("numbers", "digit"),
    [
        (["50", "50", "50", ""], 5),
        (["50", "50", "50", "5"], 0),
        (["10", "20", "30", "40", "50", ""], 6),
        (["-10", "-20", "-30", "-40", "-50", "-"], 6),
        (["7.1", "7.2", "7.3", "7.4", "7."], 5),
        (["40", "60"] * 20 + [""], 5),
    ],
)
def test_the_next_digit_is_that_of_the_best_guess(numbers: list[str], digit: int) -> None:
    """Near the last, by the same step, below zero, behind the point, and about the mean."""
    assert likeliest(after(*numbers)) == digit


@pytest.mark.parametrize(
    "numbers",
    [
        ["50", "50", ""],
        ["5", "5", "5", "5"],
        ["5.5", "5.5", "5.5", "5"],
        ["5", "5", "5", "5."],
        ["5", "5", "5", "x"],
        ["5", "5", "5", "--"],
        ["5", "5", "5.5", "5.5", ""],
        ["x", "", "-", "7:30", ""],
        ["1234567890123"] * 4 + [""],
    ],
)
def test_nothing_is_said_of_other_numbers(numbers: list[str]) -> None:
    """Too few, too long, with another point, or none."""
    assert {after(*numbers).predict(3, 0x13, 4), after(*numbers).predict(3, 0x26, 5)} == {0}


def test_other_fields_and_other_bytes_are_left_alone() -> None:
    measures = after("50", "50", "50", "")
    assert measures.predict(3, 0x13, 4) < 0
    assert measures.predict(2, 0x13, 4) == 0
    assert measures.predict(3, 0x12, 4) == 0
    assert measures.predict(3, 0x9, 3) == 0


def test_no_digit_is_above_nine() -> None:
    """Behind 1001 and behind a first 1 of the lower half the next bits can only be 0."""
    measures = after("99", "99", "99", "")
    assert measures.predict(3, 0x27, 5) == measures.predict(3, 0x4E, 6) == 0
    assert measures.predict(3, 0x9C, 7) > 0
