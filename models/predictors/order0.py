"""The order-0 row: how often each symbol came in this block. It is the base row where no language model is asked."""

import numpy as np
from numpy.typing import NDArray

from nacomp.models.tokens.vocabulary import PAGE, Vocabulary

IntWeights = NDArray[np.int64]

INITIAL_TOKEN = 256
INITIAL_ESCAPE = 1
SEEN = 2048
"""What one occurrence adds to a weight."""
_LIMIT = 1 << 31


class Order0Row:
    """Counts of a block's symbols as a row of integer weights over all pages."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.weights: IntWeights = np.zeros(vocabulary.pages * PAGE, np.int64)
        self.weights[[i for i, piece in enumerate(vocabulary.pieces) if piece]] = INITIAL_TOKEN
        self.weights[vocabulary.first_escape :] = INITIAL_ESCAPE
        self.total = int(self.weights.sum())
        self._first_escape = vocabulary.first_escape

    def escapes(self, tokens: int) -> IntWeights:
        """(256,) weights of the raw-byte escapes beside a language-model row that weighs `tokens`."""
        share = float(tokens) / float(self.total)
        counted = self.weights[self._first_escape :].astype(np.float64)
        return np.floor(counted * share).astype(np.int64) + 1

    def learn(self, symbol: int) -> None:
        """Count one coded symbol."""
        if self.weights[symbol] < _LIMIT:
            self.weights[symbol] += SEEN
            self.total += SEEN
