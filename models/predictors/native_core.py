"""The native core behind the same contract as the reference."""

from dataclasses import asdict

import numpy as np
from numpy.typing import NDArray

from nacomp.models.predictors import _ensemble
from nacomp.models.predictors.parameters import EnsembleParameters
from nacomp.models.predictors.quantiser import cost_bits
from nacomp.models.vocabulary import Vocabulary


class NativeEnsemble:
    """The ensemble of one block (see `ensemble.Ensemble` for the contract)."""

    kernel = "native"

    def __init__(
        self, vocabulary: Vocabulary, parameters: EnsembleParameters, streams: int, version: str = "auto"
    ) -> None:
        """`version`: one of `_ensemble.versions()`, which differ in speed alone."""
        speakable = np.array([len(piece) > 0 for piece in vocabulary.pieces], np.bool_)
        self._core = _ensemble.Ensemble(speakable, asdict(parameters), streams, version)
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


def plan(parameters: EnsembleParameters, symbols: list[NDArray[np.int32]]) -> list[NDArray[np.bool_]]:
    """See `ensemble.plan_skips`."""
    return _ensemble.plan(asdict(parameters), symbols)
