"""The readable ensemble: one step from logits to integer frequencies, in Python and numpy (formats/PREDICTORS.md).

The native core repeats it bit for bit and is the one that users run; this one runs where no compiler was.
"""

import numpy as np
from numpy.typing import NDArray

from nacomp.models.predictors.candidates import Candidate
from nacomp.models.predictors.initial_weights import MODEL_MIXER
from nacomp.models.predictors.logit_bias import LIKELY, BiasedRow, LogitBias
from nacomp.models.predictors.mixer import Decision, Mixer, mass_left
from nacomp.models.predictors.order0 import IntWeights
from nacomp.models.predictors.parameters import EnsembleParameters
from nacomp.models.predictors.symbol_models import SymbolModels
from nacomp.models.predictors.to_frequencies import cost_bits, quantise
from nacomp.models.tokens.vocabulary import PAGE, Vocabulary

Rows = NDArray[np.int32]
Mask = NDArray[np.bool_]
Frequencies = NDArray[np.float64]

MASS = float(1 << 44)
"""Integer weight of a whole row after mixing."""
MODEL_RATE = 0.002


class Row:
    """One stream's distribution within a step: the base row, and candidates whose mass the mixer decided one by one."""

    def __init__(
        self, weights: IntWeights, total: int, candidates: list[Candidate], decisions: list[Decision]
    ) -> None:
        """`weights`: (page * 256,) integer weights of the base row; `total`: their sum."""
        self.weights, self.candidates, self.decisions = weights, candidates, decisions
        taken = sum(int(weights[c.symbol]) for c in candidates)
        rest = float(total - taken)
        self._scale = (mass_left(decisions) * MASS) / rest if rest > 0.0 else 0.0
        self._masses = {
            c.symbol: float(np.floor(d.mass * MASS)) for c, d in zip(candidates, decisions, strict=True)
        }

    def pages(self) -> Frequencies:
        """(page,) frequencies."""
        sums = self.weights.reshape(-1, PAGE).sum(axis=1)
        for symbol in self._masses:
            sums[symbol >> 8] -= self.weights[symbol]
        pages = np.floor(sums.astype(np.float64) * self._scale)
        for symbol, mass in self._masses.items():
            pages[symbol >> 8] += mass
        return quantise(pages)

    def slots(self, page: int) -> Frequencies:
        """(256,) frequencies within a page."""
        row = self.weights[page * PAGE : (page + 1) * PAGE].astype(np.float64)
        weights = np.floor(row * self._scale)
        for symbol, mass in self._masses.items():
            if symbol >> 8 == page:
                weights[symbol & 255] = mass
        return quantise(weights)


class Prediction:
    """What an open step keeps of one row until the symbol is known."""

    def __init__(self, stream: int, candidates: list[Candidate], order0: list[Decision]) -> None:
        self.stream = stream
        self.candidates = candidates
        self.order0 = order0
        """Decisions beside the order-0 row: they settle whether the model is asked, and learn in any case."""
        self.biased: BiasedRow | None = None
        self.decisions = order0
        """Decisions beside the base row."""


class NumpyEnsemble:
    """The ensemble of one block (see `ensemble.Ensemble` for the contract)."""

    kernel = "numpy"

    def __init__(
        self, vocabulary: Vocabulary, parameters: EnsembleParameters, streams: int, likely: int = LIKELY
    ) -> None:
        self._symbol_models = SymbolModels(vocabulary, parameters, streams)
        self._logit_bias = LogitBias(vocabulary, parameters, streams, likely)
        self._mixer = Mixer(MODEL_MIXER, MODEL_RATE)
        self._predictions: list[Prediction] = []
        self._rows: list[Row] = []
        self._pages = np.empty((0, 0))
        self._slots = np.empty((0, 0))

    def wants_model(self, streams: Rows) -> Mask:
        return np.array(
            [self._symbol_models.wants_model(self._symbol_models.propose(s)[1]) for s in streams.tolist()],
            np.bool_,
        )

    def predict(self, streams: Rows, logits: NDArray[np.float32], has_logits: Mask) -> Frequencies:
        self._pages = np.array([row.pages() for row in self.open(streams, logits, has_logits)])
        return self._pages

    def open(self, streams: Rows, logits: NDArray[np.float32], has_logits: Mask) -> list[Row]:
        """As `predict`, for a coder that takes the rows as they are."""
        given = iter(logits)
        self._predictions = [Prediction(s, *self._symbol_models.propose(s)) for s in streams.tolist()]
        self._rows = [
            self._row(prediction, next(given) if has else None)
            for prediction, has in zip(self._predictions, has_logits.tolist(), strict=True)
        ]
        return self._rows

    def _row(self, prediction: Prediction, logits: NDArray[np.float32] | None) -> Row:
        order0 = self._symbol_models.order0
        if logits is None:
            return Row(order0.weights, order0.total, prediction.candidates, prediction.decisions)
        biased = self._logit_bias.weigh(prediction.stream, logits)
        escapes = order0.escapes(biased.total)
        weights = np.concatenate([biased.weights, escapes])
        total = biased.total + int(escapes.sum())
        own = [float(weights[c.symbol]) for c in prediction.candidates]
        prediction.biased = biased
        prediction.decisions = self._mixer.decide(prediction.candidates, own, float(total))
        return Row(weights, total, prediction.candidates, prediction.decisions)

    def choose_pages(self, pages: Rows) -> Frequencies:
        self._slots = np.array(
            [row.slots(page) for row, page in zip(self._rows, pages.tolist(), strict=True)]
        )
        return self._slots

    def update(self, symbols: Rows) -> None:
        for prediction, symbol in zip(self._predictions, symbols.tolist(), strict=True):
            if prediction.biased is not None:
                self._mixer.learn(prediction.candidates, prediction.decisions, symbol)
                self._logit_bias.learn(prediction.biased, symbol)
            self._logit_bias.advance(prediction.stream, symbol)
            self._symbol_models.learn(prediction.stream, prediction.candidates, prediction.order0, symbol)

    def last_bits(self, symbols: Rows) -> NDArray[np.float64]:
        return cost_bits(self._pages, self._slots, symbols)
