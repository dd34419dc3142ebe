"""The range coder, between the ensemble's integer frequencies and the block's payload.

constriction's range coder (32-bit words, 64-bit state) at 24-bit precision. Each symbol is coded in two parts, its page
and then its slot within the page, so a vocabulary of 49,152 costs two short rows (193 and 256 entries, about 1 us
together) instead of one long one (61 us measured). The ensemble hands over n non-negative integers that sum to
2^24 - n; constriction's quantiser then has nothing to round and gives entry i exactly the frequency f[i] + 1, which is
what formats/PREDICTORS.md writes down. `perfect=False` selects that quantiser; the other one searches and is slow.

Encoder and decoder are different types, so that a wrong direction does not run.
"""

import constriction
import numpy as np
from numpy.typing import NDArray

from nacomp.errors import CorruptArchive

Frequencies = NDArray[np.float64]
Row = NDArray[np.int32]

_family = constriction.stream.model.Categorical(perfect=False)


class SymbolEncoder:
    """Codes rows of symbols, each under its own frequency row."""

    def __init__(self) -> None:
        self._coder = constriction.stream.queue.RangeEncoder()

    def encode(self, symbols: Row, frequencies: Frequencies) -> None:
        """Append symbols (row,), each 0..n-1, under frequencies (row, n)."""
        self._coder.encode(symbols, _family, frequencies)

    def finish(self) -> bytes:
        """The payload: little-endian 32-bit words."""
        words: NDArray[np.uint32] = self._coder.get_compressed()
        return words.astype("<u4").tobytes()


class SymbolDecoder:
    """Decodes what a SymbolEncoder wrote, given the same frequencies in the same order."""

    def __init__(self, payload: bytes) -> None:
        words = np.frombuffer(payload, dtype="<u4").astype(np.uint32)
        self._coder = constriction.stream.queue.RangeDecoder(words)

    def decode(self, frequencies: Frequencies) -> Row:
        """The next symbols (row,) under frequencies (row, n). Raises CorruptArchive for words that no encoder writes."""
        try:
            symbols: Row = self._coder.decode(_family, frequencies)
        except AssertionError:
            raise CorruptArchive(reason="a neural payload does not decode") from None
        return symbols
