"""Sizes and times in words, in whatever language the caller speaks."""

import pytest

from nacomp.runtime.words import Marks, change_text, count_text, duration_text, size_text


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1 kB"),
        (1234, "1.2 kB"),
        (999_499, "999 kB"),
        (999_600, "1 MB"),
        (3_456_789, "3.5 MB"),
        (5 * 10**15, "5000 TB"),
    ],
)
def test_sizes(size: int, text: str) -> None:
    assert size_text(size) == text


def test_counts_and_changes() -> None:
    assert [count_text(count, "entry", "entries") for count in (0, 1, 2)] == [
        "0 entries",
        "1 entry",
        "2 entries",
    ]
    assert change_text(1000, 400) == "2.50 times smaller"
    assert change_text(105, 245) == "140 B larger"
    assert change_text(0, 22) == "22 B larger"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.2, "1 s"),
        (59, "59 s"),
        (60, "1 min"),
        (95, "1 min 30 s"),
        (599, "9 min 50 s"),
        (1234, "21 min"),
        (3600, "1 h"),
        (3700, "1 h 2 min"),
        (200_000, "2 days"),
    ],
)
def test_durations(seconds: float, text: str) -> None:
    assert duration_text(seconds) == text


def test_numbers_are_written_as_the_language_does() -> None:
    assert size_text(1234, Marks(",", ".")) == "1,2 kB"


def test_a_translator_has_the_last_word() -> None:
    known = {("wording", "{0} days"): "{0} Tage"}
    assert duration_text(200_000, lambda *sentence: known[sentence]) == "2 Tage"
