"""PREDICTORS.md section 10, on the reading side."""

import struct

import numpy as np

from nac_decoder.arithmetic import I64
from nac_decoder.errors import check

LOW_WORD = 2**32


class RangeDecoder:
    """Section 10, on the reading side: `point` is where the words lie in the coder's interval."""

    def __init__(self, words: bytes) -> None:
        self.words = list(struct.unpack(f"<{len(words) // 4}I", words))
        self.at, self.lower, self.range = 0, 0, 2**64 - 1
        self.point = self._next() * LOW_WORD + self._next()

    def _next(self) -> int:
        self.at += 1
        return self.words[self.at - 1] if self.at <= len(self.words) else 0

    def decode(self, frequencies: I64) -> int:
        sums = np.cumsum(frequencies)
        scale = self.range >> 24
        quantile = (self.point - self.lower) % 2**64 // scale
        check(quantile < 2**24, "payload is no range coder's")
        symbol = int(np.searchsorted(sums, quantile, side="right"))
        f = int(frequencies[symbol])
        self.lower = (self.lower + scale * (int(sums[symbol]) - f)) % 2**64
        self.range = scale * f
        while self.range < LOW_WORD:
            self.lower = self.lower * LOW_WORD % 2**64
            self.range = self.range * LOW_WORD
            self.point = (self.point * LOW_WORD + self._next()) % 2**64
        return symbol
