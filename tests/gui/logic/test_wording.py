"""Speeds, ratios and odds in words."""

import pytest

from nacomp.gui.logic.wording import (
    bits_text,
    odds_text,
    ratio_text,
    saved_text,
    speed_text,
)


@pytest.mark.parametrize(
    ("original", "compressed", "text"),
    [
        (1000, 250, "4 times smaller"),
        (1000, 256, "3.9 times smaller"),
        (100_000, 500, "200 times smaller"),
        (1000, 800, "20% smaller"),
        (1000, 999, "not smaller: already dense"),
        (1000, 1050, "not smaller: already dense"),
        (0, 80, "nothing to gain"),
    ],
)
def test_ratios(original: int, compressed: int, text: str) -> None:
    assert ratio_text(original, compressed) == text


def test_sentences_about_sizes() -> None:
    assert saved_text(1_200_000, 310_000) == "1.2 MB became 310 kB"
    assert speed_text(2048) == "2 kB/s"


def test_bits_and_odds_agree() -> None:
    assert (bits_text(0.01), odds_text(0.01)) == ("0.01 bits", "99.3% likely")
    assert (bits_text(1.0), odds_text(1.0)) == ("1.0 bits", "50% likely")
    assert (bits_text(10.0), odds_text(10.0)) == ("10.0 bits", "1 in 1,024")
