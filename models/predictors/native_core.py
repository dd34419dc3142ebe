"""The native core behind the same contract as the reference."""

from dataclasses import asdict

import numpy as np
from numpy.typing import NDArray

from nacomp.models.predictors import _ensemble, initial_weights
from nacomp.models.predictors.logit_bias import piece_width
from nacomp.models.predictors.parameters import EnsembleParameters
from nacomp.models.predictors.to_frequencies import cost_bits
from nacomp.models.tokens.vocabulary import Vocabulary

_STARTS = {
    "states": np.array(initial_weights.STATE_STARTS),
    "match": np.array(initial_weights.MATCH_STARTS),
    "recency": np.array(initial_weights.RECENCY_STARTS),
    "model by source": np.array(initial_weights.MODEL_MIXER.by_source),
    "model by rank": np.array(initial_weights.MODEL_MIXER.by_rank),
    "fallback by source": np.array(initial_weights.FALLBACK_MIXER.by_source),
    "fallback by rank": np.array(initial_weights.FALLBACK_MIXER.by_rank),
}


class NativeEnsemble:
    """The ensemble of one block (see `ensemble.Ensemble` for the contract)."""

    kernel = "native"

    def __init__(
        self, vocabulary: Vocabulary, parameters: EnsembleParameters, streams: int, version: str = "auto"
    ) -> None:
        """`version`: one of `_ensemble.versions()`, which differ in speed alone."""
        self._core = _ensemble.Ensemble(_widths(vocabulary), asdict(parameters), _STARTS, streams, version)
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
    return _ensemble.plan(_widths(vocabulary), asdict(parameters), _STARTS, symbols)


def _widths(vocabulary: Vocabulary) -> NDArray[np.int32]:
    """(token,) what the core knows of the pieces."""
    return np.array([piece_width(p) if p else _ensemble.UNSPOKEN for p in vocabulary.pieces], np.int32)
