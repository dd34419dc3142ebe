"""The readable step of the coder `mixing-6`: the ensemble's rows as bits, into the range coder and back.

About 300 bytes a second: for tests, and for archives where the native core is missing.
"""

import numpy as np
from numpy.typing import NDArray

from nacomp.models.mixing.arithmetic import BITS, ONE
from nacomp.models.mixing.bit_coder import BitDecoder, BitEncoder
from nacomp.models.mixing.token_bits import Decide, TokenBits
from nacomp.models.mixing.token_row import RowCandidate, TokenRow
from nacomp.models.mixing.token_tree import TokenTree, TreeNode
from nacomp.models.predictors.logit_bias import MIXED_LIKELY
from nacomp.models.predictors.mixer import mass_left
from nacomp.models.predictors.parameters import EnsembleParameters
from nacomp.models.predictors.reference import MASS, NumpyEnsemble, Row
from nacomp.models.tokens.vocabulary import Vocabulary

_TO_FREQUENCY = 4


class _Mixed:
    """What encoder and decoder share."""

    def __init__(
        self, vocabulary: Vocabulary, tree: TokenTree, parameters: EnsembleParameters, streams: int, size: int
    ) -> None:
        self._ensemble = NumpyEnsemble(vocabulary, parameters, streams, likely=MIXED_LIKELY)
        self._tree = tree
        self._bits = TokenBits(tree, size, streams)
        self.wants_model = self._ensemble.wants_model

    def _rows(
        self, streams: NDArray[np.int32], logits: NDArray[np.float32], has_logits: NDArray[np.bool_]
    ) -> list[TokenRow]:
        rows = self._ensemble.open(streams, logits, has_logits)
        return [self._seen(row, asked=asked) for row, asked in zip(rows, has_logits.tolist(), strict=True)]

    def _seen(self, row: Row, *, asked: bool) -> TokenRow:
        """The row in the order of the tree's places."""
        weights = [int(row.weights[symbol]) for symbol in self._tree.symbols]
        candidates = []
        for candidate, decision in zip(row.candidates, row.decisions, strict=True):
            place = self._tree.place_of.get(candidate.symbol)
            if place is not None:
                candidates.append(RowCandidate(place, weights[place], int(decision.mass * MASS)))
        return TokenRow(weights, candidates, mass_left(row.decisions), asked=asked)

    def _walk(self, stream: int, row: TokenRow, decide: Decide) -> int:
        return self._bits.walk(stream, row, decide)


class MixedEncoder(_Mixed):
    """See `_ensemble.MixedEncoder`."""

    def __init__(
        self, vocabulary: Vocabulary, tree: TokenTree, parameters: EnsembleParameters, streams: int, size: int
    ) -> None:
        super().__init__(vocabulary, tree, parameters, streams, size)
        self._coder = BitEncoder()

    def encode(
        self,
        streams: NDArray[np.int32],
        logits: NDArray[np.float32],
        has_logits: NDArray[np.bool_],
        symbols: NDArray[np.int32],
    ) -> NDArray[np.float64]:
        """Code a step's symbols (row,) and learn them; gives the bits that each cost."""
        costs = []
        rows = self._rows(streams, logits, has_logits)
        for stream, row, symbol in zip(streams.tolist(), rows, symbols.tolist(), strict=True):
            place, cost = self._tree.place_of[symbol], 0.0

            def decide(node: TreeNode, p: int, place: int = place) -> int:
                nonlocal cost
                bit = int(place >= node.split)
                self._coder.encode(bit, p * _TO_FREQUENCY)
                cost += BITS - float(np.log2(p if bit else ONE - p))
                return bit

            self._walk(stream, row, decide)
            costs.append(cost)
        self._ensemble.update(symbols)
        return np.array(costs)

    def finish(self) -> NDArray[np.uint32]:
        """(n,) the words."""
        return np.frombuffer(self._coder.finish(), "<u4").astype(np.uint32)


class MixedDecoder(_Mixed):
    """See `_ensemble.MixedDecoder`."""

    def __init__(
        self,
        vocabulary: Vocabulary,
        tree: TokenTree,
        parameters: EnsembleParameters,
        streams: int,
        size: int,
        words: NDArray[np.uint32],
    ) -> None:
        super().__init__(vocabulary, tree, parameters, streams, size)
        self._coder = BitDecoder(words.astype("<u4").tobytes())

    def decode(
        self, streams: NDArray[np.int32], logits: NDArray[np.float32], has_logits: NDArray[np.bool_]
    ) -> NDArray[np.int32]:
        """The symbols (row,) of the next step. Raises ValueError for words that no encoder writes."""
        symbols = []
        for stream, row in zip(streams.tolist(), self._rows(streams, logits, has_logits), strict=True):
            place = self._walk(stream, row, lambda _, p: self._coder.decode(p * _TO_FREQUENCY))
            symbols.append(self._tree.symbols[place])
        found = np.array(symbols, np.int32)
        self._ensemble.update(found)
        return found
