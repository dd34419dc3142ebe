"""The native core behind the same contract as the reference."""

from dataclasses import asdict
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from nacomp.models.predictors import _ensemble, initial_weights
from nacomp.models.predictors.logit_bias import piece_width
from nacomp.models.predictors.parameters import EnsembleParameters
from nacomp.models.predictors.to_frequencies import cost_bits
from nacomp.models.tokens.vocabulary import Vocabulary

INITIAL_WEIGHTS = {
    "followers": np.array(initial_weights.FOLLOWER_COUNTERS),
    "match": np.array(initial_weights.MATCH_COUNTERS),
    "recency": np.array(initial_weights.RECENCY_BIASES),
    "model by order": np.array(initial_weights.MODEL_MIXER.by_order),
    "model by rank": np.array(initial_weights.MODEL_MIXER.by_rank),
    "order-0 by order": np.array(initial_weights.ORDER0_MIXER.by_order),
    "order-0 by rank": np.array(initial_weights.ORDER0_MIXER.by_rank),
}


class NativeEnsemble:
    """The ensemble of one block (see `ensemble.Ensemble` for the contract)."""

    kernel = "native"

    def __init__(
        self, vocabulary: Vocabulary, parameters: EnsembleParameters, streams: int, instructions: str = ""
    ) -> None:
        """`instructions`: one of `_ensemble.available_kernels()`, the best one if empty; they differ in speed alone."""
        self._core = _ensemble.Ensemble(
            widths(vocabulary), asdict(parameters), INITIAL_WEIGHTS, streams, instructions
        )
        self._pages = np.empty((0, 0))
        self._slots = np.empty((0, 0))
        self.wants_model = self._core.wants_model
        self.update = self._core.update

    def predict(
        self, streams: NDArray[np.int32], logits: NDArray[np.float32], has_logits: NDArray[np.bool_]
    ) -> NDArray[np.float64]:
        self._pages = self._core.predict(streams, logits, has_logits)
        return self._pages

    def choose_pages(self, pages: NDArray[np.int32]) -> NDArray[np.float64]:
        self._slots = self._core.choose_pages(pages)
        return self._slots

    def last_bits(self, symbols: NDArray[np.int32]) -> NDArray[np.float64]:
        return cost_bits(self._pages, self._slots, symbols)


def plan(
    vocabulary: Vocabulary, parameters: EnsembleParameters, symbols: list[NDArray[np.int32]]
) -> list[NDArray[np.bool_]]:
    """See `ensemble.plan_skips`."""
    return _ensemble.plan(widths(vocabulary), asdict(parameters), INITIAL_WEIGHTS, symbols)


@lru_cache(maxsize=4)
def widths(vocabulary: Vocabulary) -> NDArray[np.int32]:
    """(token,) what the core knows of the pieces. Kept, as each block asks twice: 262,144 pieces take a second."""
    found = np.array([piece_width(p) if p else _ensemble.NEVER_CODED for p in vocabulary.pieces], np.int32)
    found.flags.writeable = False
    return found
