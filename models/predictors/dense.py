"""The rows over the whole vocabulary: the language model with its bias head, and the fallback without it.

Both give each symbol an integer weight, so that every sum over pages is exact in any order.
"""

import numpy as np
from numpy.typing import NDArray

from nacomp.models.predictors.arithmetic import exp32
from nacomp.models.vocabulary import PAGE, Vocabulary

MASKED = np.float32(-1e30)
ONE = np.float32(1 << 26)
"""Weight of the likeliest token. Weights below 1/2^27 of it become 0; the quantiser still leaves them a frequency of 1."""

IntWeights = NDArray[np.int64]


class BiasHead:
    """One log-space bias per token, moved against the error of the row it corrects (seed paper, bias head)."""

    def __init__(self, vocabulary: Vocabulary, rate: int) -> None:
        self.bias = np.zeros(vocabulary.size, np.float32)
        self.bias[[not piece for piece in vocabulary.pieces]] = MASKED  # control tokens are never coded
        self._rate = np.float32(rate) / np.float32(65536.0)

    def weigh(self, logits: NDArray[np.float32]) -> IntWeights:
        """(token,) integer weights of finite logits (token,)."""
        s = logits + self.bias
        e = exp32(s - s.max())
        return np.rint(e * ONE).astype(np.int64)

    def learn(self, weights: IntWeights, total: int, token: int) -> None:
        """One gradient step on the row `weights` (their sum is `total`); `token` is -1 for an escape."""
        if self._rate == 0.0:
            return
        self.bias -= weights.astype(np.float32) * (self._rate / np.float32(total))
        if token >= 0:
            self.bias[token] += self._rate


class Fallback:
    """How often each symbol came in this block: the row where no language model is asked, and the escapes' row."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._size = vocabulary.size
        self._first_escape = vocabulary.first_escape
        self.weights: IntWeights = np.full(vocabulary.size, 1 << 8, np.int64)
        self.weights[[not piece for piece in vocabulary.pieces]] = 0
        self._escapes = np.ones(PAGE, np.int64)
        self._escaped = 0
        self._coded = 0

    def escape_weights(self, total: int) -> IntWeights:
        """(256,) weights of the raw bytes beside tokens that weigh `total` < 2^43."""
        share = (self._escaped * 8 + 1) / ((self._coded + 1024) * 8)
        each = share / (PAGE + 16 * self._escaped)
        parts = np.floor(self._escapes.astype(np.float64) * (each * 1048576.0)).astype(np.int64)
        return ((parts * total) >> 20) + 1

    def learn(self, symbol: int) -> None:
        """Count one coded symbol."""
        self._coded += 1
        if symbol < self._size:
            if self.weights[symbol] < 1 << 31:
                self.weights[symbol] += 1 << 11
        elif symbol >= self._first_escape:
            self._escapes[symbol - self._first_escape] += 16
            self._escaped += 1
