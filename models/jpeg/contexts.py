"""What the contexts of a block are made of: its neighbours, and how alike they are (formats/JPEG.md, sections 4, 6 and 7).

The twin of `native/contexts.cpp`.
"""

from collections.abc import Sequence
from itertools import pairwise

from nacomp.formats.records import dataclass

ZEROS: Sequence[int] = (0,) * 64
"""The coefficients of a block that is not there."""
_CLASSES = (4, 6, 9, 14, 24, 50)
"""From class 4 on: the magnitude that each ends below."""
_COSINES = (1448, 1420, 1338, 1204, 1024, 805, 554, 283, 0)
"""1024 times the cosine of k pi / 16, times the square root of 2."""
_FIRST, _OTHERS = 128, 181
"""181 / 128 is the square root of 2."""
_MOST_SAMPLE = 1 << 24

Lines = list[list[int]]
"""(2, 8) samples of two rows or columns of a block, the outer first, in units of 1/8."""


@dataclass(frozen=True)
class Block:
    """A block and those around it, (64,) coefficients each, row by row.

    Attributes:
        own: as far as it is known; those to come are 0.
        other: of the component before.
        role: the component's number, at most 2.
        steps: (64,) of the component's quantisation table.
    """

    own: memoryview
    above: Sequence[int]
    left: Sequence[int]
    corner: Sequence[int]
    other: Sequence[int]
    has_above: bool
    has_left: bool
    role: int
    steps: Sequence[int]


def towards_zero(a: int, b: int) -> int:
    """The quotient, rounded towards 0; b is above 0."""
    return a // b if a >= 0 else -(-a // b)


def magnitude(value: int) -> int:
    """The class of a magnitude, 0 to 9."""
    size = abs(value)
    return size if size < _CLASSES[0] else 3 + sum(size >= end for end in _CLASSES)


def signed_class(value: int) -> int:
    """The class of a signed value, 1 to 19."""
    return 10 - magnitude(value) if value < 0 else 10 + magnitude(value)


def within(value: int, most: int) -> int:
    """A value brought to within -most and most, from 0."""
    return max(-most, min(most, value)) + most


def not_zero(q: Sequence[int], places: Sequence[int]) -> int:
    """How many of these coefficients are not 0."""
    return sum(q[place] != 0 for place in places)


def down(b: Block, column: int, known: int) -> int:
    """What a coefficient of this column would be if the picture went on from above through the upper edge.

    In units of 1/128 of a sample's step, with `known` rows of the column; the coefficient is this divided by its share.
    """
    return _through(b.above, b, range(column, 64, 8), known)


def across(b: Block, row: int, known: int) -> int:
    """The same of a row, from the left block through the left edge, with `known` columns."""
    return _through(b.left, b, range(8 * row, 8 * row + 8), known)


def _through(behind: Sequence[int], b: Block, places: Sequence[int], known: int) -> int:
    """Frequencies of a line of the block behind an edge, at that edge; less those of the own block that are known."""
    total = 0
    for k, place in enumerate(places):
        share = (_OTHERS if k else _FIRST) * b.steps[place]
        total += (-share if k % 2 else share) * behind[place]
        if 0 < k < known:
            total -= share * b.own[place]
    return total


def _share(sample: int, frequency: int) -> int:
    """The share that a frequency has in a sample, 2^-10."""
    if frequency == 0:
        return 1024
    angle = (2 * sample + 1) * frequency % 32  # of 32 to a turn
    folded = 32 - angle if angle > 16 else angle
    return _COSINES[folded] if folded <= 8 else -_COSINES[16 - folded]


_SHARES = [[_share(sample, frequency) for frequency in range(8)] for sample in range(8)]
"""(sample, frequency)"""


def edge_lines(q: Sequence[int], steps: Sequence[int], rows: bool, lines: Sequence[int]) -> Lines:
    """The samples of two lines of a block, rows or else columns, without the DC coefficient."""
    values = [0, *(q[place] * steps[place] for place in range(1, 64))]
    over = [values[k::8] for k in range(8)] if rows else [values[8 * k : 8 * k + 8] for k in range(8)]
    return [_samples(over, _SHARES[line]) for line in lines]


def _samples(over: Sequence[Sequence[int]], shares: Sequence[int]) -> list[int]:
    """One line's samples, from the frequencies along it: (along, across) values."""
    part = [sum(s * v for s, v in zip(shares, values, strict=True)) >> 7 for values in over]
    found = (sum(s * p for s, p in zip(at, part, strict=True)) >> 13 for at in _SHARES)
    return [max(-_MOST_SAMPLE, min(_MOST_SAMPLE, sample)) for sample in found]


@dataclass(frozen=True)
class Smooth:
    """What the DC coefficient should be for edges to go on smoothly, in eighths of a sample, and how sure that is.

    Attributes:
        mean: of the middle half of what was foreseen.
        away: how far what was foreseen is from it.
        width: the greatest of what was foreseen less the least.
        apart: what the upper edge foresees less what the left one does.
    """

    mean: int = 0
    away: int = 0
    width: int = 0
    apart: int = 0


def smooth(sides: Sequence[tuple[Lines, Lines]]) -> Smooth:
    """From the upper edge, the left one, or both: the other block's lines, then the own ones without the DC coefficient."""
    foreseen = [
        [q0 + ((q0 - q1 + p1 - p0) >> 1) - p0 for q0, q1, p0, p1 in zip(*other, *own, strict=True)]
        for other, own in sides
    ]
    found = sorted(value for side in foreseen for value in side)
    if not found:
        return Smooth()
    n = len(found)
    mean = sum(found[n // 4 : n - n // 4]) // (n // 2)
    away = sum(abs(value - mean) for value in found) // n
    apart = sum((sum(upper) >> 3) - (sum(left) >> 3) for upper, left in pairwise(foreseen))
    return Smooth(mean, away, found[-1] - found[0], apart)
