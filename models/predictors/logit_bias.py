"""The language model's row and its corrections: a bias on every token's logit, and context biases on the likely tokens.

    logits + bias --> integer weights --> likely tokens (weight >= 1/4096 of the row) x e^(context biases) --> row

Every bias is added to a logit and moves against the gradient of the coded symbol's cost, each with a rate of its
own that falls with the root of its squared gradients so far (Adagrad; Duchi, Hazan, Singer 2011). On alice29 the
seed paper's head with one fixed rate of 0.02 saves 2.9%, this one 4.6%. Only likely tokens and the coded symbol move:
gradients of the rest are too small to matter (0.00%), so an update costs about 100 entries, not the vocabulary.

Context biases, on top: the previous symbol (-0.5%), the symbol before it (-0.05%), the column in bytes (-0.2% on
wrapped prose), how long ago the stream last had the token (-0.25%). What did not pay: both previous symbols
together (the n-grams know them), case-folded tokens, a learnt temperature (-0.04%), and an online low-rank update of
the output layer on 32 random projections of the logits (-0.03%).
"""

import math

import numpy as np
from numpy.typing import NDArray

from nacomp.formats.records import dataclass
from nacomp.models.exp32 import exp32
from nacomp.models.predictors.arithmetic import exp64
from nacomp.models.predictors.history import MASK, MULTIPLIER
from nacomp.models.predictors.initial_weights import RECENCY_BIASES
from nacomp.models.predictors.parameters import EnsembleParameters
from nacomp.models.tokens.vocabulary import PAGE, Vocabulary

NEVER_CODED = np.float32(-np.inf)
"""Bias of what is never coded: control tokens, and ids behind the last token. Under any finite number a model could push
its other logits, and such an id would weigh as much as a token; under -inf it weighs 1, whatever the model says."""
ONE = np.float32(1 << 26)
"""Weight of the likeliest token before the context biases, but for the 1 that every entry has on top. Without that floor,
the few tokens the model finds absurd cost up to 48 bits (0.1% on lcet10); with it, a sure row loses 0.001 bits."""
LIKELY = 12
"""A likely token weighs at least 2^-12 of the row."""
MIXED_LIKELY = 10
"""The same where the row is coded as bits beside the context mixer, which makes up for the others."""
DISTANCES = 16
LIKELIHOODS = LIKELY + 1
COLUMN_STEP = 3
LOWEST, HIGHEST = -8.0, 4.0
"""Bounds of a token's context biases together; e^4 * 2^26 still fits 32 bits."""

IntWeights = NDArray[np.int64]


class BiasTable:
    """Biases (f32), each with the sum of its squared gradients (f32) that slows it down."""

    def __init__(self, values: NDArray[np.float32], squares: float, rate: int) -> None:
        """`squares` is where the sums begin, `rate` the learning rate in 1/65,536; 0 keeps all values as they are."""
        self.values = values
        self._squares = np.full(len(values), np.float32(squares), np.float32)
        self._rate = rate / 65536.0

    def learn(self, index: int, gradient: float) -> None:
        """One step on one bias."""
        if self._rate == 0.0:
            return
        squares = float(self._squares[index]) + gradient * gradient
        value = float(self.values[index]) - (self._rate * gradient) / math.sqrt(squares)
        self._squares[index] = np.float32(squares)
        self.values[index] = np.float32(value)


@dataclass
class StreamContext:
    """What the context biases know of a stream."""

    previous: int = -1
    before_previous: int = -1
    column: int = 0
    """Bytes since the last line end."""
    position: int = 0
    """Symbols so far."""


@dataclass
class BiasedRow:
    """A language-model row as integer weights, and what its learning needs."""

    weights: IntWeights
    """(page * 256,) of the tokens, biases applied."""
    total: int
    likely: list[int]
    """The likely tokens, ascending."""
    entries: list[tuple[int, int, int, int]]
    """(likely token,) its entries in the pair, gap, column and recency table."""


class LogitBias:
    """All biases of one block, and the contexts of its streams."""

    def __init__(
        self, vocabulary: Vocabulary, parameters: EnsembleParameters, streams: int, likely: int = LIKELY
    ) -> None:
        """`likely`: a token has context biases from 2^-likely of the row on."""
        self._likely = likely
        self._size = vocabulary.size
        self._widths = [piece_width(piece) for piece in vocabulary.pieces]
        self._newline = vocabulary.first_escape + 10
        self._padded = vocabulary.token_pages * PAGE
        self._codable = np.zeros(self._padded, np.bool_)
        self._codable[[i for i, piece in enumerate(vocabulary.pieces) if piece]] = True
        if not self._codable.any():
            raise ValueError("none of the vocabulary's tokens has bytes")
        bias = np.where(self._codable, np.float32(0), NEVER_CODED)
        entries = 1 << (parameters.table_bits + 2)
        self._shift = 62 - parameters.table_bits
        self._bias = BiasTable(bias, 1.0, parameters.bias_rate)
        self._pairs = BiasTable(np.zeros(entries, np.float32), 0.2, parameters.pair_rate)
        self._gaps = BiasTable(np.zeros(entries, np.float32), 0.3, parameters.gap_rate)
        self._columns = BiasTable(np.zeros(entries, np.float32), 1.0, parameters.column_rate)
        recency = np.array(RECENCY_BIASES if parameters.recency_rate else [0.0] * 208, np.float32)
        self._recency = BiasTable(recency, 20.0, parameters.recency_rate)
        self._contexts = [StreamContext() for _ in range(streams)]
        self._last: list[dict[int, int]] = [{} for _ in range(streams)]

    def weigh(self, stream: int, logits: NDArray[np.float32]) -> BiasedRow:
        """The row of logits (token,). Raises ValueError where one is not finite."""
        if not np.isfinite(logits).all():
            raise ValueError("logits must be finite")
        s = np.zeros(self._padded, np.float32)
        s[: self._size] = logits
        s = s + self._bias.values
        with np.errstate(over="ignore"):  # logits further apart than float32 reaches: the lower one weighs 1
            s -= s.max()
        weights = np.rint(exp32(s) * ONE).astype(np.int64) + 1
        total = int(weights.sum())
        likely = np.flatnonzero((weights << self._likely >= total) & self._codable).tolist()
        entries = [self._entries(stream, token, int(weights[token]), total) for token in likely]
        for token, (pair, gap, column, recency) in zip(likely, entries, strict=True):
            bias = float(self._pairs.values[pair]) + float(self._gaps.values[gap])
            bias = bias + float(self._columns.values[column])
            bias = bias + float(self._recency.values[recency])
            weights[token] = int(int(weights[token]) * exp64(max(LOWEST, min(HIGHEST, bias))))
        return BiasedRow(weights, int(weights.sum()), likely, entries)

    def _entries(self, stream: int, token: int, weight: int, total: int) -> tuple[int, int, int, int]:
        context = self._contexts[stream]
        last = self._last[stream].get(token)
        distance = DISTANCES - 1
        if last is not None:
            distance = min(distance, (context.position - last).bit_length() - 1)
        likelihood = 0
        while likelihood < LIKELY and weight << (likelihood + 1) <= total:
            likelihood += 1
        return (
            self._entry(context.previous + 2, token),
            self._entry(context.before_previous + 2, token),
            self._entry((1 << 32) + context.column // COLUMN_STEP, token),
            distance * LIKELIHOODS + likelihood,
        )

    def _entry(self, context: int, token: int) -> int:
        h = (context * MULTIPLIER + token) & MASK
        h ^= h >> 32
        return ((h * MULTIPLIER) & MASK) >> self._shift

    def learn(self, row: BiasedRow, symbol: int) -> None:
        """Move the biases that made `row`, before `advance`."""
        total = float(row.total)
        for token, (pair, gap, column, recency) in zip(row.likely, row.entries, strict=True):
            gradient = float(row.weights[token]) / total - (1.0 if token == symbol else 0.0)
            self._bias.learn(token, gradient)
            self._pairs.learn(pair, gradient)
            self._gaps.learn(gap, gradient)
            self._columns.learn(column, gradient)
            self._recency.learn(recency, gradient)
        if symbol < self._size and symbol not in row.likely:
            self._bias.learn(symbol, float(row.weights[symbol]) / total - 1.0)

    def advance(self, stream: int, symbol: int) -> None:
        """Move a stream's context past a coded symbol."""
        context = self._contexts[stream]
        width = self._widths[symbol] if symbol < self._size else -1 if symbol == self._newline else 1
        context.column = -width - 1 if width < 0 else context.column + width
        context.before_previous, context.previous = context.previous, symbol
        if symbol < self._size:
            self._last[stream][symbol] = context.position
        context.position += 1


def piece_width(piece: bytes) -> int:
    """Bytes of a piece; for one with a line end, -1 - the bytes behind its last one."""
    at = piece.rfind(b"\n")
    return len(piece) if at < 0 else at - len(piece)
