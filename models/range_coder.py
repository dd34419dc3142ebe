"""The range coder of formats/PREDICTORS.md, section 10, in whole numbers: the readable twin of mixing/native/range_coder.h.

    (before, frequency) of each symbol --> RangeEncoder --> words --> RangeDecoder --> where the symbol lies --> symbol

32-bit words, a state of 64 bits, frequencies at 24 bits. The bits are those of the constriction library's range coder,
release 0.5.0, which tests hold both twins to; it is no requirement, since it has neither sources on the package index nor
wheels for Linux on ARM, for musl and for Pythons newer than itself. Python's integers do not wrap: where 64 bits end is
written out.

Encoder and decoder are different types, so that a wrong direction does not run.
"""

import struct

FREQUENCY_BITS = 24
_LOW_WORD = 1 << 32
_WORD = _LOW_WORD - 1
_STATE = (1 << 64) - 1


class RangeEncoder:
    """Symbols to words."""

    def __init__(self) -> None:
        self._words: list[int] = []
        self._lower, self._range = 0, _STATE

    def encode(self, before: int, frequency: int) -> None:
        """Append a symbol of this frequency, 1 to 2^24, with `before` the sum of those before it."""
        scale = self._range >> FREQUENCY_BITS
        lower, width = self._lower + scale * before, scale * frequency
        if lower > _STATE:
            self._carry()
            lower &= _STATE
        while width < _LOW_WORD:
            self._words.append(lower >> 32)
            lower = lower << 32 & _STATE
            width <<= 32
        self._lower, self._range = lower, width

    def finish(self) -> bytes:
        """All words, little-endian; nothing can be coded behind them. No symbol, no word."""
        if self._range < _STATE:
            point = self._lower + _WORD
            if point > _STATE:
                self._carry()
            self._words.append(point >> 32 & _WORD)
            # Whatever were to follow the words, the point they name stays below the end of the last symbol's interval.
            if (self._lower + self._range) >> 32 & _WORD == self._words[-1]:
                self._words.append(0)
        return struct.pack(f"<{len(self._words)}I", *self._words)

    def _carry(self) -> None:
        for at in range(len(self._words) - 1, -1, -1):
            self._words[at] = (self._words[at] + 1) & _WORD
            if self._words[at]:
                return


class RangeDecoder:
    """Words back to symbols, given the same frequencies in the same order."""

    def __init__(self, words: bytes) -> None:
        """Whole words, little-endian; behind the last one zeros are read."""
        self._words = struct.unpack(f"<{len(words) // 4}I", words)
        self._at, self._lower, self._range = 0, 0, _STATE
        self._point = self._next() << 32 | self._next()

    def quantile(self) -> int:
        """Where the next symbol lies among the frequencies, below 2^24. Raises ValueError for words no encoder writes."""
        found = ((self._point - self._lower) & _STATE) // (self._range >> FREQUENCY_BITS)
        if found >> FREQUENCY_BITS:
            raise ValueError("words that no encoder writes")
        return found

    def take(self, before: int, frequency: int) -> None:
        """Pass the symbol that lies there."""
        scale = self._range >> FREQUENCY_BITS
        lower, width = (self._lower + scale * before) & _STATE, scale * frequency
        while width < _LOW_WORD:
            lower = lower << 32 & _STATE
            width <<= 32
            self._point = (self._point << 32 | self._next()) & _STATE
        self._lower, self._range = lower, width

    def _next(self) -> int:
        self._at += 1
        return self._words[self._at - 1] if self._at <= len(self._words) else 0
