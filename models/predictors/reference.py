"""The readable ensemble: one step from logits to integer frequencies, in Python and numpy (formats/PREDICTORS.md).

The native core repeats it bit for bit and is the one that users run; this one runs where no compiler was.
"""

import numpy as np
from numpy.typing import NDArray

from nacomp.models.predictors.initial_weights import MODEL_MIXER
from nacomp.models.predictors.logit_bias import Lift, LiftedRow
from nacomp.models.predictors.mixer import Candidate, Decision, Mixer, mass_left
from nacomp.models.predictors.order0 import IntWeights
from nacomp.models.predictors.parameters import EnsembleParameters
from nacomp.models.predictors.symbol_models import Sparse
from nacomp.models.predictors.to_frequencies import cost_bits, quantise
from nacomp.models.tokens.vocabulary import PAGE, Vocabulary

Rows = NDArray[np.int32]
Mask = NDArray[np.bool_]
Frequencies = NDArray[np.float64]

MASS = float(1 << 44)
"""Integer weight of a whole row after mixing."""
MODEL_RATE = 0.002


class Row:
    """One stream's distribution within a step: a dense row, and candidates whose mass was decided one by one."""

    def __init__(
        self, weights: IntWeights, total: int, candidates: list[Candidate], decisions: list[Decision]
    ) -> None:
        """`weights`: (page * 256,) dense integer weights; `total`: their sum."""
        self._weights = weights
        taken = sum(int(weights[c.symbol]) for c in candidates)
        rest = float(total - taken)
        self._scale = (mass_left(decisions) * MASS) / rest if rest > 0.0 else 0.0
        self._masses = {
            c.symbol: float(np.floor(d.mass * MASS)) for c, d in zip(candidates, decisions, strict=True)
        }

    def pages(self) -> Frequencies:
        """(page,) frequencies."""
        sums = self._weights.reshape(-1, PAGE).sum(axis=1)
        for symbol in self._masses:
            sums[symbol >> 8] -= self._weights[symbol]
        pages = np.floor(sums.astype(np.float64) * self._scale)
        for symbol, mass in self._masses.items():
            pages[symbol >> 8] += mass
        return quantise(pages)

    def slots(self, page: int) -> Frequencies:
        """(256,) frequencies within a page."""
        dense = self._weights[page * PAGE : (page + 1) * PAGE].astype(np.float64)
        weights = np.floor(dense * self._scale)
        for symbol, mass in self._masses.items():
            if symbol >> 8 == page:
                weights[symbol & 255] = mass
        return quantise(weights)


class Prediction:
    """What an open step keeps of one row until the symbol is known."""

    def __init__(self, stream: int, candidates: list[Candidate], fallback: list[Decision]) -> None:
        self.stream = stream
        self.candidates = candidates
        self.fallback = fallback
        self.lifted: LiftedRow | None = None
        self.decisions = fallback


class NumpyEnsemble:
    """The ensemble of one block (see `ensemble.Ensemble` for the contract)."""

    kernel = "numpy"

    def __init__(self, vocabulary: Vocabulary, parameters: EnsembleParameters, streams: int) -> None:
        self._sparse = Sparse(vocabulary, parameters, streams)
        self._lift = Lift(vocabulary, parameters, streams)
        self._mixer = Mixer(MODEL_MIXER, MODEL_RATE)
        self._predictions: list[Prediction] = []
        self._rows: list[Row] = []
        self._pages = np.empty((0, 0))
        self._slots = np.empty((0, 0))

    def wants_model(self, streams: Rows) -> Mask:
        return np.array(
            [self._sparse.wants_model(self._sparse.propose(s)[1]) for s in streams.tolist()], np.bool_
        )

    def predict(self, streams: Rows, logits: NDArray[np.float32], has_logits: Mask) -> Frequencies:
        given = iter(logits)
        self._predictions = [Prediction(s, *self._sparse.propose(s)) for s in streams.tolist()]
        self._rows = [
            self._row(prediction, next(given) if has else None)
            for prediction, has in zip(self._predictions, has_logits.tolist(), strict=True)
        ]
        self._pages = np.array([row.pages() for row in self._rows])
        return self._pages

    def _row(self, prediction: Prediction, logits: NDArray[np.float32] | None) -> Row:
        fallback = self._sparse.fallback
        if logits is None:
            return Row(fallback.weights, fallback.total, prediction.candidates, prediction.decisions)
        lifted = self._lift.weigh(prediction.stream, logits)
        escapes = fallback.escapes(lifted.total)
        weights = np.concatenate([lifted.weights, escapes])
        total = lifted.total + int(escapes.sum())
        own = [float(weights[c.symbol]) for c in prediction.candidates]
        prediction.lifted = lifted
        prediction.decisions = self._mixer.decide(prediction.candidates, own, float(total))
        return Row(weights, total, prediction.candidates, prediction.decisions)

    def choose_pages(self, pages: Rows) -> Frequencies:
        self._slots = np.array(
            [row.slots(page) for row, page in zip(self._rows, pages.tolist(), strict=True)]
        )
        return self._slots

    def update(self, symbols: Rows) -> None:
        for prediction, symbol in zip(self._predictions, symbols.tolist(), strict=True):
            if prediction.lifted is not None:
                self._mixer.learn(prediction.candidates, prediction.decisions, symbol)
                self._lift.learn(prediction.lifted, symbol)
            self._lift.advance(prediction.stream, symbol)
            self._sparse.learn(prediction.stream, prediction.candidates, prediction.fallback, symbol)

    def last_bits(self, symbols: Rows) -> NDArray[np.float64]:
        return cost_bits(self._pages, self._slots, symbols)
