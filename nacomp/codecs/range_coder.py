"""The range coder, between the ensemble's integer frequencies and the block's payload.

`models/range_coder.py` at 24-bit precision. Each symbol is coded in two parts, its page and then its slot within the page,
so a vocabulary of 49,152 costs two short rows (193 and 256 entries) instead of one long one. The ensemble hands over n
non-negative integers that sum to 2^24 - n; entry i has the frequency f[i] + 1, which is what formats/PREDICTORS.md writes
down. Sums of such a row are whole numbers below 2^24, so they are the same in any order.
"""

import numpy as np
from numpy.typing import NDArray

from nacomp.errors import CorruptArchive
from nacomp.models.range_coder import RangeDecoder, RangeEncoder

Frequencies = NDArray[np.float64]
Row = NDArray[np.int32]


def _sums(frequencies: Frequencies) -> NDArray[np.int64]:
    """(row, n): in entry i the frequencies of entries 0 to i together."""
    return np.cumsum(frequencies.astype(np.int64) + 1, axis=1)


class SymbolEncoder:
    """Codes rows of symbols, each under its own frequency row."""

    def __init__(self) -> None:
        self._coder = RangeEncoder()

    def encode(self, symbols: Row, frequencies: Frequencies) -> None:
        """Append symbols (row,), each 0..n-1, under frequencies (row, n)."""
        rows = np.arange(len(symbols))
        own = frequencies[rows, symbols].astype(np.int64) + 1
        before = _sums(frequencies)[rows, symbols] - own
        for start, frequency in zip(before.tolist(), own.tolist(), strict=True):
            self._coder.encode(start, frequency)

    def finish(self) -> bytes:
        """The payload: little-endian 32-bit words."""
        return self._coder.finish()


class SymbolDecoder:
    """Decodes what a SymbolEncoder wrote, given the same frequencies in the same order."""

    def __init__(self, payload: bytes) -> None:
        self._coder = RangeDecoder(payload)

    def decode(self, frequencies: Frequencies) -> Row:
        """The next symbols (row,) under frequencies (row, n). Raises CorruptArchive for words that no encoder writes."""
        try:
            return np.array([self._next(sums) for sums in _sums(frequencies)], np.int32)
        except ValueError:
            raise CorruptArchive(reason="a neural payload does not decode") from None

    def _next(self, sums: NDArray[np.int64]) -> int:
        symbol = int(sums.searchsorted(self._coder.quantile(), side="right"))
        before = int(sums[symbol - 1]) if symbol else 0
        self._coder.take(before, int(sums[symbol]) - before)
        return symbol
