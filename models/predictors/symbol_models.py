"""The predictors that depend on the coded symbols alone, and the decision to skip the language model.

History, n-grams, match model and order-0 row. Because nothing here has seen a language model, the encoder can run it
over a whole block first and so plan which symbols will need the model (`ensemble.plan_skips`).
"""

import numpy as np
from numpy.typing import NDArray

from nacomp.models.predictors.candidates import ORDERS, Candidate, ExpertCounters, propose
from nacomp.models.predictors.history import context_hashes
from nacomp.models.predictors.initial_weights import ORDER0_MIXER
from nacomp.models.predictors.match import MatchModel
from nacomp.models.predictors.mixer import Decision, Mixer
from nacomp.models.predictors.ngram import NgramTables, Slot
from nacomp.models.predictors.order0 import Order0Row
from nacomp.models.predictors.parameters import EnsembleParameters
from nacomp.models.tokens.vocabulary import Vocabulary

ORDER0_RATE = 0.003
SURE = 0.99
"""A first candidate at least this likely needs no model. On prose that skips 1 to 8% of tokens and costs 0.02 to 0.05%; 0.97
costs 0.1% there and 0.5% on files of 4 KB, 0.9 costs 0.2 to 0.3%."""
_RECENT = 64.0
"""Symbols over which the accuracy of first candidates is averaged."""


class SymbolModels:
    """The symbol models of one block."""

    def __init__(self, vocabulary: Vocabulary, parameters: EnsembleParameters, streams: int) -> None:
        self._parameters = parameters
        self._histories: list[list[int]] = [[] for _ in range(streams)]
        self._tables = NgramTables(parameters.ngram_orders, parameters.table_bits)
        self._match = MatchModel(self._histories, parameters.match_minimum, parameters.table_bits)
        self._counters = ExpertCounters()
        self._mixer = Mixer(ORDER0_MIXER, ORDER0_RATE)
        self._recent_accuracy = 0.0
        self.order0 = Order0Row(vocabulary)

    def propose(self, stream: int) -> tuple[list[Candidate], list[Decision]]:
        """The candidates for a stream's next symbol, and the decisions of the mixer beside the order-0 row."""
        hashes = context_hashes(self._histories[stream], self._parameters.ngram_orders)
        slots: list[Slot | None] = [*self._tables.find(hashes), *([None] * ORDERS)][:ORDERS]
        predicted, length = self._match.predict(stream)
        candidates = propose(slots, predicted, length, self._parameters.chain)
        self._counters.predict(candidates)
        row = [float(self.order0.weights[c.symbol]) for c in candidates]
        return candidates, self._mixer.decide(candidates, row, float(self.order0.total))

    def wants_model(self, decisions: list[Decision]) -> bool:
        """Whether the language model should be asked, given what `propose` decided."""
        if not self._parameters.skip:
            return True
        if self._recent_accuracy >= self._parameters.skip_regime / 65536.0:
            return False
        return not decisions or decisions[0].probability < SURE

    def learn(self, stream: int, candidates: list[Candidate], decisions: list[Decision], symbol: int) -> None:
        """Enter one coded symbol."""
        self._mixer.learn(candidates, decisions, symbol)
        self._counters.learn(candidates, symbol)
        right = 1.0 if candidates and candidates[0].symbol == symbol else 0.0
        self._recent_accuracy = self._recent_accuracy + (right - self._recent_accuracy) / _RECENT
        self.order0.learn(symbol)
        history = self._histories[stream]
        self._tables.learn(context_hashes(history, self._parameters.ngram_orders), symbol)
        history.append(symbol)
        self._match.learn(stream)


def plan(
    vocabulary: Vocabulary, parameters: EnsembleParameters, symbols: list[NDArray[np.int32]]
) -> list[NDArray[np.bool_]]:
    """See `ensemble.plan_skips`."""
    models = SymbolModels(vocabulary, parameters, len(symbols))
    wants = [np.ones(len(s), np.bool_) for s in symbols]
    for t in range(max(map(len, symbols))):
        live = [s for s in range(len(symbols)) if t < len(symbols[s])]
        proposed = [models.propose(stream) for stream in live]
        for stream, (_, decisions) in zip(live, proposed, strict=True):
            wants[stream][t] = models.wants_model(decisions)
        for stream, (candidates, decisions) in zip(live, proposed, strict=True):
            models.learn(stream, candidates, decisions, int(symbols[stream][t]))
    return wants
