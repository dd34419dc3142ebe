"""The language model's row and its corrections: the bias head over the vocabulary, and context biases on its favourites.

    logits + bias --> integer weights --> favourites (weight >= 1/4096 of the row) x e^(context biases) --> row

Every bias lives in log space and moves against the gradient of the coded symbol's cost, each with a rate of its
own that falls with the root of its squared gradients so far (Adagrad; Duchi, Hazan, Singer 2011). On alice29 the
seed paper's head with one fixed rate of 0.02 saves 2.9%, this one 4.6%. Only favourites and the coded symbol move:
gradients of the rest are too small to matter (0.00%), so an update costs about 100 entries, not the vocabulary.

Context biases, on top: the previous symbol (-0.5%), the symbol before it (-0.05%), the column in bytes (-0.2% on
wrapped prose), how long ago the stream last had the token (-0.25%). What did not pay: both previous symbols
together (the chain has them), case-folded tokens, a learnt temperature (-0.04%), and an online low-rank update of
the output layer on 32 random projections of the logits (-0.03%).
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nacomp.models.predictors.arithmetic import exp32, exp64
from nacomp.models.predictors.history import MASK, MULTIPLIER
from nacomp.models.predictors.initial_weights import RECENCY_STARTS
from nacomp.models.predictors.parameters import EnsembleParameters
from nacomp.models.tokens.vocabulary import PAGE, Vocabulary

MASKED = np.float32(-np.inf)
"""Bias of what is never coded: control tokens, and ids behind the last token. Under any finite number a model could push
its other logits, and such an id would weigh as much as a token; under -inf it weighs 1, whatever the model says."""
ONE = np.float32(1 << 26)
"""Weight of the likeliest token before lifting, but for the 1 that every entry has on top: without that floor, the
few tokens the model finds absurd cost up to 48 bits (0.1% on lcet10); with it, a sure row loses 0.001 bits."""
FAVOURITE = 12
"""A favourite weighs at least 2^-12 of the row."""
DISTANCES = 16
LIKELIHOODS = FAVOURITE + 1
COLUMN_STEP = 3
LOWEST, HIGHEST = -8.0, 4.0
"""Bounds of a lift; e^4 * 2^26 still fits 32 bits."""

IntWeights = NDArray[np.int64]


class Biases:
    """Log-space biases (f32) with the sum of squared gradients (f32) that slows each of them."""

    def __init__(self, values: NDArray[np.float32], energy: float, rate: int) -> None:
        """`energy` is where the sums start, `rate` the learning rate in 1/65,536; 0 keeps all values as they are."""
        self.values = values
        self._energies = np.full(len(values), np.float32(energy), np.float32)
        self._rate = rate / 65536.0

    def learn(self, index: int, gradient: float) -> None:
        """One step on one bias."""
        if self._rate == 0.0:
            return
        energy = float(self._energies[index]) + gradient * gradient
        value = float(self.values[index]) - (self._rate * gradient) / math.sqrt(energy)
        self._energies[index] = np.float32(energy)
        self.values[index] = np.float32(value)


@dataclass
class Place:
    """Where a stream stands: what the context biases look at."""

    previous: int = -1
    before: int = -1
    column: int = 0
    position: int = 0


@dataclass
class LiftedRow:
    """A language-model row as integer weights, and how its favourites were lifted."""

    weights: IntWeights
    """(page * 256,) of the tokens, favourites lifted."""
    total: int
    favourites: list[int]
    cells: list[tuple[int, int, int, int]]
    """(favourite,) index of its pair, gap, column and recency bias."""


class Lift:
    """The bias head and the context biases of one block; the streams' places belong to it."""

    def __init__(self, vocabulary: Vocabulary, parameters: EnsembleParameters, streams: int) -> None:
        self._size = vocabulary.size
        self._widths = [piece_width(piece) for piece in vocabulary.pieces]
        self._newline = vocabulary.first_escape + 10
        self._padded = vocabulary.token_pages * PAGE
        self._speakable = np.zeros(self._padded, np.bool_)
        self._speakable[[i for i, piece in enumerate(vocabulary.pieces) if piece]] = True
        if not self._speakable.any():
            raise ValueError("none of the vocabulary's tokens has bytes")
        bias = np.where(self._speakable, np.float32(0), MASKED)
        cells = 1 << (parameters.table_bits + 2)
        self._shift = 62 - parameters.table_bits
        self._bias = Biases(bias, 1.0, parameters.bias_rate)
        self._pairs = Biases(np.zeros(cells, np.float32), 0.2, parameters.pair_rate)
        self._gaps = Biases(np.zeros(cells, np.float32), 0.3, parameters.gap_rate)
        self._columns = Biases(np.zeros(cells, np.float32), 1.0, parameters.column_rate)
        recency = np.array(RECENCY_STARTS if parameters.recency_rate else [0.0] * 208, np.float32)
        self._recency = Biases(recency, 20.0, parameters.recency_rate)
        self._places = [Place() for _ in range(streams)]
        self._last: list[dict[int, int]] = [{} for _ in range(streams)]

    def weigh(self, stream: int, logits: NDArray[np.float32]) -> LiftedRow:
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
        favourites = np.flatnonzero((weights << FAVOURITE >= total) & self._speakable).tolist()
        cells = [self._cells(stream, token, int(weights[token]), total) for token in favourites]
        for token, (pair, gap, column, recency) in zip(favourites, cells, strict=True):
            lift = float(self._pairs.values[pair]) + float(self._gaps.values[gap])
            lift = lift + float(self._columns.values[column])
            lift = lift + float(self._recency.values[recency])
            weights[token] = int(int(weights[token]) * exp64(max(LOWEST, min(HIGHEST, lift))))
        return LiftedRow(weights, int(weights.sum()), favourites, cells)

    def _cells(self, stream: int, token: int, weight: int, total: int) -> tuple[int, int, int, int]:
        place = self._places[stream]
        last = self._last[stream].get(token)
        distance = DISTANCES - 1
        if last is not None:
            distance = min(distance, (place.position - last).bit_length() - 1)
        likelihood = 0
        while likelihood < FAVOURITE and weight << (likelihood + 1) <= total:
            likelihood += 1
        return (
            self._cell(place.previous + 2, token),
            self._cell(place.before + 2, token),
            self._cell((1 << 32) + place.column // COLUMN_STEP, token),
            distance * LIKELIHOODS + likelihood,
        )

    def _cell(self, context: int, token: int) -> int:
        h = (context * MULTIPLIER + token) & MASK
        h ^= h >> 32
        return ((h * MULTIPLIER) & MASK) >> self._shift

    def learn(self, row: LiftedRow, symbol: int) -> None:
        """Move the biases that made `row`, before `advance`."""
        total = float(row.total)
        for token, (pair, gap, column, recency) in zip(row.favourites, row.cells, strict=True):
            gradient = float(row.weights[token]) / total - (1.0 if token == symbol else 0.0)
            self._bias.learn(token, gradient)
            self._pairs.learn(pair, gradient)
            self._gaps.learn(gap, gradient)
            self._columns.learn(column, gradient)
            self._recency.learn(recency, gradient)
        if symbol < self._size and symbol not in row.favourites:
            self._bias.learn(symbol, float(row.weights[symbol]) / total - 1.0)

    def advance(self, stream: int, symbol: int) -> None:
        """Move a stream's place past a coded symbol."""
        place = self._places[stream]
        width = self._widths[symbol] if symbol < self._size else -1 if symbol == self._newline else 1
        place.column = -width - 1 if width < 0 else place.column + width
        place.before, place.previous = place.previous, symbol
        if symbol < self._size:
            self._last[stream][symbol] = place.position
        place.position += 1


def piece_width(piece: bytes) -> int:
    """Bytes of a piece; for one with a line end, -1 - the bytes behind its last one."""
    at = piece.rfind(b"\n")
    return len(piece) if at < 0 else at - len(piece)
