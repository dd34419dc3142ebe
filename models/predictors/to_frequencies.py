"""Weights to coder frequencies: the last step before the range coder, and the only place that rounds for it.

The coder gives symbol i of n exactly frequency[i] + 1 parts of 2^24, for non-negative integers that sum to 2^24 - n.
constriction's fast quantiser, which tests compare with, does the same then: it scales by (2^24 - n) / sum, which is 1, and
truncates running totals that are whole numbers, so that no rounding of floats has ever entered our format.
"""

import numpy as np
from numpy.typing import NDArray

TOTAL = 1 << 24


def quantise(weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Integer frequencies proportional to weights.

    Args:
        weights: (symbol,) non-negative integers below 2^52 in float64, whose sum is below 2^53.

    Returns:
        (symbol,) non-negative integers in float64, summing to exactly 2^24 - len(weights).
    """
    free = float(TOTAL - len(weights))
    total = float(weights.sum())  # exact in any order: integers below 2^53
    if total == 0.0:
        weights, total = np.ones_like(weights), float(len(weights))
    frequencies = np.floor(weights * (free / total))
    largest = int(weights.argmax())
    frequencies[largest] += free - float(frequencies.sum())
    return frequencies


def cost_bits(
    pages: NDArray[np.float64], slots: NDArray[np.float64], symbols: NDArray[np.int32]
) -> NDArray[np.float64]:
    """(row,) bits the symbols cost under a step's frequencies. For statistics: no coded bit depends on it."""
    rows = np.arange(len(symbols))
    page = pages[rows, symbols >> 8] + 1.0
    slot = slots[rows, symbols & 255] + 1.0
    bits: NDArray[np.float64] = np.log2(TOTAL / page) + np.log2(TOTAL / slot)
    return bits
