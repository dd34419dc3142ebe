"""The readable ensemble: one step from logits to integer frequencies, in Python and numpy (formats/PREDICTORS.md).

The native core repeats it bit for bit and is the one that users run; this one runs where no compiler was.
"""

import numpy as np
from numpy.typing import NDArray

from nacomp.models.predictors.chain import MASS, SURE, Candidate, Chain, propose
from nacomp.models.predictors.dense import BiasHead, Fallback, IntWeights
from nacomp.models.predictors.history import context_hashes
from nacomp.models.predictors.match import MatchModel
from nacomp.models.predictors.ngram import NgramTables
from nacomp.models.predictors.parameters import EnsembleParameters
from nacomp.models.predictors.quantiser import cost_bits, quantise
from nacomp.models.vocabulary import PAGE, Vocabulary

Rows = NDArray[np.int32]
Mask = NDArray[np.bool_]
Frequencies = NDArray[np.float64]


class Sparse:
    """All that depends on the coded symbols alone: n-grams, match model, and the skip decision they allow."""

    def __init__(self, parameters: EnsembleParameters, streams: int) -> None:
        self._parameters = parameters
        self.histories: list[list[int]] = [[] for _ in range(streams)]
        self._tables = NgramTables(parameters.ngram_orders, parameters.table_bits)
        self._match = MatchModel(self.histories, parameters.match_minimum, parameters.table_bits)
        self.chain = Chain(parameters.ngram_orders)

    def propose(self, stream: int) -> list[Candidate]:
        """The chain's candidates for the next symbol of a stream."""
        hashes = context_hashes(self.histories[stream], self._parameters.ngram_orders)
        return propose(self._tables.find(hashes), self._match, stream, self._parameters.chain)

    def wants_model(self, stream: int) -> bool:
        """Whether the language model should be asked about the stream's next symbol."""
        return not self._parameters.skip or self.chain.confidence(self.propose(stream)) < SURE

    def learn(self, stream: int, symbol: int) -> None:
        """Enter one coded symbol into history and tables."""
        history = self.histories[stream]
        self._tables.learn(context_hashes(history, self._parameters.ngram_orders), symbol)
        history.append(symbol)
        self._match.learn(stream)


class Row:
    """One stream's distribution within a step."""

    def __init__(self, stream: int, weights: IntWeights, tokens: int, model: bool) -> None:
        """`weights`: (page * 256,) dense integer weights, escapes included; `tokens`: sum without escapes."""
        self.stream = stream
        self.weights = weights
        self.tokens = tokens
        self.model = model
        self.candidates: list[Candidate] = []
        self.scale = 0.0
        self.page = 0
        self.cost = 0.0

    def mix(self, chain: Chain, candidates: list[Candidate]) -> Frequencies:
        """(page,) frequencies."""
        self.candidates = candidates
        sums = self.weights.reshape(-1, PAGE).sum(axis=1)
        own = [float(self.weights[c.symbol]) for c in candidates]
        total = float(sums.sum())
        left = chain.decide(candidates, own, total, self.model)
        rest = total - sum(own)
        self.scale = (left * MASS) / rest if rest > 0.0 else 0.0
        for c in candidates:
            sums[c.symbol >> 8] -= self.weights[c.symbol]
        pages = np.floor(sums.astype(np.float64) * self.scale)
        for c in candidates:
            pages[c.symbol >> 8] += np.floor(c.mass * MASS)
        return quantise(pages)

    def slots(self, page: int) -> Frequencies:
        """(256,) frequencies within a page."""
        self.page = page
        dense = self.weights[page * PAGE : (page + 1) * PAGE].astype(np.float64)
        weights = np.floor(dense * self.scale)
        for c in self.candidates:
            if c.symbol >> 8 == page:
                weights[c.symbol & 255] = np.floor(c.mass * MASS)
        return quantise(weights)


class NumpyEnsemble:
    """The ensemble of one block (see `ensemble.Ensemble` for the contract)."""

    kernel = "numpy"

    def __init__(self, vocabulary: Vocabulary, parameters: EnsembleParameters, streams: int) -> None:
        self._vocabulary = vocabulary
        self._sparse = Sparse(parameters, streams)
        self._bias = BiasHead(vocabulary, parameters.bias_rate)
        self._fallback = Fallback(vocabulary)
        self._rows: list[Row] = []
        self._pages = np.empty((0, 0))
        self._slots = np.empty((0, 0))

    def wants_model(self, streams: Rows) -> Mask:
        return np.array([self._sparse.wants_model(s) for s in streams.tolist()], np.bool_)

    def predict(self, streams: Rows, logits: NDArray[np.float32], has_logits: Mask) -> Frequencies:
        given = iter(logits)
        self._rows = [
            self._row(stream, next(given) if has else None)
            for stream, has in zip(streams.tolist(), has_logits.tolist(), strict=True)
        ]
        rows = [row.mix(self._sparse.chain, self._sparse.propose(row.stream)) for row in self._rows]
        self._pages = np.array(rows)
        return self._pages

    def _row(self, stream: int, logits: NDArray[np.float32] | None) -> Row:
        size, first_escape = self._vocabulary.size, self._vocabulary.first_escape
        tokens = self._fallback.weights if logits is None else self._bias.weigh(logits)
        weights = np.zeros(self._vocabulary.pages * PAGE, np.int64)
        weights[:size] = tokens
        total = int(tokens.sum())
        weights[first_escape:] = self._fallback.escape_weights(total)
        return Row(stream, weights, total, logits is not None)

    def choose_pages(self, pages: Rows) -> Frequencies:
        self._slots = np.array(
            [row.slots(page) for row, page in zip(self._rows, pages.tolist(), strict=True)]
        )
        return self._slots

    def update(self, symbols: Rows) -> None:
        for row, symbol in zip(self._rows, symbols.tolist(), strict=True):
            self._sparse.chain.learn(row.candidates, symbol)
            if row.model:
                size = self._vocabulary.size
                self._bias.learn(row.weights[:size], row.tokens, symbol if symbol < size else -1)
            self._fallback.learn(symbol)
            self._sparse.learn(row.stream, symbol)

    def last_bits(self, symbols: Rows) -> NDArray[np.float64]:
        return cost_bits(self._pages, self._slots, symbols)
