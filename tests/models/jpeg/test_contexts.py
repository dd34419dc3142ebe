"""What contexts are made of, held to what it stands for: the cosine transform, straight lines, the classes of the page."""

import math
from array import array

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nacomp.models.jpeg.contexts import (
    ZEROS,
    Block,
    Smooth,
    across,
    down,
    edge_lines,
    magnitude,
    signed_class,
    smooth,
    towards_zero,
    within,
)
from nacomp.models.jpeg.file import ZIGZAG
from tests.models.jpeg.samples import BASIS

COEFFICIENTS = st.lists(st.integers(-60, 60), min_size=64, max_size=64)
STEPS = st.lists(st.integers(1, 40), min_size=64, max_size=64)


def test_zigzag_runs_along_the_diagonals() -> None:
    assert ZIGZAG[:10] == (0, 1, 8, 16, 9, 2, 3, 10, 17, 24)
    assert ZIGZAG[-3:] == (55, 62, 63)
    assert sorted(ZIGZAG) == list(range(64))


@pytest.mark.parametrize(
    ("least", "found"),
    [(0, 0), (1, 1), (3, 3), (4, 4), (6, 5), (9, 6), (14, 7), (24, 8), (50, 9), (1 << 40, 9)],
)
def test_classes_begin_where_the_page_says(least: int, found: int) -> None:
    assert magnitude(least) == magnitude(-least) == found
    assert least == 0 or magnitude(least - 1) == (found if found == 9 and least > 50 else found - 1)
    assert signed_class(least) == 10 + found
    assert least == 0 or signed_class(-least) == 10 - found


@given(st.integers(-1000, 1000), st.integers(1, 50))
def test_rounds_towards_zero(a: int, b: int) -> None:
    assert towards_zero(a, b) == math.trunc(a / b)
    assert 0 <= within(a, b) <= 2 * b
    assert within(a, 1000) == a + 1000


@given(COEFFICIENTS, STEPS)
def test_lines_are_those_of_the_transform(q: list[int], steps: list[int]) -> None:
    values = np.array(q).reshape(8, 8) * np.array(steps).reshape(8, 8)
    values[0, 0] = 0
    samples = BASIS @ values @ BASIS.T
    for rows in (True, False):
        lines = edge_lines(q, steps, rows, (7, 6, 0, 1))
        expected = samples[[7, 6, 0, 1]] if rows else samples[:, [7, 6, 0, 1]].T
        assert np.abs(np.array(lines) / 8 - expected).max() < 8  # of 40 * 60 * 64: cosines of ten bits


def block(own: list[int], above: list[int], left: list[int]) -> Block:
    view = memoryview(array("h", own))
    return Block(view, above, left, ZEROS, ZEROS, True, True, 0, [1] * 64)


def test_a_line_that_goes_on_is_foreseen() -> None:
    """A block whose samples continue those behind its edge: the first frequency across it is what `down` says, divided."""
    for k in range(1, 8):
        wave = np.zeros((8, 8))
        wave[0, k], wave[1, k] = 400, -60
        through = (wave[:, k] * np.where(np.arange(8) == 0, 128, 181) * (-1) ** np.arange(8)).sum() / 128
        above = [int(value) for value in wave.ravel()]
        assert down(block([0] * 64, above, [0] * 64), k, 8) / 128 == pytest.approx(through)
        turned = [int(value) for value in wave.T.ravel()]
        assert across(block([0] * 64, [0] * 64, turned), k, 8) == down(block([0] * 64, above, [0] * 64), k, 8)


def test_what_is_known_is_taken_off() -> None:
    own = [0] * 64
    own[8 + 3], own[16 + 3] = 5, 7
    for known, less in ((1, 0), (2, 5), (3, 12), (8, 12)):
        assert down(block(own, [0] * 64, [0] * 64), 3, known) == -181 * less


def test_flat_pictures_go_on_flat() -> None:
    """Of a block above of one brightness, the foreseen one is the same, and all eight columns agree."""
    assert smooth([]) == Smooth()
    flat, none = [[800] * 8, [800] * 8], [[0] * 8, [0] * 8]
    assert smooth([(flat, none)]) == Smooth(800, 0, 0, 0)
    assert smooth([(flat, none), ([[400] * 8] * 2, none)]) == Smooth(600, 200, 400, 400)


def test_a_slope_goes_on() -> None:
    """Rows that grow by 10: the first row of the own block is one step and not two above the last."""
    above, own = [[100] * 8, [90] * 8], [[0] * 8, [10] * 8]
    assert smooth([(above, own)]).mean == 110
