"""Bits through the range coder, at 24 bits of precision (formats/PREDICTORS.md, section 10)."""

from nacomp.models.range_coder import FREQUENCY_BITS, RangeDecoder, RangeEncoder

_ONE = 1 << FREQUENCY_BITS


class BitEncoder:
    """Bits, each under the frequency of a 1 out of 2^24."""

    def __init__(self) -> None:
        self._coder = RangeEncoder()

    def encode(self, bit: int, one: int) -> None:
        """Append a bit; `one` is 1 to 2^24 - 1."""
        zero = _ONE - one
        self._coder.encode(zero if bit else 0, one if bit else zero)

    def finish(self) -> bytes:
        """Little-endian 32-bit words."""
        return self._coder.finish()


class BitDecoder:
    """What a BitEncoder wrote, given the same frequencies."""

    def __init__(self, words: bytes) -> None:
        self._coder = RangeDecoder(words)

    def decode(self, one: int) -> int:
        """The next bit. Raises ValueError for words that no encoder writes."""
        zero = _ONE - one
        bit = int(self._coder.quantile() >= zero)
        self._coder.take(zero if bit else 0, one if bit else zero)
        return bit
