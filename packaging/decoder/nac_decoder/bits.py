"""PREDICTORS.md section 10 for symbols of two, MIXING.md section 1."""

import numpy as np

from nac_decoder.range_decoder import RangeDecoder


class BitDecoder:
    def __init__(self, words: bytes) -> None:
        self.coder = RangeDecoder(words)

    def decode(self, one: int) -> int:
        return self.coder.decode(np.array([2**24 - one, one], np.int64))
