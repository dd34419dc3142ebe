"""Bits through constriction's range coder, at 24 bits of precision (formats/PREDICTORS.md, section 10)."""

import constriction
import numpy as np

_ONE = 1 << 24
_family = constriction.stream.model.Categorical(perfect=False)


def _row(one: int) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """Integers to which constriction adds 1 each: the frequencies of a 0 and a 1."""
    return np.array([[_ONE - one - 1, one - 1]], np.float64)


class BitEncoder:
    """Bits, each under the frequency of a 1 out of 2^24."""

    def __init__(self) -> None:
        self._coder = constriction.stream.queue.RangeEncoder()

    def encode(self, bit: int, one: int) -> None:
        """Append a bit; `one` is 1 to 2^24 - 1."""
        self._coder.encode(np.array([bit], np.int32), _family, _row(one))

    def finish(self) -> bytes:
        """Little-endian 32-bit words."""
        return bytes(self._coder.get_compressed().astype("<u4").tobytes())


class BitDecoder:
    """What a BitEncoder wrote, given the same frequencies."""

    def __init__(self, words: bytes) -> None:
        self._coder = constriction.stream.queue.RangeDecoder(np.frombuffer(words, "<u4").astype(np.uint32))

    def decode(self, one: int) -> int:
        """The next bit. Raises ValueError for words that no encoder writes."""
        try:
            return int(self._coder.decode(_family, _row(one))[0])
        except AssertionError:
            raise ValueError("words that no encoder writes") from None
