"""All that depends on the coded symbols alone: history, n-grams, match model, fallback, and the skip decision.

Because nothing here has seen a language model, the encoder can run it over a whole block first and so plan which
symbols will need the model (`ensemble.plan_skips`).
"""

import numpy as np
from numpy.typing import NDArray

from nacomp.models.predictors.history import context_hashes
from nacomp.models.predictors.initial_weights import FALLBACK_MIXER
from nacomp.models.predictors.match import MatchModel
from nacomp.models.predictors.mixer import ORDERS, Candidate, Decision, Experts, Mixer, propose
from nacomp.models.predictors.ngram import NgramTables, Slot
from nacomp.models.predictors.order0 import Fallback
from nacomp.models.predictors.parameters import EnsembleParameters
from nacomp.models.tokens.vocabulary import Vocabulary

FALLBACK_RATE = 0.003
SURE = 0.99
"""A first candidate at least this likely needs no model. On prose that skips 1 to 8% of tokens and costs 0.02 to 0.05%; 0.97
costs 0.1% there and 0.5% on files of 4 KB, 0.9 costs 0.2 to 0.3%."""
_MEMORY = 64.0
"""Symbols over which the share of right first candidates is averaged."""


class Sparse:
    """The symbol-only predictors of one block."""

    def __init__(self, vocabulary: Vocabulary, parameters: EnsembleParameters, streams: int) -> None:
        self._parameters = parameters
        self._histories: list[list[int]] = [[] for _ in range(streams)]
        self._tables = NgramTables(parameters.ngram_orders, parameters.table_bits)
        self._match = MatchModel(self._histories, parameters.match_minimum, parameters.table_bits)
        self._experts = Experts()
        self._mixer = Mixer(FALLBACK_MIXER, FALLBACK_RATE)
        self._right = 0.0
        self.fallback = Fallback(vocabulary)

    def propose(self, stream: int) -> tuple[list[Candidate], list[Decision]]:
        """The chain's candidates for a stream's next symbol, and what they are worth beside the fallback row."""
        hashes = context_hashes(self._histories[stream], self._parameters.ngram_orders)
        slots: list[Slot | None] = [*self._tables.find(hashes), *([None] * ORDERS)][:ORDERS]
        predicted, length = self._match.predict(stream)
        candidates = propose(slots, predicted, length, self._parameters.chain)
        self._experts.ask(candidates)
        row = [float(self.fallback.weights[c.symbol]) for c in candidates]
        return candidates, self._mixer.decide(candidates, row, float(self.fallback.total))

    def wants_model(self, decisions: list[Decision]) -> bool:
        """Whether the language model should be asked, given what `propose` decided."""
        if not self._parameters.skip:
            return True
        if self._right >= self._parameters.skip_regime / 65536.0:
            return False
        return not decisions or decisions[0].probability < SURE

    def learn(self, stream: int, candidates: list[Candidate], decisions: list[Decision], symbol: int) -> None:
        """Enter one coded symbol."""
        self._mixer.learn(candidates, decisions, symbol)
        self._experts.learn(candidates, symbol)
        right = 1.0 if candidates and candidates[0].symbol == symbol else 0.0
        self._right = self._right + (right - self._right) / _MEMORY
        self.fallback.learn(symbol)
        history = self._histories[stream]
        self._tables.learn(context_hashes(history, self._parameters.ngram_orders), symbol)
        history.append(symbol)
        self._match.learn(stream)


def plan(
    vocabulary: Vocabulary, parameters: EnsembleParameters, symbols: list[NDArray[np.int32]]
) -> list[NDArray[np.bool_]]:
    """See `ensemble.plan_skips`."""
    sparse = Sparse(vocabulary, parameters, len(symbols))
    wants = [np.ones(len(s), np.bool_) for s in symbols]
    for t in range(max(map(len, symbols))):
        live = [s for s in range(len(symbols)) if t < len(symbols[s])]
        proposed = [sparse.propose(stream) for stream in live]
        for stream, (_, decisions) in zip(live, proposed, strict=True):
            wants[stream][t] = sparse.wants_model(decisions)
        for stream, (candidates, decisions) in zip(live, proposed, strict=True):
            sparse.learn(stream, candidates, decisions, int(symbols[stream][t]))
    return wants
